import { type Agent, type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { PassThrough } from 'node:stream'

export interface HttpFileRequest {
  method: 'GET' | 'HEAD'
  url: URL
  headers?: Record<string, string>
  signal: AbortSignal
}

/** An answer whose body has yet to be read. Dispose it in any case: that lets the connection go. */
export interface HttpFile extends Disposable {
  status: number
  headers: IncomingHttpHeaders
  /** Throws when the connection ends before the announced length, and when it is silent for too long. */
  body: AsyncIterable<Uint8Array>
}

/**
 * How files are fetched: one request, no retry, redirects not followed. The seam
 * for proxies and companies' own certificates, which come as an agent.
 *
 * @throws when there is no answer at all
 */
export type OpenHttpFile = (request: HttpFileRequest) => Promise<HttpFile>

/** A site that sends nothing for this long is gone; a phone in a tunnel comes back sooner. */
const silenceLimitMilliseconds = 20_000

export function createOpenHttpFile(
  options: {
    /** For each request; Node's own when it gives none. */
    agent?: (url: URL) => Agent | undefined | Promise<Agent | undefined>
    silenceMilliseconds?: number
  } = {},
): OpenHttpFile {
  const { agent: agentFor, silenceMilliseconds = silenceLimitMilliseconds } = options
  return async ({ method, url, headers, signal }) => {
    const agent = await agentFor?.(url)
    const request = url.protocol === 'https:' ? requestHttps : requestHttp
    return new Promise((resolve, reject) => {
      const sent = request(url, { method, headers, agent, signal })
      sent.on('error', reject)
      sent.setTimeout(silenceMilliseconds, () =>
        sent.destroy(new Error(`The site was silent for ${silenceMilliseconds / 1000} seconds.`)),
      )
      sent.on('response', (response) => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: readAll(response),
          [Symbol.dispose]: () => void response.destroy(),
        })
      })
      sent.end()
    })
  }
}

/**
 * The body up to where it broke, and then the error. Node forgets what has
 * arrived and is not read yet when a connection breaks, and on a bad line that
 * would be downloaded again and again.
 */
function readAll(response: IncomingMessage): AsyncIterable<Uint8Array> {
  const arrived = new PassThrough()
  let problem: Error | undefined
  response.on('data', (chunk: Buffer) => {
    if (arrived.write(chunk)) return
    response.pause()
    arrived.once('drain', () => response.resume())
  })
  response.on('end', () => arrived.end())
  response.on('error', (thrown) => {
    problem = thrown
    arrived.end()
  })
  return (async function* () {
    yield* arrived
    if (problem !== undefined) throw problem
  })()
}

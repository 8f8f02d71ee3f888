import { createHash, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type ResultPage, renderResultPage } from './result-page.ts'

/** Waits on 127.0.0.1 for the browser to come back from Identity Center. */
export interface CallbackListener extends AsyncDisposable {
  /** With the port that it listens on: it listens before anybody is sent there. */
  readonly redirectUri: string
  /** The first callback with the right state. Rejects with the signal's reason when that aborts first. */
  callback(signal: AbortSignal): Promise<Callback>
}

export interface Callback {
  /** The authorization code, or the `error` of RFC 6749 section 4.1.2.1. */
  result: { code: string } | { error: string; description?: string }
  /** Shows the browser how it ended; it waits until then. */
  answer(page: ResultPage): Promise<void>
}

const callbackPath = '/oauth/callback'

export async function listenForCallback(state: string): Promise<CallbackListener> {
  const arrived = Promise.withResolvers<Callback>()
  // Nobody may be waiting any more when it is rejected.
  arrived.promise.catch(() => {})
  let taken = false

  const server = createServer((request, response) => {
    const page = (name: ResultPage) => sendPage(response, name)
    const query = callbackQuery(request, portOf(server))
    if (!query || taken) return void page('not-here')
    if (!sameText(query.get('state') ?? '', state)) return void page('wrong-state')
    const result = resultOf(query)
    if (!result) return void page('not-here')
    taken = true
    arrived.resolve({ result, answer: page })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    redirectUri: `http://127.0.0.1:${portOf(server)}${callbackPath}`,
    callback(signal) {
      const onAbort = () => arrived.reject(signal.reason)
      if (signal.aborted) onAbort()
      else signal.addEventListener('abort', onAbort, { once: true })
      return arrived.promise.finally(() => signal.removeEventListener('abort', onAbort))
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Only `GET /oauth/callback`, and only under our own name: another host name means DNS rebinding. */
function callbackQuery(request: IncomingMessage, port: number): URLSearchParams | undefined {
  if (request.method !== 'GET' || request.headers.host !== `127.0.0.1:${port}`) return undefined
  const base = `http://127.0.0.1:${port}`
  const url = URL.canParse(request.url ?? '', base) ? new URL(request.url ?? '', base) : undefined
  return url?.pathname === callbackPath ? url.searchParams : undefined
}

function resultOf(query: URLSearchParams): Callback['result'] | undefined {
  const error = query.get('error')
  const description = query.get('error_description')
  if (error) return { error, ...(description ? { description } : {}) }
  const code = query.get('code')
  return code ? { code } : undefined
}

/** In constant time; hashed first, because the comparison wants equal lengths. */
function sameText(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(left), digest(right))
}

async function sendPage(response: ServerResponse, page: ResultPage): Promise<void> {
  const { status, html } = renderResultPage(page)
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  })
  // A browser that went away still counts as answered.
  const done = Promise.race([once(response, 'finish'), once(response, 'close')])
  response.end(html)
  await done
}

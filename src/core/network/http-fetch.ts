import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { NetworkAgent } from './network-agent.ts'

/** The part of `fetch` that we need, over agents of ours: the global one knows neither proxy nor authorities. */
export type HttpFetch = (
  url: URL,
  request: { method: 'GET' | 'POST'; headers: Record<string, string>; body?: string; signal: AbortSignal },
) => Promise<{ status: number; headers: IncomingMessage['headers']; arrayBuffer(): Promise<ArrayBuffer> }>

/** Answers of the calls made here are some kilobytes; more than this is not one of them. */
const largestAnswerBytes = 16 * 1024 * 1024

export function sendRequest(
  agents: { http: NetworkAgent; https: NetworkAgent },
  url: URL,
  { method, headers, body, signal }: Parameters<HttpFetch>[1],
): ReturnType<HttpFetch> {
  return new Promise((resolve, reject) => {
    const secure = url.protocol === 'https:'
    const request = (secure ? requestHttps : requestHttp)(
      url,
      { method, headers, signal, agent: secure ? agents.https : agents.http },
      (response) => {
        readAll(response).then(
          (content) =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              arrayBuffer: async () => content,
            }),
          reject,
        )
      },
    )
    request.on('error', reject)
    request.end(body)
  })
}

async function readAll(response: IncomingMessage): Promise<ArrayBuffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    chunks.push(chunk)
    size += chunk.length
    if (size > largestAnswerBytes) throw new Error(`The answer is larger than ${largestAnswerBytes} bytes`)
  }
  const content = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    content.set(chunk, at)
    at += chunk.length
  }
  return content.buffer
}

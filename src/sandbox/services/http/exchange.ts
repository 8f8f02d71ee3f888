import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { AwsError } from './aws-error.ts'

/** No call the sandbox knows comes near it; it only bounds what a stray client can make us hold. */
const maximumBodyBytes = 1024 * 1024

/** One HTTP request with its body read, and the way to answer it. */
export interface Exchange {
  readonly method: string
  /** Path as sent, still encoded. */
  readonly path: string
  /** Query as sent, without the question mark. */
  readonly rawQuery: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
  readonly requestId: string
  readonly sourceIp: string
  readonly userAgent: string
  respond(answer: HttpAnswer): void
}

export interface HttpAnswer {
  status: number
  contentType?: string
  headers?: Record<string, string>
  /** What comes piece by piece has its length in the headers, if it has one. */
  body?: string | Uint8Array | AsyncIterable<Uint8Array>
  /** For HEAD: the headers that the body would have, and no body. */
  headersOnly?: boolean
}

/** @throws {AwsError} RequestEntityTooLarge when the body is over the limit */
export async function readExchange(request: IncomingMessage, response: ServerResponse): Promise<Exchange> {
  const body = await readBody(request)
  const { path, rawQuery } = splitTarget(request.url ?? '/')
  return {
    method: request.method ?? 'GET',
    path,
    rawQuery,
    query: new URLSearchParams(rawQuery),
    headers: request.headers,
    body,
    requestId: randomUUID(),
    sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
    userAgent: request.headers['user-agent'] ?? '',
    respond: (answer) => writeAnswer(response, answer),
  }
}

/** Path and query of a request target, both as sent. */
export function splitTarget(target: string): { path: string; rawQuery: string } {
  const mark = target.indexOf('?')
  if (mark === -1) return { path: target, rawQuery: '' }
  return { path: target.slice(0, mark), rawQuery: target.slice(mark + 1) }
}

export function writeAnswer(response: ServerResponse, answer: HttpAnswer): void {
  const { status, contentType, body = '', headersOnly = false } = answer
  const isWhole = typeof body === 'string' || body instanceof Uint8Array
  response.writeHead(status, {
    ...(contentType && { 'content-type': contentType }),
    ...(isWhole && { 'content-length': String(Buffer.byteLength(body)) }),
    ...answer.headers,
  })
  if (headersOnly) response.end()
  else if (isWhole) response.end(body)
  else void sendPieces(response, body)
}

/** A body that breaks off takes the connection along, behind what was sent: that is how a client notices. */
async function sendPieces(response: ServerResponse, body: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const piece of body) {
      if (response.destroyed) return
      if (!response.write(piece)) await drained(response)
    }
    response.end()
  } catch {
    response.socket?.destroySoon()
  }
}

/** Also when the client has gone: then there is nothing more to wait for. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      response.off('drain', settle)
      response.off('close', settle)
      resolve()
    }
    response.on('drain', settle)
    response.on('close', settle)
  })
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > maximumBodyBytes) {
      throw new AwsError('RequestEntityTooLarge', `The request body is over ${maximumBodyBytes} bytes.`, 413)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

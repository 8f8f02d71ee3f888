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
  body?: string
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
  const body = Buffer.from(answer.body ?? '')
  response.writeHead(answer.status, {
    ...(answer.contentType && { 'content-type': answer.contentType }),
    'content-length': String(body.length),
    ...answer.headers,
  })
  response.end(body)
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

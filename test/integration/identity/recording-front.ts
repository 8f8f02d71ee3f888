import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** One call that went through. */
export interface RecordedCall {
  route: string
  body: string
}

/** Stands before the sandbox, passes everything on as it is, and notes what was asked. */
export class RecordingFront implements AsyncDisposable {
  readonly calls: RecordedCall[] = []
  readonly #server: ReturnType<typeof createServer>
  readonly #sandbox: URL

  private constructor(sandbox: string) {
    this.#sandbox = new URL(sandbox)
    this.#server = createServer((incoming, outgoing) => void this.#pass(incoming, outgoing))
  }

  static async start(sandbox: string): Promise<RecordingFront> {
    const front = new RecordingFront(sandbox)
    front.#server.listen(0, '127.0.0.1')
    await once(front.#server, 'listening')
    return front
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Calls of `/token` with a refresh token. */
  get refreshes(): number {
    return this.calls.filter(({ body }) => body.includes('"refresh_token"')).length
  }

  async #pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await buffer(incoming)
    this.calls.push({
      route: `${incoming.method} ${incoming.url?.split('?')[0]}`,
      body: incoming.url === '/token' ? body.toString() : '',
    })
    const { hostname, port } = this.#sandbox
    const onwards = request(
      { hostname, port, path: incoming.url, method: incoming.method, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
      },
    )
    onwards.end(body)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

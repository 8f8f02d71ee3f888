import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Exchange, readExchange, writeAnswer } from './exchange.ts'
import { toAwsError } from './json-protocol.ts'

export interface ServerOptions {
  /** 0 for a free one. */
  port: number
  answer: (exchange: Exchange) => Promise<void>
  /** The time that answers carry, as AWS's carry AWS's. */
  now: () => number
  /** Takes a WebSocket upgrade; false when it is not for anything here. */
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean
}

export interface HttpServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`. */
  readonly endpoint: string
}

/**
 * The one HTTP server, on 127.0.0.1 only.
 * @throws {NodeJS.ErrnoException} EADDRINUSE, EACCES
 */
export async function listen(options: ServerOptions): Promise<HttpServer> {
  const server = createServer((request, response) => {
    response.setHeader('date', new Date(options.now()).toUTCString())
    readExchange(request, response)
      .then(options.answer)
      .catch((thrown: unknown) => {
        const error = toAwsError(thrown)
        if (response.headersSent) response.destroy()
        else
          writeAnswer(response, {
            status: error.status,
            headers: { connection: 'close' },
            body: error.message,
          })
      })
  })
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    if (!options.upgrade(request, socket, head)) {
      socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
    }
  })
  await startListening(server, options.port)
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The server has no address.')
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: () => close(server),
  }
}

function startListening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

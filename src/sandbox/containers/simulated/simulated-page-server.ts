import { createServer, type Server } from 'node:http'
import { posix } from 'node:path'
import type { MemoryFiles } from './memory-files.ts'

const contentTypes: Record<string, string> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'application/javascript',
  '.txt': 'text/plain',
}

/** Serves a simulated container's pages from its files in memory. */
export class SimulatedPageServer implements AsyncDisposable {
  readonly #server: Server

  constructor(options: {
    files: MemoryFiles
    pages: string
    onRequest: (line: string) => void
    now: () => number
  }) {
    this.#server = createServer((request, response) => {
      const path = request.url?.split('?')[0] ?? '/'
      const file = posix.join(
        options.pages,
        posix.resolve('/', path.endsWith('/') ? `${path}index.html` : path),
      )
      const found = options.files.kind(file) === 'file'
      const content = found ? options.files.read(file) : new TextEncoder().encode('<h1>404 Not Found</h1>\n')
      const status = found ? 200 : 404
      const type = found ? (contentTypes[posix.extname(file)] ?? 'application/octet-stream') : 'text/html'
      response.writeHead(status, { 'Content-Type': type, 'Content-Length': content.byteLength })
      response.end(content)
      const time = new Date(options.now()).toISOString()
      options.onRequest(
        `127.0.0.1 - - [${time}] "${request.method} ${path} HTTP/1.1" ${status} ${content.byteLength}`,
      )
    })
  }

  /** @throws {Error} when the port is taken */
  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, '127.0.0.1', resolve)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }
}

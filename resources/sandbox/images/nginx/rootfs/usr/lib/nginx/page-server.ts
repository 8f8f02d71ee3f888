import { appendFileSync, createReadStream, readFileSync, type Stats, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { extname, join, posix } from 'node:path'
import type { Location, ServerConfiguration } from './configuration.ts'

const version = 'nginx/1.27.3'
const accessLog = '/var/log/nginx/access.log'

const contentTypes: Record<string, string> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'application/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.webp': 'image/webp',
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/**
 * Serves files at the time of the request, so that a changed page shows at the
 * next reload. Links in the pages' folder lead to whatever this container's
 * own root has there: the process has no other root.
 */
export class PageServer {
  #configuration: ServerConfiguration
  readonly #server: Server

  constructor(configuration: ServerConfiguration) {
    this.#configuration = configuration
    this.#server = createServer((request, response) => this.#answer(request, response))
  }

  get port(): number {
    return this.#configuration.port
  }

  /** In the container's own network, for whoever asks from inside. */
  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        // Where no tool can bring localhost up there is nobody inside to be served either.
        if (error.code === 'EADDRNOTAVAIL') resolve()
        else reject(error)
      })
      this.#server.listen(this.#configuration.port, '127.0.0.1', () => {
        this.#server.removeAllListeners('error')
        resolve()
      })
    })
  }

  /** Answers on a connection that was accepted elsewhere. */
  take(connection: Socket): void {
    this.#server.emit('connection', connection)
  }

  /** Takes a new configuration for the same port. */
  configure(configuration: ServerConfiguration): void {
    this.#configuration = configuration
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeIdleConnections()
    })
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = requestPath(request.url ?? '/')
    const location = path === undefined ? undefined : this.#location(path)
    response.setHeader('Server', version)
    if (location?.accessLog !== false) logWhenDone(request, response)
    request.resume()
    if (path === undefined) this.#fail(response, 400)
    else if (request.method !== 'GET' && request.method !== 'HEAD') this.#fail(response, 405)
    else if (location?.answer) sendText(response, location.answer.status, 'text/plain', location.answer.body)
    else this.#sendFile(request, response, path, location)
  }

  #location(path: string): Location | undefined {
    const exact = this.#configuration.locations.find((location) => location.exact && location.path === path)
    const prefixes = this.#configuration.locations.filter(
      (location) => !location.exact && path.startsWith(location.path),
    )
    return exact ?? prefixes.sort((a, b) => b.path.length - a.path.length)[0]
  }

  #sendFile(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    location: Location | undefined,
  ): void {
    const file = join(location?.root ?? this.#configuration.root, path)
    const found = fileStatus(file)
    if (!found) this.#fail(response, 404)
    else if (found.isFile()) this.#stream(request, response, file, found)
    else if (!found.isDirectory()) this.#fail(response, 403)
    else if (path.endsWith('/')) this.#sendIndex(request, response, file, location)
    else {
      response.writeHead(301, { Location: `${path}/` })
      response.end()
    }
  }

  #sendIndex(
    request: IncomingMessage,
    response: ServerResponse,
    folder: string,
    location: Location | undefined,
  ): void {
    const names = location?.index ?? this.#configuration.index
    const index = names.map((name) => join(folder, name)).find((file) => fileStatus(file)?.isFile())
    const status = index && fileStatus(index)
    if (index && status) this.#stream(request, response, index, status)
    else this.#fail(response, 403)
  }

  #stream(request: IncomingMessage, response: ServerResponse, file: string, status: Stats): void {
    const etag = `"${Math.floor(status.mtimeMs).toString(16)}-${status.size.toString(16)}"`
    response.setHeader('ETag', etag)
    response.setHeader('Last-Modified', status.mtime.toUTCString())
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304)
      response.end()
      return
    }
    const type = contentTypes[extname(file)] ?? 'application/octet-stream'
    const headers = { 'Content-Type': type, 'Content-Length': status.size }
    if (request.method === 'HEAD' || status.size === 0) {
      response.writeHead(200, headers)
      response.end()
      return
    }
    // As much as was announced, however the file grows meanwhile.
    const content = createReadStream(file, { end: status.size - 1 })
    content.on('error', () => this.#fail(response, 403))
    content.on('open', () => {
      response.writeHead(200, headers)
      content.pipe(response)
    })
  }

  #fail(response: ServerResponse, status: number): void {
    if (response.headersSent) {
      response.destroy()
      return
    }
    const page = this.#configuration.errorPages.get(status)
    sendText(
      response,
      status,
      'text/html',
      (page && fileText(join(this.#configuration.root, page))) ?? errorPage(status),
    )
  }
}

function sendText(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) })
  response.end(text)
}

function fileText(path: string): string | undefined {
  return fileStatus(path)?.isFile() ? readFileSync(path, 'utf8') : undefined
}

/** The path without query, decoded, and with no `..` left; undefined when it is not one. */
function requestPath(url: string): string | undefined {
  try {
    const path = posix.normalize(decodeURIComponent(url.split('?')[0] ?? '/'))
    return path.startsWith('/') && !path.includes('\0') ? path : undefined
  } catch {
    return undefined
  }
}

function fileStatus(path: string): Stats | undefined {
  try {
    return statSync(path)
  } catch {
    return undefined
  }
}

function errorPage(status: number): string {
  const title = `${status} ${STATUS_CODES[status] ?? ''}`
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>${version}</center>\r\n</body>\r\n</html>\r\n`
}

/** One line in nginx's combined format, to the log file and to the container's log. */
function logWhenDone(request: IncomingMessage, response: ServerResponse): void {
  response.on('finish', () => {
    const sent = request.method === 'HEAD' ? 0 : (response.getHeader('Content-Length') ?? 0)
    const line = [
      `${request.socket.remoteAddress ?? '-'} - - [${logTime(new Date())}]`,
      `"${request.method} ${quoted(request.url)} HTTP/${request.httpVersion}"`,
      `${response.statusCode} ${sent}`,
      `"${quoted(request.headers.referer)}" "${quoted(request.headers['user-agent'])}"\n`,
    ].join(' ')
    process.stdout.write(line)
    try {
      appendFileSync(accessLog, line)
    } catch {
      // Somebody in the container has removed the folder; the container's log still has the line.
    }
  })
}

/** nginx writes quotes, backslashes and control characters of a request as \xNN. */
function quoted(value: string | undefined): string {
  const hexadecimal = (character: string) =>
    `\\x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return (value ?? '-').replace(/["\\\u0000-\u001f\u007f]/g, hexadecimal)
}

function logTime(date: Date): string {
  const two = (number: number) => String(number).padStart(2, '0')
  const day = `${two(date.getUTCDate())}/${months[date.getUTCMonth()]}/${date.getUTCFullYear()}`
  return `${day}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`
}

import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Channel } from '../channel/channel.ts'
import { createWebSocketChannel, type WebSocketLike } from '../channel/web-socket-channel.ts'
import { PortholeError } from '../contract/errors.ts'
import { type Download, type Downloads, downloadPrefix } from '../core/audit/export/downloads.ts'
import type { PageFiles } from '../core/page/page-files.ts'
import { pageHeaders } from '../core/page/page-policy.ts'
import { AccessGate } from './access-gate.ts'
import { refusalPage } from './refusal-page.ts'
import { sendDownload } from './send-download.ts'

/** The largest request is a session.open with tags; the largest paste is cut by the page into far smaller frames. */
const maximumMessageBytes = 1024 * 1024

/** Two sockets per window; more windows than anybody looks at. */
const maximumSockets = 64

/** A tunnel or a sleeping laptop can leave a socket half open; two missed answers end it. */
const heartbeatMilliseconds = 30_000

const oneYearSeconds = 31_536_000

export interface WebServerOptions {
  /** 0 for any free port. */
  port: number
  files: PageFiles
  /** What the page may fetch for the person to keep. */
  downloads: Downloads
  /** Serves the contract on a socket's channel until it closes. */
  connectRpc(channel: Channel): Disposable
  /** Carries terminal bytes on a socket's channel until it closes. */
  connectBytes(channel: Channel): Disposable
}

export interface WebServer extends AsyncDisposable {
  readonly port: number
  /** A fresh link for one browser; the one before stays good until it is used. */
  createLink(): string
}

/**
 * The browser host: the page, and two sockets per window, on 127.0.0.1 only.
 * @throws {PortholeError} PORT_IN_USE
 */
export async function startWebServer(options: WebServerOptions): Promise<WebServer> {
  const server = createServer()
  await listen(server, options.port)
  const { port } = server.address() as AddressInfo
  const gate = new AccessGate(port)
  // Not every browser counts a socket as part of 'self'.
  const headers = pageHeaders([`ws://127.0.0.1:${port}`])
  server.on('request', (request, response) => {
    const download = takeDownload(request, gate, options.downloads)
    if (download !== undefined) return void sendDownload(response, download, headers)
    const answer = decideAnswer(request, gate, options.files)
    send(request, response, { ...answer, headers: { ...headers, ...answer.headers } })
  })

  const sockets = acceptSockets(server, gate, {
    '/rpc': options.connectRpc,
    '/bytes': options.connectBytes,
  })

  return {
    port,
    createLink: () => gate.createLink(),
    async [Symbol.asyncDispose]() {
      sockets[Symbol.dispose]()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function listen(server: Server, port: number): Promise<void> {
  try {
    server.listen({ port, host: '127.0.0.1', exclusive: true })
    await once(server, 'listening')
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw cause
    throw new PortholeError(
      {
        code: 'PORT_IN_USE',
        message:
          code === 'EACCES'
            ? `Port ${port} is reserved by the system.`
            : `Port ${port} is in use by another program.`,
        action: 'Choose another with --port, or leave --port out for any free one.',
      },
      { cause },
    )
  }
}

interface Answer {
  status: number
  headers: Record<string, string>
  body: Buffer | string
}

function decideAnswer(request: IncomingMessage, gate: AccessGate, files: PageFiles): Answer {
  if (!gate.hasRightHost(request)) return refusal(421, 'wrong-host')
  if (request.method !== 'GET' && request.method !== 'HEAD') return refusal(405, 'wrong-method')
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')

  const token = url.searchParams.get('token')
  if (url.pathname === '/' && token !== null) {
    const cookie = gate.redeem(token)
    if (cookie !== undefined) return toCleanAddress({ 'Set-Cookie': cookie })
    // The link again in the browser that used it (a reload, a bookmark): the cookie speaks for it.
    return gate.hasCookie(request) ? toCleanAddress({}) : refusal(403, 'used-link')
  }
  if (!gate.hasCookie(request)) return refusal(403, 'no-cookie')

  const file = files.get(url.pathname)
  if (file === undefined) return refusal(404, 'not-found')
  const caching = file.immutable ? `public, max-age=${oneYearSeconds}, immutable` : 'no-cache'
  return { status: 200, headers: { 'Content-Type': file.type, 'Cache-Control': caching }, body: file.content }
}

/** @returns the file to send; `undefined` for any other request, and for one without the right to it */
function takeDownload(
  request: IncomingMessage,
  gate: AccessGate,
  downloads: Downloads,
): Download | undefined {
  if (request.method !== 'GET' || !gate.hasRightHost(request) || !gate.hasCookie(request)) return undefined
  const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1')
  if (!pathname.startsWith(downloadPrefix)) return undefined
  return downloads.take(pathname.slice(downloadPrefix.length))
}

function toCleanAddress(headers: Record<string, string>): Answer {
  return { status: 302, headers: { Location: '/', 'Cache-Control': 'no-store', ...headers }, body: '' }
}

function refusal(status: number, reason: Parameters<typeof refusalPage>[0]): Answer {
  const headers = { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' }
  return { status, headers, body: refusalPage(reason) }
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, { 'Content-Length': Buffer.byteLength(answer.body), ...answer.headers })
  response.end(request.method === 'HEAD' ? undefined : answer.body)
}

/** Upgrades sockets on known paths for whom the gate lets in, and hands their channels on. */
function acceptSockets(
  server: Server,
  gate: AccessGate,
  routes: Record<string, (channel: Channel) => Disposable>,
): Disposable {
  const webSockets = new WebSocketServer({
    noServer: true,
    // Compression costs time and memory and gains nothing on loopback.
    perMessageDeflate: false,
    maxPayload: maximumMessageBytes,
  })
  const alive = new WeakSet<WebSocket>()

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const route = Object.hasOwn(routes, request.url ?? '') ? routes[request.url ?? ''] : undefined
    if (!gate.hasRightHost(request) || !gate.hasRightOrigin(request) || !gate.hasCookie(request))
      return refuseUpgrade(socket, '403 Forbidden')
    if (route === undefined) return refuseUpgrade(socket, '404 Not Found')
    if (webSockets.clients.size >= maximumSockets) return refuseUpgrade(socket, '503 Service Unavailable')
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      alive.add(webSocket)
      webSocket.on('pong', () => alive.add(webSocket))
      const channel = createWebSocketChannel(webSocket as WebSocketLike)
      const connection = route(channel)
      channel.onClose(() => connection[Symbol.dispose]())
    })
  })

  const heartbeat = setInterval(() => {
    for (const webSocket of webSockets.clients) {
      if (!alive.delete(webSocket)) webSocket.terminate()
      else webSocket.ping()
    }
  }, heartbeatMilliseconds)

  return {
    [Symbol.dispose]() {
      clearInterval(heartbeat)
      for (const webSocket of webSockets.clients) webSocket.terminate()
      webSockets.close()
    },
  }
}

function refuseUpgrade(socket: Duplex, status: string): void {
  // The peer may be gone already; there is nobody to tell.
  socket.on('error', () => {})
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

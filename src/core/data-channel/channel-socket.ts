import type { ClientRequest, IncomingMessage } from 'node:http'
import WebSocket from 'ws'
import { type ErrorValue, PortholeError } from '../../contract/errors.ts'
import type { Clock } from '../clock.ts'
import type { DataChannelTiming } from './timing.ts'

/** The largest payload seen is 200 kB; more than this is no data channel. */
const maximumMessageBytes = 4 * 1024 * 1024
/** What the plugin writes into its pings. */
const pingPayload = 'keepalive'
const normalClosure = 1000

/** Opens a WebSocket; replaceable so that the host can send it through a proxy. */
export type CreateWebSocket = (url: URL, options: WebSocket.ClientOptions) => WebSocket

export const createWebSocket: CreateWebSocket = (url, options) => new WebSocket(url, options)

export interface ChannelSocketEvents {
  /** The upgrade succeeded and the opening text is on its way. */
  opened(): void
  message(bytes: Uint8Array): void
  /** A ping has no answer for `quietLimit`. */
  quiet(): void
  /** It has one after all. */
  answered(): void
  /** The last event, at most once: refused, broken, closed by the other side or silent. */
  lost(error: ErrorValue): void
}

/** One WebSocket of a data channel: from dial to loss, with pings that notice a dead peer. */
export class ChannelSocket implements Disposable {
  readonly #socket: WebSocket
  readonly #clock: Clock
  readonly #timing: DataChannelTiming
  readonly #events: ChannelSocketEvents
  readonly #host: string
  /** Anything came since the last ping. */
  #heard = false
  #hadFirstFrame = false
  #toldQuiet = false
  #timer: Disposable | undefined
  #quietTimer: Disposable | undefined
  #problem: string | undefined
  #over = false

  constructor(options: {
    url: URL
    headers: Record<string, string>
    openingText: string
    clock: Clock
    timing: DataChannelTiming
    createWebSocket: CreateWebSocket
    events: ChannelSocketEvents
  }) {
    this.#clock = options.clock
    this.#timing = options.timing
    this.#events = options.events
    this.#host = options.url.host
    this.#socket = options.createWebSocket(options.url, {
      headers: options.headers,
      perMessageDeflate: false,
      maxPayload: maximumMessageBytes,
      handshakeTimeout: options.timing.firstFrameLimit,
    })
    this.#socket.binaryType = 'nodebuffer'
    this.#listen(options.openingText)
  }

  get paused(): boolean {
    return this.#socket.isPaused
  }

  send(frame: Uint8Array): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(frame)
  }

  /** Reads no further: the network itself holds the sender back. */
  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#heard = true
    this.#socket.resume()
  }

  /** Asks the other side whether it is there, and does not wait long for the answer. */
  probe(): void {
    if (this.#over || !this.#hadFirstFrame || this.#socket.isPaused) return
    this.#timer?.[Symbol.dispose]()
    this.#ping(this.#timing.probeLimit)
  }

  /** Closes without a further event. What was sent still goes out. */
  [Symbol.dispose](): void {
    if (this.#over) return
    this.#stop()
    if (this.#socket.readyState === WebSocket.OPEN) this.#closeGently()
    else this.#socket.terminate()
  }

  #listen(openingText: string): void {
    const socket = this.#socket
    socket.on('open', () => {
      if (this.#over) return
      socket.send(openingText)
      this.#awaitFirstFrame()
      this.#events.opened()
    })
    socket.on('message', (data, isBinary) => {
      if (this.#over || !isBinary || !Buffer.isBuffer(data)) return
      this.#hear()
      this.#hearFirstFrame()
      this.#events.message(data)
    })
    socket.on('pong', () => this.#hear())
    socket.on('unexpected-response', (request, response) => this.#refused(request, response))
    socket.on('error', (error) => {
      // The way to AWS can say more than "lost": which proxy, which certificate.
      if (error instanceof PortholeError) this.#end(error.value)
      this.#problem = error.message
    })
    socket.on('close', (code, reason) => {
      this.#lost(this.#problem ?? `WebSocket closed with ${code} ${reason.toString()}`.trim())
    })
  }

  #refused(request: ClientRequest, response: IncomingMessage): void {
    const status = `HTTP ${response.statusCode} ${response.statusMessage}`
    const denied = response.statusCode === 401 || response.statusCode === 403
    if (!denied) {
      request.destroy()
      this.#lost(status)
      return
    }
    void readStart(response).then((body) => {
      request.destroy()
      this.#end(deniedError(status, this.#host, body))
    })
  }

  #awaitFirstFrame(): void {
    this.#socket.ping(pingPayload)
    this.#timer = this.#clock.after(this.#timing.firstFrameLimit, () =>
      this.#lost(`Nothing came for ${this.#timing.firstFrameLimit / 1000} s after the connection was opened`),
    )
  }

  #hear(): void {
    this.#heard = true
    this.#quietTimer?.[Symbol.dispose]()
    if (!this.#toldQuiet) return
    this.#toldQuiet = false
    this.#events.answered()
  }

  #hearFirstFrame(): void {
    if (this.#hadFirstFrame) return
    this.#hadFirstFrame = true
    this.#timer?.[Symbol.dispose]()
    this.#schedulePing()
  }

  #schedulePing(): void {
    this.#timer = this.#clock.after(this.#timing.pingInterval, () => this.#ping(this.#timing.pongLimit))
  }

  #ping(limit: number): void {
    this.#heard = false
    this.#socket.ping(pingPayload)
    this.#quietTimer?.[Symbol.dispose]()
    this.#quietTimer = this.#clock.after(this.#timing.quietLimit, () => this.#tellQuiet())
    this.#timer = this.#clock.after(limit, () => {
      // A paused socket hears nothing because we do not listen.
      if (this.#heard || this.#socket.isPaused) this.#schedulePing()
      else this.#lost(`No answer to a ping for ${limit / 1000} s`)
    })
  }

  #tellQuiet(): void {
    if (this.#heard || this.#socket.isPaused) return
    this.#toldQuiet = true
    this.#events.quiet()
  }

  #lost(detail: string): void {
    this.#end({
      code: 'CONNECTION_LOST',
      message: 'The connection to the container was lost.',
      detail: `${detail} (${this.#host})`,
      action: 'Porthole tries to get it back. Check the network if it does not.',
      retryable: true,
    })
  }

  #end(error: ErrorValue): void {
    if (this.#over) return
    this.#stop()
    this.#socket.terminate()
    this.#events.lost(error)
  }

  #stop(): void {
    this.#over = true
    this.#timer?.[Symbol.dispose]()
    this.#quietTimer?.[Symbol.dispose]()
    this.#timer = undefined
  }

  #closeGently(): void {
    this.#socket.resume()
    this.#socket.close(normalClosure)
    const cut = this.#clock.after(this.#timing.closeLimit, () => this.#socket.terminate())
    this.#socket.on('close', () => cut[Symbol.dispose]())
  }
}

/** A refusal says why in a few hundred bytes; a page of HTML from some proxy is of no use. */
const refusalBytes = 4096

async function readStart(response: IncomingMessage): Promise<string> {
  let text = ''
  try {
    for await (const piece of response) {
      text += String(piece)
      if (text.length >= refusalBytes) break
    }
  } catch {
    // The status alone has to do.
  }
  return text.slice(0, refusalBytes)
}

/** AWS names expired credentials differently from service to service; all of them say "expired". */
function deniedError(status: string, host: string, body: string): ErrorValue {
  const detail = `${status} from ${host}`
  if (/expired/i.test(body))
    return {
      code: 'CREDENTIALS_EXPIRED',
      message: 'AWS no longer accepts the credentials of this session.',
      detail,
      action: 'Porthole tries again with new ones. If it stays, sign in again.',
      retryable: true,
    }
  return {
    code: 'ACCESS_DENIED',
    message: 'AWS refused the connection to the session.',
    detail,
    action: 'Allow ssmmessages:OpenDataChannel for this role, or sign in again.',
    retryable: false,
  }
}

import { type ErrorValue, PortholeError } from '../../contract/errors.ts'
import type { RoleCredentials } from '../aws/credentials.ts'
import type { Clock } from '../clock.ts'
import { ChannelSocket, type CreateWebSocket } from './channel-socket.ts'
import { checkStreamUrl, signUpgrade } from './signed-upgrade.ts'
import type { DataChannelTiming } from './timing.ts'

/** What one socket needs: a URL, opaque, and a secret that is good for one use. */
export interface ChannelGrant {
  streamUrl: string
  tokenValue: string
}

/** Asks AWS for a new grant; `over` when the session has ended. Throws a `PortholeError` it knows, or anything. */
export type ResumeSession = () => Promise<ChannelGrant | 'over'>

export interface ChannelConnectionEvents {
  /** A socket stands and has introduced itself: frames can go out. */
  opened(): void
  message(bytes: Uint8Array): void
  /** The socket is gone; attempts to replace it follow. */
  interrupted(error: ErrorValue): void
  /** The last event, at most once: there will be no other socket. */
  gaveUp(error: ErrorValue): void
}

export interface ChannelConnectionOptions {
  region: string
  credentials: () => Promise<RoleCredentials>
  resume: ResumeSession
  /** The first message of every socket. */
  openingText: (tokenValue: string) => string
  clock: Clock
  timing: DataChannelTiming
  createWebSocket: CreateWebSocket
  /** 0 to 1, for the jitter between attempts. */
  random: () => number
  events: ChannelConnectionEvents
}

/** Keeps one socket up for a data channel: replaces a lost one for a bounded time. */
export class ChannelConnection implements Disposable {
  readonly #options: ChannelConnectionOptions
  #socket: ChannelSocket | undefined
  #retry: Disposable | undefined
  #giveUp: Disposable | undefined
  #failedAttempts = 0
  #everProven = false
  #over = false

  constructor(options: ChannelConnectionOptions) {
    this.#options = options
  }

  open(grant: ChannelGrant): void {
    void this.#dial(grant)
  }

  /** Sends when a socket is open; a frame that misses it is repeated by the stream above. */
  send(frame: Uint8Array): void {
    this.#socket?.send(frame)
  }

  get paused(): boolean {
    return this.#socket?.paused ?? false
  }

  pause(): void {
    this.#socket?.pause()
  }

  resume(): void {
    this.#socket?.resume()
  }

  /** The far end gave a sign of life: the next interruption has the whole time again. */
  proven(): void {
    this.#everProven = true
    this.#failedAttempts = 0
    this.#giveUp?.[Symbol.dispose]()
    this.#giveUp = undefined
  }

  /** Gives up this socket, which stands but serves nothing, and gets another. */
  abandon(error: ErrorValue): void {
    this.#interrupted(error)
  }

  [Symbol.dispose](): void {
    this.#over = true
    this.#dropSocket()
    this.#retry?.[Symbol.dispose]()
    this.#giveUp?.[Symbol.dispose]()
  }

  async #dial(grant: ChannelGrant): Promise<void> {
    const { region, credentials, clock, timing, createWebSocket, events } = this.#options
    try {
      const url = checkStreamUrl(grant.streamUrl)
      const headers = await signUpgrade({ url, region, credentials, now: clock.now() })
      if (this.#over) return
      this.#socket = new ChannelSocket({
        url,
        headers,
        openingText: this.#options.openingText(grant.tokenValue),
        clock,
        timing,
        createWebSocket,
        events: {
          opened: () => events.opened(),
          message: (bytes) => events.message(bytes),
          lost: (error) => this.#interrupted(error),
        },
      })
    } catch (thrown) {
      this.#interrupted(connectionError(thrown))
    }
  }

  #interrupted(error: ErrorValue): void {
    if (this.#over) return
    this.#dropSocket()
    this.#options.events.interrupted(error)
    this.#tryAgain(error)
  }

  #tryAgain(error: ErrorValue): void {
    if (this.#over) return
    if (!error.retryable) this.#end(error)
    else {
      this.#startGivingUp(error)
      this.#retry?.[Symbol.dispose]()
      this.#retry = this.#options.clock.after(this.#nextDelay(), () => void this.#resumeSession())
    }
  }

  async #resumeSession(): Promise<void> {
    try {
      const grant = await this.#options.resume()
      if (this.#over) return
      if (grant === 'over') this.#end(sessionOver)
      else await this.#dial(grant)
    } catch (thrown) {
      this.#tryAgain(connectionError(thrown))
    }
  }

  #startGivingUp(error: ErrorValue): void {
    const { clock, timing } = this.#options
    const limit = this.#everProven ? timing.reconnectLimit : timing.firstConnectLimit
    this.#giveUp ??= clock.after(limit, () => this.#end(unreachable(error, limit)))
  }

  /** Doubles with every failure, and half of it is chance, so that many tabs do not knock at once. */
  #nextDelay(): number {
    const { firstRetryDelay, maximumRetryDelay } = this.#options.timing
    const delay = Math.min(maximumRetryDelay, firstRetryDelay * 2 ** this.#failedAttempts)
    this.#failedAttempts += 1
    return delay * (0.5 + this.#options.random() / 2)
  }

  #end(error: ErrorValue): void {
    if (this.#over) return
    this[Symbol.dispose]()
    this.#options.events.gaveUp(error)
  }

  #dropSocket(): void {
    this.#socket?.[Symbol.dispose]()
    this.#socket = undefined
  }
}

const sessionOver: ErrorValue = {
  code: 'CONNECTION_LOST',
  message: 'The session ended while the connection was broken.',
  action: 'Open a new session to the container.',
  retryable: true,
}

function unreachable(error: ErrorValue, limit: number): ErrorValue {
  return {
    code: 'CONNECTION_LOST',
    message: `The session could not be reached for ${Math.round(limit / 1000)} s.`,
    detail: error.detail ?? error.message,
    action: 'Check the network, then open a new session to the container.',
    retryable: true,
  }
}

/** What is not known to be final counts as a network problem: it may pass. */
function connectionError(thrown: unknown): ErrorValue {
  if (thrown instanceof PortholeError) return thrown.value
  return {
    code: 'CONNECTION_LOST',
    message: 'The connection to the container was lost.',
    detail: thrown instanceof Error ? thrown.message : String(thrown),
    action: 'Porthole tries to get it back. Check the network if it does not.',
    retryable: true,
  }
}

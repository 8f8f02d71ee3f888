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
  /** The socket stands, and a ping on it has no answer yet; `answered` follows, or an interruption. */
  quiet(): void
  answered(): void
  /**
   * There is no socket, and another attempt begins in so many milliseconds.
   * Again after each failed attempt, with the reason of that one.
   */
  interrupted(error: ErrorValue, retryIn: number): void
  /** The last event, at most once: there will be no other socket. */
  gaveUp(error: ErrorValue): void
}

export interface ChannelConnectionOptions {
  region: string
  credentials: () => Promise<RoleCredentials>
  /** AWS did not accept what `credentials` gave last. */
  credentialsRefused: () => void
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

/** Not final: the session goes on as soon as somebody has signed in. */
const missingSignIn = new Set(['SSO_EXPIRED', 'SSO_NOT_SIGNED_IN'])

/** Keeps one socket up for a data channel: replaces a lost one for a bounded time. */
export class ChannelConnection implements Disposable {
  readonly #options: ChannelConnectionOptions
  #socket: ChannelSocket | undefined
  #retry: Disposable | undefined
  #giveUp: { forSignIn: boolean; timer: Disposable } | undefined
  #failedAttempts = 0
  /** Bounds what an attempt does before it has a socket. */
  #attempt: Disposable | undefined
  #everProven = false
  #over = false

  constructor(options: ChannelConnectionOptions) {
    this.#options = options
  }

  open(grant: ChannelGrant): void {
    void this.#try(async () => grant)
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
    this.#giveUp?.timer[Symbol.dispose]()
    this.#giveUp = undefined
  }

  /** The computer woke up, the network changed or somebody does not want to wait: finds out now what is left. */
  probe(): void {
    if (this.#over) return
    if (this.#retry === undefined) this.#socket?.probe()
    else {
      this.#failedAttempts = 0
      this.#resumeSession()
    }
  }

  /** Gives up this socket, which stands but serves nothing, and gets another. */
  abandon(error: ErrorValue): void {
    this.#interrupted(error)
  }

  [Symbol.dispose](): void {
    this.#over = true
    this.#dropSocket()
    this.#retry?.[Symbol.dispose]()
    this.#attempt?.[Symbol.dispose]()
    this.#giveUp?.timer[Symbol.dispose]()
  }

  #resumeSession(): void {
    this.#retry?.[Symbol.dispose]()
    this.#retry = undefined
    void this.#try(this.#options.resume)
  }

  /** From a grant to a socket. An attempt that takes too long is left behind, and what comes of it ignored. */
  async #try(getGrant: ResumeSession): Promise<void> {
    const { clock, timing } = this.#options
    const attempt = clock.after(timing.attemptLimit, () => {
      if (this.#endAttempt(attempt)) this.#tryAgain(noAnswer(timing.attemptLimit))
    })
    this.#attempt = attempt
    try {
      const grant = await getGrant()
      if (grant === 'over') {
        if (this.#endAttempt(attempt)) this.#end(sessionOver)
        return
      }
      const { region, credentials } = this.#options
      const url = checkStreamUrl(grant.streamUrl)
      const headers = await signUpgrade({ url, region, credentials, now: clock.now() })
      if (this.#attempt === attempt && !this.#over)
        this.#socket = this.#createSocket(url, headers, grant.tokenValue)
      this.#endAttempt(attempt)
    } catch (thrown) {
      if (this.#endAttempt(attempt)) this.#tryAgain(connectionError(thrown))
    }
  }

  /** @returns whether the attempt still counts */
  #endAttempt(attempt: Disposable): boolean {
    attempt[Symbol.dispose]()
    if (this.#over || this.#attempt !== attempt) return false
    this.#attempt = undefined
    return true
  }

  #createSocket(url: URL, headers: Record<string, string>, tokenValue: string): ChannelSocket {
    const { clock, timing, createWebSocket, events } = this.#options
    return new ChannelSocket({
      url,
      headers,
      openingText: this.#options.openingText(tokenValue),
      clock,
      timing,
      createWebSocket,
      events: {
        opened: () => events.opened(),
        message: (bytes) => events.message(bytes),
        quiet: () => events.quiet(),
        answered: () => events.answered(),
        lost: (error) => this.#interrupted(error),
      },
    })
  }

  #interrupted(error: ErrorValue): void {
    if (this.#over) return
    this.#dropSocket()
    this.#tryAgain(error)
  }

  #tryAgain(error: ErrorValue): void {
    if (this.#over) return
    const { clock, timing, events, credentialsRefused } = this.#options
    if (error.code === 'CREDENTIALS_EXPIRED') credentialsRefused()
    const signInMissing = missingSignIn.has(error.code)
    if (!error.retryable && !signInMissing) {
      this.#end(error)
      return
    }
    this.#startGivingUp(error, signInMissing)
    const delay = signInMissing ? timing.signInRetryDelay : this.#nextDelay()
    this.#retry?.[Symbol.dispose]()
    this.#retry = clock.after(delay, () => this.#resumeSession())
    events.interrupted(error, delay)
  }

  /** A missing sign-in is worth more patience than a line, once. */
  #startGivingUp(error: ErrorValue, signInMissing: boolean): void {
    const { clock, timing } = this.#options
    const forSignIn = signInMissing && this.#everProven
    if (this.#giveUp !== undefined && (this.#giveUp.forSignIn || !forSignIn)) return
    this.#giveUp?.timer[Symbol.dispose]()
    const usual = this.#everProven ? timing.reconnectLimit : timing.firstConnectLimit
    const limit = forSignIn ? timing.signInLimit : usual
    const timer = clock.after(limit, () => this.#end(signInMissing ? error : unreachable(error, limit)))
    this.#giveUp = { forSignIn, timer }
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

function noAnswer(limit: number): ErrorValue {
  return {
    code: 'CONNECTION_LOST',
    message: 'The connection to the container was lost.',
    detail: `AWS did not answer for ${Math.round(limit / 1000)} s`,
    action: 'Porthole tries to get it back. Check the network if it does not.',
    retryable: true,
  }
}

function unreachable(error: ErrorValue, limit: number): ErrorValue {
  return {
    code: 'CONNECTION_LOST',
    message: `The session could not be reached for ${lengthOf(limit)}.`,
    detail: error.detail ?? error.message,
    action: 'Check the network, then open a new session to the container.',
    retryable: true,
  }
}

function lengthOf(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
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

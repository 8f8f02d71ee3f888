import type { z } from 'zod'
import type { Channel } from '../../channel/channel.ts'
import { createRpcClient, type RpcClient } from '../../channel/rpc.ts'
import { type ErrorValue, PortholeError, type Result, toErrorValue } from '../../contract/errors.ts'
import { sessionHostEvents, sessionHostMethods } from './session-host-contract.ts'

type Methods = typeof sessionHostMethods
type Events = typeof sessionHostEvents
type Answer<Name extends keyof Methods> = Promise<Result<z.output<Methods[Name]['result']>>>

/** Where the session host is; in this process or in one of its own. */
export interface SessionHostLink {
  /**
   * A fresh control channel to a host that runs, started when none does. It
   * closes when that host is gone.
   * @throws {PortholeError} when no host can be had
   */
  connect(): Channel
}

export interface SessionHostLineOptions {
  link: SessionHostLink
  onSessionEvent: (event: z.output<Events['session.event']>) => void
  onCredentialsWanted: (wish: z.output<Events['credentials.wanted']>) => void
  /** The host is gone, with every session in it. */
  onLost: () => void
  log: (problem: string) => void
}

/**
 * Core's line to the session host: made by the first call that needs one, and
 * made anew by the next after the host is gone. Calls never reject.
 */
export class SessionHostLine implements Disposable {
  readonly #options: SessionHostLineOptions
  #open: { channel: Channel; client: RpcClient<Methods, Events> } | undefined
  #disposed = false

  constructor(options: SessionHostLineOptions) {
    this.#options = options
  }

  /** Asks the host, and starts one if need be. */
  async call<Name extends keyof Methods>(name: Name, params: z.input<Methods[Name]['params']>): Answer<Name> {
    try {
      return await this.#connected().call(name, params)
    } catch (thrown) {
      return { ok: false, error: toErrorValue(thrown) }
    }
  }

  /** Asks the host if one runs: what concerns only sessions that a host has is no reason to start one. */
  async callIfRunning<Name extends keyof Methods>(
    name: Name,
    params: z.input<Methods[Name]['params']>,
  ): Answer<Name> {
    return this.#open === undefined ? { ok: false, error: notRunning } : this.#open.client.call(name, params)
  }

  [Symbol.dispose](): void {
    this.#disposed = true
    this.#open?.channel.close()
  }

  #connected(): RpcClient<Methods, Events> {
    if (this.#open !== undefined) return this.#open.client
    if (this.#disposed) throw new PortholeError(notRunning)
    const { link, log, onSessionEvent, onCredentialsWanted } = this.#options
    const channel = link.connect()
    const client = createRpcClient({
      channel,
      methods: sessionHostMethods,
      events: sessionHostEvents,
      onViolation: log,
    })
    this.#open = { channel, client }
    client.on('session.event', onSessionEvent)
    client.on('credentials.wanted', onCredentialsWanted)
    channel.onClose(() => this.#lost(channel))
    return client
  }

  #lost(channel: Channel): void {
    if (this.#open?.channel !== channel) return
    this.#open = undefined
    if (!this.#disposed) this.#options.onLost()
  }
}

/** What the host answered. @throws {PortholeError} what it refused with */
export function unwrap<Value>(answer: Result<Value>): Value {
  if (!answer.ok) throw new PortholeError(answer.error)
  return answer.value
}

const notRunning: ErrorValue = {
  code: 'SESSION_NOT_FOUND',
  message: 'The process that ran this session is gone.',
  retryable: false,
}

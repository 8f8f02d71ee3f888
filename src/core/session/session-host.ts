import type { Channel } from '../../channel/channel.ts'
import { type RpcServer, serveRpc } from '../../channel/rpc.ts'
import { type ErrorValue, PortholeError } from '../../contract/errors.ts'
import type { Engine as EngineName } from '../../contract/session.ts'
import type { RecorderFactory } from '../audit/audit-service.ts'
import type { RoleCredentials } from '../aws/credentials.ts'
import type { Clock } from '../clock.ts'
import { serveByteChannel } from './byte-server.ts'
import type { Engine } from './engine.ts'
import { HostedSession } from './hosted-session.ts'
import { sessionHostEvents, sessionHostMethods } from './session-host-contract.ts'

export interface SessionHostDependencies {
  engines: Record<EngineName, Engine>
  recorders: RecorderFactory
  clock: Clock
  /** Gets facts about broken peers and failures, never terminal bytes or secrets. */
  log: (message: string) => void
}

/**
 * Runs sessions and moves their bytes; in Node inside the core's process, on
 * the desktop in a process of its own.
 */
export interface SessionHost extends AsyncDisposable {
  /** Lets core steer the host. When this channel closes, core is gone and all sessions end. */
  serveControl(channel: Channel): Disposable
  /** Carries terminal bytes of one window. */
  serveBytes(channel: Channel): Disposable
  /** Sessions that are kept, ended ones included. */
  readonly sessionCount: number
}

export function createSessionHost(dependencies: SessionHostDependencies): SessionHost {
  return new LocalSessionHost(dependencies)
}

type Control = RpcServer<typeof sessionHostEvents>

class LocalSessionHost implements SessionHost {
  readonly #dependencies: SessionHostDependencies
  readonly #sessions = new Map<string, HostedSession>()
  readonly #streams = new Map<number, HostedSession>()
  readonly #wishes = new CredentialWishes()
  readonly #byteChannels = new Set<Disposable>()
  /** Sessions that were let go and still complete their recordings. */
  readonly #leaving = new Set<Promise<void>>()
  #control: Control | undefined

  constructor(dependencies: SessionHostDependencies) {
    this.#dependencies = dependencies
  }

  get sessionCount(): number {
    return this.#sessions.size
  }

  serveControl(channel: Channel): Disposable {
    const control = serveRpc({
      channel,
      methods: sessionHostMethods,
      events: sessionHostEvents,
      handlers: {
        'session.prepare': async ({ sessionId, stream, size }) => this.#prepare(sessionId, stream, size),
        'session.start': async ({ sessionId, engine, request, recording, held = false }) => {
          this.#find(sessionId).start(this.#dependencies.engines[engine], request, { recording, held })
          return {}
        },
        'session.letGo': async ({ sessionId }) => {
          this.#find(sessionId).letGo()
          return {}
        },
        'session.probe': async ({ sessionId }) => {
          this.#find(sessionId).probe()
          return {}
        },
        'session.keepAlive': async ({ sessionId, on }) => {
          this.#find(sessionId).keepAlive(on)
          return {}
        },
        'session.pauseRecording': async ({ sessionId, on }) => {
          this.#find(sessionId).pauseRecording(on)
          return {}
        },
        'session.close': async ({ sessionId }) => {
          await this.#find(sessionId).close()
          return {}
        },
        'session.forget': async ({ sessionId }) => this.#forget(sessionId),
        'credentials.give': async ({ requestId, answer }) => {
          if (answer.ok) this.#wishes.fulfil(requestId, answer.credentials)
          else this.#wishes.refuse(requestId, answer.error)
          return {}
        },
      },
      onFailure: (method, thrown) => this.#dependencies.log(`${method} failed: ${String(thrown)}`),
    })
    this.#control = control
    const closing = channel.onClose(() => this.#coreLeft())
    return {
      [Symbol.dispose]() {
        closing[Symbol.dispose]()
        control[Symbol.dispose]()
      },
    }
  }

  serveBytes(channel: Channel): Disposable {
    const serving = serveByteChannel({
      channel,
      find: (stream) => this.#streams.get(stream),
      log: this.#dependencies.log,
    })
    this.#byteChannels.add(serving)
    const stop = () => {
      this.#byteChannels.delete(serving)
      closing[Symbol.dispose]()
      serving[Symbol.dispose]()
    }
    const closing = channel.onClose(stop)
    return { [Symbol.dispose]: stop }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#endAll()
    await Promise.allSettled(this.#leaving)
    this.#wishes.refuseAll()
    for (const serving of this.#byteChannels) serving[Symbol.dispose]()
    this.#byteChannels.clear()
    this.#control?.[Symbol.dispose]()
  }

  /** Sessions without a core would go on unseen. */
  #coreLeft(): void {
    this.#control = undefined
    this.#wishes.refuseAll()
    void this.#endAll()
  }

  #prepare(sessionId: string, stream: number, size: { cols: number; rows: number }): Record<string, never> {
    if (this.#sessions.has(sessionId) || this.#streams.has(stream))
      throw new PortholeError({
        code: 'INVALID_REQUEST',
        message: `Session ${sessionId} or stream ${stream} exists.`,
      })
    const session = new HostedSession({
      sessionId,
      stream,
      size,
      clock: this.#dependencies.clock,
      recorders: this.#dependencies.recorders,
      report: (event) => this.#control?.emit('session.event', { sessionId, event }),
      credentials: (refusedAccessKeyId) => this.#askForCredentials(sessionId, refusedAccessKeyId),
    })
    this.#sessions.set(sessionId, session)
    this.#streams.set(stream, session)
    return {}
  }

  #askForCredentials(sessionId: string, refusedAccessKeyId?: string): Promise<RoleCredentials> {
    const control = this.#control
    if (control === undefined) return Promise.reject(new PortholeError(coreIsGone))
    return this.#wishes.make((requestId) =>
      control.emit('credentials.wanted', { sessionId, requestId, refusedAccessKeyId }),
    )
  }

  async #forget(sessionId: string): Promise<Record<string, never>> {
    const session = this.#find(sessionId)
    this.#sessions.delete(sessionId)
    for (const [stream, owner] of this.#streams) if (owner === session) this.#streams.delete(stream)
    await this.#leave(session)
    return {}
  }

  async #leave(session: HostedSession): Promise<void> {
    const leaving = session[Symbol.asyncDispose]()
    this.#leaving.add(leaving)
    try {
      await leaving
    } finally {
      this.#leaving.delete(leaving)
    }
  }

  #find(sessionId: string): HostedSession {
    const session = this.#sessions.get(sessionId)
    if (session === undefined)
      throw new PortholeError({ code: 'SESSION_NOT_FOUND', message: `There is no session ${sessionId}.` })
    return session
  }

  async #endAll(): Promise<void> {
    const sessions = [...this.#sessions.values()]
    this.#sessions.clear()
    this.#streams.clear()
    const endings = await Promise.allSettled(sessions.map((session) => this.#leave(session)))
    for (const ending of endings)
      if (ending.status === 'rejected')
        this.#dependencies.log(`A session did not end well: ${String(ending.reason)}`)
  }
}

const coreIsGone: ErrorValue = {
  code: 'CREDENTIALS_EXPIRED',
  message: 'Porthole is closing, so there are no credentials for this session.',
  retryable: false,
}

/** Requests for credentials that core has not answered yet. */
class CredentialWishes {
  readonly #open = new Map<number, PromiseWithResolvers<RoleCredentials>>()
  #lastId = 0

  make(ask: (requestId: number) => void): Promise<RoleCredentials> {
    const requestId = ++this.#lastId
    const wish = Promise.withResolvers<RoleCredentials>()
    this.#open.set(requestId, wish)
    ask(requestId)
    return wish.promise
  }

  fulfil(requestId: number, credentials: RoleCredentials): void {
    this.#take(requestId)?.resolve(credentials)
  }

  refuse(requestId: number, error: ErrorValue): void {
    this.#take(requestId)?.reject(new PortholeError(error))
  }

  /** Nobody is left to answer. */
  refuseAll(): void {
    for (const requestId of [...this.#open.keys()])
      this.refuse(requestId, {
        code: 'CREDENTIALS_EXPIRED',
        message: 'Porthole is closing.',
        retryable: false,
      })
  }

  #take(requestId: number): PromiseWithResolvers<RoleCredentials> | undefined {
    const wish = this.#open.get(requestId)
    this.#open.delete(requestId)
    return wish
  }
}

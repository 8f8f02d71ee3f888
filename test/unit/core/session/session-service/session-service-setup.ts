import { afterEach, beforeEach, expect } from 'vitest'
import { createChannelPair } from '../../../../../src/channel/in-process-channel.ts'
import type { Cluster } from '../../../../../src/contract/catalog.ts'
import { PortholeError } from '../../../../../src/contract/errors.ts'
import type { Session } from '../../../../../src/contract/session.ts'
import type { SessionFacts } from '../../../../../src/core/audit/audit-service.ts'
import { createListeners, type Listeners } from '../../../../../src/core/listeners.ts'
import type { OpenSession } from '../../../../../src/core/session/session-entry.ts'
import { createSessionHost, type SessionHost } from '../../../../../src/core/session/session-host.ts'
import {
  createSessionService,
  type SessionService,
  type SessionServiceDependencies,
} from '../../../../../src/core/session/session-service.ts'
import { createHandClock, type HandClock } from '../../../../fixtures/hand-clock.ts'
import { createMemoryRecorders, type MemoryRecorders } from '../../../../fixtures/memory-recorders.ts'
import { sampleContainer } from '../../../../fixtures/session-samples.ts'
import { createSyntheticEngine, type SyntheticEngine } from '../../../../fixtures/synthetic-engine.ts'

export const request: OpenSession = {
  container: sampleContainer,
  command: '/bin/sh',
  size: { cols: 80, rows: 24 },
}
export const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'secret', sessionToken: 'token' }
export const grant = {
  sessionId: 'ecs-execute-command-0123456789abcdefghijklmnop',
  streamUrl: 'wss://ssmmessages.eu-west-1.amazonaws.com/v1/data-channel/x?role=publish_subscribe',
  tokenValue: 'bearer',
}
export const taskStopped = new PortholeError({ code: 'TASK_STOPPED', message: 'The task has stopped.' })
export const denied = new PortholeError({ code: 'ACCESS_DENIED', message: 'No.' })

export const inState = (state: Session['state']) => (session: Session) => session.state === state

/** A session service with a real session host and engines that do as they are told, anew for every test of a file. */
export function setUpSessionService(): SessionServiceSetup {
  const setup = new SessionServiceSetup()
  beforeEach(() => setup.begin())
  afterEach(() => setup.end())
  return setup
}

class SessionServiceSetup {
  clock!: HandClock
  host!: SessionHost
  /** There after `build`. */
  service!: SessionService
  builtIn!: SyntheticEngine
  plugin!: SyntheticEngine
  recorders!: MemoryRecorders
  /** What the history was told, in order. */
  audit!: string[]
  openedFacts!: SessionFacts[]
  refusedFacts!: SessionFacts[]
  /** Why the history takes no opening. */
  openingProblem: PortholeError | undefined
  terminated!: string[]
  noted!: (string | undefined)[]
  recordingRequired!: boolean
  /** Answers when the history can be opened. */
  historyState!: SessionServiceDependencies['audit']['integrity']
  seen!: Session[]
  clusters!: Listeners<Cluster>
  controlChannel!: ReturnType<typeof createChannelPair>[0]
  hostStarts!: number

  begin(): void {
    this.clock = createHandClock()
    this.builtIn = createSyntheticEngine('built-in')
    this.plugin = createSyntheticEngine('plugin')
    this.recorders = createMemoryRecorders()
    this.host = createSessionHost({
      engines: { 'built-in': this.builtIn, plugin: this.plugin },
      recorders: this.recorders,
      clock: this.clock,
      log: () => {},
    })
    this.audit = []
    this.openedFacts = []
    this.refusedFacts = []
    this.openingProblem = undefined
    this.terminated = []
    this.noted = []
    this.recordingRequired = false
    this.historyState = async () => ({}) as never
    this.seen = []
    this.clusters = createListeners()
  }

  async end(): Promise<void> {
    await this.service[Symbol.asyncDispose]()
    expect(this.clusters.size).toBe(0)
    await this.host[Symbol.asyncDispose]()
    expect(this.clock.pendingTimers).toBe(0)
  }

  build(overrides: Partial<SessionServiceDependencies> = {}): void {
    this.hostStarts = 0
    this.service = createSessionService({
      host: { connect: () => this.#startHost() },
      clock: this.clock,
      audit: this.#toldAudit(),
      recordingRequired: () => this.recordingRequired,
      isProduction: ({ environment }) => environment === 'production',
      describeForExec: async () => ({ runtimeId: '0123-3107182542', snapshot: { task: 'as described' } }),
      executeCommand: async () => grant,
      terminateSession: async (_, id) => void this.terminated.push(id),
      credentials: async () => credentials,
      forgetCredentials: () => {},
      caller: async () => ({
        arn: 'arn:aws:sts::1:assumed-role/Admin/ada',
        accountId: '111122223333',
        userName: 'ada',
      }),
      endpoints: { url: async (name, region) => new URL(`https://${name}.${region}.amazonaws.com`) },
      findPlugin: async () => ({ status: 'missing', searched: [] }),
      engineChoice: () => 'auto',
      onCluster: this.clusters.add,
      platform: 'linux',
      log: () => {},
      ...overrides,
    })
    this.service.onChanged((session) => this.seen.push(session))
  }

  /** Resolves with the first session, past or coming, that is as wanted. */
  when(wanted: (session: Session) => boolean): Promise<Session> {
    const known = this.seen.find(wanted)
    if (known !== undefined) return Promise.resolve(known)
    return new Promise((resolve) => {
      const listening = this.service.onChanged((session) => {
        if (!wanted(session)) return
        listening[Symbol.dispose]()
        resolve(session)
      })
    })
  }

  async openReady(engine = this.builtIn) {
    const starting = engine.nextSession()
    const { id } = await this.service.open(request)
    const session = await starting
    session.events.ready()
    await this.when((changed) => changed.id === id && changed.state === 'ready')
    return { id, session }
  }

  #startHost() {
    this.hostStarts++
    const [near, far] = createChannelPair()
    this.controlChannel = near
    this.host.serveControl(far)
    return near
  }

  #toldAudit(): SessionServiceDependencies['audit'] {
    return {
      sessionOpened: async (facts) => {
        if (this.openingProblem !== undefined) throw this.openingProblem
        this.audit.push('opened')
        this.openedFacts.push(facts)
      },
      sessionEnded: async (_, { reason }) => void this.audit.push(`ended ${reason}`),
      shellRefused: async (facts) => {
        this.audit.push(`refused ${facts.error.code}`)
        this.refusedFacts.push(facts)
      },
      note: async ({ activity, sessionId, detail }) => {
        this.audit.push(`${activity} ${detail?.reason ?? ''}`.trim())
        this.noted.push(sessionId)
      },
      integrity: () => this.historyState(),
    }
  }
}

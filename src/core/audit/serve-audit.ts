import type { Channel } from '../../channel/channel.ts'
import { serveRpc } from '../../channel/rpc.ts'
import { toErrorValue } from '../../contract/errors.ts'
import type { IntegrityState } from '../../contract/integrity.ts'
import { auditEvents, auditMethods } from './audit-contract.ts'
import { AuditKeeper, type AuditKeeperOptions } from './audit-keeper.ts'
import type { HistoryNews } from './audit-service.ts'
import { ServedExports } from './export/served-exports.ts'
import { ServedRecorders } from './recording/served-recorders.ts'

/** An audit history on offer. Disposing closes recordings and ledger; the channels stay with their owners. */
export interface AuditServer extends AsyncDisposable {
  /** Serves one more client: a core, a session host, or both in one. */
  attach(channel: Channel): void
}

/**
 * Serves the history in a folder over any number of channels.
 *
 * Never throws: when the history cannot be opened, every call answers why, and
 * each new call tries again, because another Porthole may have closed meanwhile.
 * Clients are heard once the first attempt is over, so that output which came
 * early is not lost.
 */
export function serveAudit(
  options: Omit<AuditKeeperOptions, 'onChanged' | 'onIntegrity' | 'onRecordAct'>,
): AuditServer {
  const clients = new Set<ServedClient>()
  const onChanged = (news: HistoryNews) => {
    for (const client of clients) client.tellChanged(news)
  }
  const onIntegrity = (state: IntegrityState) => {
    for (const client of clients) client.tellIntegrity(state)
  }
  const onRecordAct = () => {
    for (const client of clients) client.tellActed()
  }
  const opening = new RetriedOpening(() =>
    AuditKeeper.open({ ...options, onChanged, onIntegrity, onRecordAct }),
  )
  const firstAttempt = opening.get().then(
    () => {},
    () => {},
  )
  let disposed = false

  return {
    attach(channel) {
      void firstAttempt.then(() => {
        if (disposed) return
        const client = new ServedClient(channel, opening)
        clients.add(client)
        channel.onClose(() => {
          if (clients.delete(client)) void client.leave()
        })
      })
    },
    async [Symbol.asyncDispose]() {
      disposed = true
      for (const client of clients) client[Symbol.dispose]()
      clients.clear()
      await opening[Symbol.asyncDispose]()
    },
  }
}

/** Opens the history once; after a failure, the next who asks tries again. */
class RetriedOpening implements AsyncDisposable {
  readonly #open: () => Promise<AuditKeeper>
  #attempt: Promise<AuditKeeper> | undefined
  #keeper: AuditKeeper | undefined

  constructor(open: () => Promise<AuditKeeper>) {
    this.#open = open
  }

  /** The history, if it is open at this moment. */
  get current(): AuditKeeper | undefined {
    return this.#keeper
  }

  async get(): Promise<AuditKeeper> {
    this.#attempt ??= this.#open()
    try {
      this.#keeper = await this.#attempt
      return this.#keeper
    } catch (thrown) {
      this.#attempt = undefined
      throw thrown
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#attempt?.then(
      (keeper) => keeper[Symbol.asyncDispose](),
      () => {},
    )
  }
}

class ServedClient implements Disposable {
  readonly #rpc: ReturnType<typeof serveMethods>
  readonly #recorders: ServedRecorders
  readonly #exports = new ServedExports((exporting) => this.#rpc.emit('exporting', exporting))

  constructor(channel: Channel, opening: RetriedOpening) {
    this.#rpc = serveMethods(channel, opening, this.#exports)
    this.#recorders = new ServedRecorders(channel, () => opening.current?.recordings)
  }

  tellChanged(news: HistoryNews): void {
    this.#rpc.emit('changed', news)
  }

  tellIntegrity(state: IntegrityState): void {
    this.#rpc.emit('integrity', state)
  }

  tellActed(): void {
    this.#rpc.emit('acted', {})
  }

  /** The channel closed. */
  async leave(): Promise<void> {
    this.#rpc[Symbol.dispose]()
    this.#exports.cancelAll()
    await this.#recorders.closeAll()
  }

  [Symbol.dispose](): void {
    this.#rpc[Symbol.dispose]()
    this.#recorders[Symbol.dispose]()
  }
}

function serveMethods(channel: Channel, opening: RetriedOpening, exports: ServedExports) {
  return serveRpc({
    channel,
    methods: auditMethods,
    events: auditEvents,
    handlers: {
      async sessionOpened(facts) {
        ;(await opening.get()).sessionOpened(facts)
        return {}
      },
      async sessionEnded({ sessionId, ...end }) {
        ;(await opening.get()).sessionEnded(sessionId, end)
        return {}
      },
      async shellRefused(facts) {
        ;(await opening.get()).shellRefused(facts)
        return {}
      },
      async taskReplaced(facts) {
        ;(await opening.get()).taskReplaced(facts)
        return {}
      },
      async note(facts) {
        ;(await opening.get()).note(facts)
        return {}
      },
      entries: async ({ taskArn }) => (await opening.get()).entries(taskArn),
      history: async (request) => (await opening.get()).history(request),
      historyEntries: async (request) => (await opening.get()).historyEntries(request),
      attempts: async ({ taskArn }) => (await opening.get()).attempts(taskArn),
      session: async ({ sessionId }) => (await opening.get()).session(sessionId),
      recording: async ({ sessionId, offset }) => (await opening.get()).recordings.page(sessionId, offset),
      commands: async ({ sessionId }) => ({
        commands: await (await opening.get()).recordings.commands(sessionId),
      }),
      commandOutput: async ({ sessionId, index }) =>
        (await opening.get()).recordings.commandOutput(sessionId, index),
      commandSummaries: async ({ sessionIds }) => (await opening.get()).commandSummaries(sessionIds),
      search: async (request) => (await opening.get()).search(request),
      recordActs: async (request) => (await opening.get()).recordActs(request),
      async setCloud(cloud) {
        ;(await opening.get()).setCloud(cloud)
        return {}
      },
      indexedTranscripts: async () => (await opening.get()).transcriptIndex.list(),
      async indexTranscript(transcript) {
        await (await opening.get()).transcriptIndex.add(transcript)
        return {}
      },
      async purgeTranscript({ awsSessionId }) {
        ;(await opening.get()).transcriptIndex.purge(awsSessionId)
        return {}
      },
      leftBehind: async () => (await opening.get()).leftBehind(),
      touched: async () => (await opening.get()).touched(),
      taskSnapshot: async ({ taskArn }) => ({ found: (await opening.get()).taskSnapshot(taskArn) }),
      awsSessionIds: async () => (await opening.get()).awsSessionIds(),
      held: async () => (await opening.get()).held(),
      derivedKey: async ({ purpose }) => ({
        key: Buffer.from((await opening.get()).derivedKey(purpose)).toString('base64'),
      }),
      verify: async () => (await opening.get()).verify(),
      export: ({ id, ...order }) => exports.run(id, async (run) => (await opening.get()).export(order, run)),
      exportRecording: ({ id, ...order }) =>
        exports.run(id, async (run) => (await opening.get()).exportRecording(order, run)),
      cancelExport: async ({ id }) => {
        exports.cancel(id)
        return {}
      },
      retain: async (settings) => ({ shredded: await (await opening.get()).applyRetention(settings) }),
      integrity: async () => (await opening.get()).integrity(),
      problems: async () =>
        opening.get().then(
          (keeper) => keeper.problems(),
          (thrown) => [toErrorValue(thrown)],
        ),
    },
  })
}

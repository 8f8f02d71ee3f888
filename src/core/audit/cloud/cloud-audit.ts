import path from 'node:path'
import type { ActivityFacts, TouchedTask } from '../../../contract/audit.ts'
import type {
  CloudEvent,
  CloudHistory,
  ImportedShells,
  ImportedShellsRequest,
  ImportOutcome,
  ImportPart,
  Imports,
  Transcript,
} from '../../../contract/cloud-audit.ts'
import { PortholeError, toErrorValue } from '../../../contract/errors.ts'
import type { Scope } from '../../../contract/identity.ts'
import type { RetentionSettings } from '../../../contract/retention.ts'
import type { AwsClients } from '../../aws/clients.ts'
import type { Clock } from '../../clock.ts'
import { createListeners } from '../../listeners.ts'
import type { LedgerAttempt } from '../audit-service.ts'
import type { CloudKnown } from '../search/other-entries.ts'
import type { LedgerSnapshot } from '../session-index/task-snapshot.ts'
import type { Actor } from '../viewing.ts'
import { CloudFile } from './cloud-file.ts'
import { type Held, keptSince, removeOlder } from './cloud-retention.ts'
import { importTrailFile } from './import/import-trail-file.ts'
import { Uploads } from './import/uploads.ts'
import { reconcile, toldSources } from './reconcile.ts'
import { taskArnOf, touchedByAnyone } from './touched-by-anyone.ts'
import { TrailReadings } from './trail-readings.ts'
import { TranscriptVault } from './transcript-vault.ts'
import { type KeptTranscripts, Transcripts } from './transcripts.ts'

/** Shells of others that a search looks through: years of a large team, and little for a search to carry. */
const mostSearchedEvents = 10_000

export interface TranscriptQuestion extends TaskOfCloud {
  clusterArn: string
  /** CloudTrail's id. */
  eventId: string
  offset: number
}

export interface TaskOfCloud {
  scope: Scope
  taskArn: string
}

export interface CloudAuditDependencies {
  /** SQLite, encrypted, made at the first question. */
  file: string
  /** What encrypts it; lives with the audit history. @throws when that cannot be read */
  fileKey: () => Promise<Uint8Array>
  clients: AwsClients
  attempts: (taskArn: string) => Promise<LedgerAttempt[]>
  /** Tasks that had a session of this computer's ledger. */
  touchedHere: () => Promise<TouchedTask[]>
  /** AWS's ids of all sessions that the ledger has. */
  knownAwsSessions: () => Promise<string[]>
  /** The latest snapshot of a task that the ledger has. */
  snapshotOf: (taskArn: string) => Promise<LedgerSnapshot | undefined>
  /** Wraps the keys of the transcripts that are kept. @throws when the audit history cannot be read */
  transcriptKey: () => Promise<Uint8Array>
  /** Awaited before a transcript is shown: that somebody reads it is an event of its own. */
  onTranscriptRead: (task: TaskOfCloud, event: CloudEvent) => Promise<void>
  /** Takes what was a transcript's out of the search index. */
  forgetTranscript: (awsSessionId: string) => Promise<void>
  /** How long things are kept, as the person has set it. */
  retention: () => RetentionSettings
  held: () => Promise<Held>
  actor: () => Promise<Actor>
  /** Puts it into the ledger. @throws {PortholeError} */
  note: (facts: ActivityFacts) => Promise<void>
  clock: Clock
  log: (message: string) => void
}

/** What AWS's own records say about shells, beside what this computer recorded. */
export interface CloudAudit extends Disposable {
  /**
   * What is known at once; news are read meanwhile and told by `onChanged`.
   * @param fresh reads CloudTrail even if that was done a moment ago
   * @throws {PortholeError} STORAGE_UNWRITABLE, AUDIT_UNAVAILABLE without the file's key, and those of the ledger
   */
  history(task: TaskOfCloud, fresh?: boolean): Promise<CloudHistory>
  /** @throws {PortholeError} NOT_FOUND for an event that is not in the store, and those of `AwsClients.call` */
  transcript(question: TranscriptQuestion): Promise<Transcript>
  /**
   * Takes a part of a file; with the last one the file is imported.
   * @throws {PortholeError} FILE_REFUSED, STORAGE_*, AUDIT_UNAVAILABLE
   */
  importPart(part: ImportPart): Promise<ImportOutcome | undefined>
  /** Tasks that anybody had a shell in: those of this computer's ledger, and what was read of the cloud so far. */
  touched(): Promise<TouchedTask[]>
  /** What came with files, from whatever account. */
  imports(): Promise<Imports>
  importedShells(request: ImportedShellsRequest): Promise<ImportedShells>
  /**
   * What searches look through, beside what is recorded here.
   * @param version of the answer before: the same again is not handed over
   * @returns undefined when nothing is new
   */
  searched(version: string | undefined): Promise<SearchedCloud | undefined>
  /** The transcripts that were read so far. @throws {PortholeError} STORAGE_*, AUDIT_UNAVAILABLE */
  keptTranscripts(): Promise<KeptTranscripts>
  /** Removes what is older than the rule, except what is held. @throws {PortholeError} STORAGE_*, AUDIT_UNAVAILABLE */
  retain(): Promise<void>
  /** Something about an account's tasks in a Region is new, or reading began or ended. */
  onChanged(listener: (place: { accountId: string; region: string }) => void): Disposable
}

export interface SearchedCloud {
  version: string
  known: CloudKnown
}

export function createCloudAudit(dependencies: CloudAuditDependencies): CloudAudit {
  const { clients, attempts, snapshotOf, transcriptKey, onTranscriptRead } = dependencies
  const { touchedHere, knownAwsSessions, retention, held, actor, note, clock, log } = dependencies
  const changes = createListeners<{ accountId: string; region: string }>()
  const cloudFile = new CloudFile({ file: dependencies.file, key: dependencies.fileKey })
  const readings = new TrailReadings({
    clients,
    retention,
    clock,
    onChanged: ({ accountId, region }) => changes.emit({ accountId, region }),
    log,
  })
  const vault = new TranscriptVault({
    keyFile: path.join(path.dirname(dependencies.file), 'transcript-keys.sqlite'),
    masterKey: transcriptKey,
    rows: async () => (await cloudFile.store()).transcripts,
  })
  const uploads = new Uploads()
  const transcripts = new Transcripts({ clients, clock, vault, snapshotOf, log })

  return {
    async history({ scope, taskArn }, fresh = false) {
      const store = await cloudFile.store()
      const { running, problem, endsProblem } = readings.refresh(scope, store, fresh)
      const range = store.range(scope, 'ExecuteCommand')
      const events = store.ofTask(scope, taskArn.slice(taskArn.lastIndexOf('/') + 1))
      const local = await attempts(taskArn)
      const reconciled = reconcile({ entries: local, events, read: range, now: clock.now() })
      const read = reconciled.events.flatMap(({ eventId, awsSessionId = '' }) => {
        const summary = store.transcripts.summary(awsSessionId)
        return summary === undefined ? [] : [[eventId, summary] as const]
      })
      return {
        events: reconciled.events,
        sources: toldSources(reconciled.sources),
        transcripts: Object.fromEntries(read),
        ...(range && { read: range }),
        reading: running,
        ...(problem && { problem }),
        ...(endsProblem && { endsProblem }),
      }
    },
    async transcript({ scope, clusterArn, taskArn, eventId, offset }) {
      const store = await cloudFile.store()
      const event = store.event(scope, eventId)
      if (event?.awsSessionId === undefined) throw noSuchSession()
      const { awsSessionId, containerName } = event
      const owner = { scope, clusterArn, taskArn, containerName }
      const isNew = store.transcripts.summary(awsSessionId) === undefined
      const page = await transcripts.page({ ...owner, event, awsSessionId, offset })
      if (page.state === 'missing') return page
      await onTranscriptRead({ scope, taskArn }, event)
      if (isNew) changes.emit({ accountId: scope.accountId, region: scope.region })
      return page
    },
    async importPart(part) {
      const bytes = uploads.take(part)
      if (bytes === undefined) return undefined
      const store = await cloudFile.store()
      const parts = { store, note, actor: await actor(), now: clock.now() }
      const outcome = await importTrailFile(parts, part.name, bytes)
      for (const place of store.imports.places(outcome.sha256)) changes.emit(place)
      return outcome
    },
    async touched() {
      const here = await touchedHere()
      if (!cloudFile.exists) return here
      try {
        const shells = (await cloudFile.store()).shells()
        return shells.length === 0 ? here : touchedByAnyone(here, shells, await knownAwsSessions())
      } catch (thrown) {
        // A cloud file that cannot be read says so on the pages of tasks; what is known here is known still.
        log(`Other people's shells are not counted: ${toErrorValue(thrown).message}`)
        return here
      }
    },
    async imports() {
      if (!cloudFile.exists) return { files: [], shells: 0 }
      const { imports } = await cloudFile.store()
      return { files: imports.files(), shells: imports.count() }
    },
    async importedShells(request) {
      if (!cloudFile.exists) return { shells: [], total: 0, people: [] }
      const { imports } = await cloudFile.store()
      const { events, total } = imports.shells(request)
      const here = new Set((await touchedHere()).map(({ taskArn }) => taskArn))
      const shells = events.map((event) => {
        const taskArn = taskArnOf(event)
        return { ...event, taskArn, inLedger: taskArn !== undefined && here.has(taskArn) }
      })
      return { shells, total, people: imports.people() }
    },
    async searched(version) {
      if (!cloudFile.exists) return undefined
      const store = await cloudFile.store()
      const current = store.version()
      if (current === version) return undefined
      return {
        version: current,
        known: { events: store.newest(mostSearchedEvents), read: store.ranges() },
      }
    },
    async keptTranscripts() {
      const list = cloudFile.exists ? (await cloudFile.store()).transcripts.list() : []
      return { list, text: (awsSessionId) => vault.text(awsSessionId) }
    },
    async retain() {
      const now = clock.now()
      const since = keptSince(retention(), now)
      // Where nothing was ever read there is nothing to remove.
      if (since === 0 || !cloudFile.exists) return
      const parts = {
        store: await cloudFile.store(),
        vault,
        forget: dependencies.forgetTranscript,
        note,
        now,
        held: await held(),
        actor: await actor(),
      }
      await removeOlder(parts, since)
    },
    onChanged: (listener) => changes.add(listener),
    [Symbol.dispose]() {
      readings[Symbol.dispose]()
      changes[Symbol.dispose]()
      vault[Symbol.dispose]()
      cloudFile[Symbol.dispose]()
    },
  }
}

function noSuchSession(): PortholeError {
  return new PortholeError({
    code: 'NOT_FOUND',
    message: 'CloudTrail has no session of this event.',
    action: 'Read CloudTrail again on the page of the task.',
  })
}

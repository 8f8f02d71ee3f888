import type { AuditEntry } from '../../../contract/audit.ts'
import type { CloudHistory } from '../../../contract/cloud-audit.ts'
import { type ErrorValue, toErrorValue } from '../../../contract/errors.ts'
import type { Scope } from '../../../contract/identity.ts'
import type { AwsClients } from '../../aws/clients.ts'
import type { Clock } from '../../clock.ts'
import { storageProblem } from '../../files/storage-problem.ts'
import { createListeners } from '../../listeners.ts'
import { CloudStore } from './cloud-store.ts'
import { reconcile } from './reconcile.ts'
import { readSessionEnds } from './session-ends.ts'
import { TrailReader } from './trail-reader.ts'

/** Pages that show a task ask again and again; CloudTrail has little news in less. */
const freshForMilliseconds = 60_000

export interface TaskOfCloud {
  scope: Scope
  taskArn: string
}

export interface CloudAuditDependencies {
  /** SQLite, made at the first question. */
  file: string
  clients: Pick<AwsClients, 'call'>
  entries: (taskArn: string) => Promise<AuditEntry[]>
  clock: Clock
  log: (message: string) => void
}

/** What AWS's own records say about shells, beside what this computer recorded. */
export interface CloudAudit extends Disposable {
  /**
   * What is known at once; news are read meanwhile and told by `onChanged`.
   * @param fresh reads CloudTrail even if that was done a moment ago
   * @throws {PortholeError} STORAGE_UNWRITABLE, and those of the ledger
   */
  history(task: TaskOfCloud, fresh?: boolean): Promise<CloudHistory>
  /** Something about an account's tasks in a Region is new, or reading began or ended. */
  onChanged(listener: (place: { accountId: string; region: string }) => void): Disposable
}

interface Reading {
  running: boolean
  /** Epoch milliseconds of the last attempt's end. */
  endedAt?: number
  problem?: ErrorValue
}

export function createCloudAudit({ file, clients, entries, clock, log }: CloudAuditDependencies): CloudAudit {
  const changes = createListeners<{ accountId: string; region: string }>()
  const readings = new Map<string, Reading>()
  let opened: { store: CloudStore } | undefined
  const readers = new Set<TrailReader>()
  let over = false

  /** Opened late: most runs of the app look at no task. */
  function storeOf(): CloudStore {
    try {
      opened ??= { store: new CloudStore(file) }
      return opened.store
    } catch (thrown) {
      throw storageProblem(thrown, 'What CloudTrail says', file)
    }
  }

  async function read(scope: Scope, reading: Reading): Promise<void> {
    const { accountId, region } = scope
    const tell = () => changes.emit({ accountId, region })
    const store = storeOf()
    using reader = new TrailReader({ clients, store, clock, onChanged: tell })
    readers.add(reader)
    reading.running = true
    try {
      await reader.read(scope)
      delete reading.problem
    } catch (thrown) {
      if (!over) reading.problem = toErrorValue(thrown)
    } finally {
      readers.delete(reader)
    }
    await endsOf(scope, store)
    reading.running = false
    reading.endedAt = clock.now()
    if (!over) tell()
  }

  /** Without them a session has no length; that is no reason to show nothing. */
  async function endsOf(scope: Scope, store: CloudStore): Promise<void> {
    if (over) return
    try {
      await readSessionEnds({ clients, store, clock, scope })
    } catch (thrown) {
      if (!over) log(`When other people's sessions ended could not be read: ${toErrorValue(thrown).message}`)
    }
  }

  function refresh(scope: Scope, fresh: boolean): Reading {
    const key = `${scope.accountId} ${scope.region}`
    const reading = readings.get(key) ?? { running: false }
    readings.set(key, reading)
    const isFresh = reading.endedAt !== undefined && clock.now() - reading.endedAt < freshForMilliseconds
    if (!over && !reading.running && (fresh || !isFresh))
      read(scope, reading).catch((thrown) => {
        reading.running = false
        log(`Reading CloudTrail failed: ${String(thrown)}`)
      })
    return reading
  }

  return {
    async history({ scope, taskArn }, fresh = false) {
      const store = storeOf()
      const { running, problem } = refresh(scope, fresh)
      const range = store.range(scope, 'ExecuteCommand')
      const events = store.ofTask(scope, taskArn.slice(taskArn.lastIndexOf('/') + 1))
      const local = await entries(taskArn)
      return {
        ...reconcile({ entries: local, events, read: range, now: clock.now() }),
        ...(range && { read: range }),
        reading: running,
        ...(problem && { problem }),
      }
    },
    onChanged: (listener) => changes.add(listener),
    [Symbol.dispose]() {
      over = true
      for (const reader of readers) reader[Symbol.dispose]()
      changes[Symbol.dispose]()
      opened?.store[Symbol.dispose]()
    },
  }
}

import { type ErrorValue, toErrorValue } from '../../../contract/errors.ts'
import type { Scope } from '../../../contract/identity.ts'
import type { RetentionSettings } from '../../../contract/retention.ts'
import type { AwsClients } from '../../aws/clients.ts'
import type { Clock } from '../../clock.ts'
import { keptSince } from './cloud-retention.ts'
import type { CloudStore } from './cloud-store.ts'
import { readSessionEnds } from './session-ends.ts'
import { TrailReader } from './trail-reader.ts'

/** Pages that show a task ask again and again; CloudTrail has little news in less. */
const freshForMilliseconds = 60_000

/** How far the reading of one account and Region is, as a page may be told. */
export interface Reading {
  running: boolean
  /** Epoch milliseconds of the last attempt's end. */
  endedAt?: number
  problem?: ErrorValue
  endsProblem?: ErrorValue
}

export interface TrailReadingsParts {
  clients: AwsClients
  retention: () => RetentionSettings
  clock: Clock
  /** Something is new for an account's tasks in a Region, or a reading ended. */
  onChanged: (scope: Scope) => void
  log: (message: string) => void
}

/** Reads CloudTrail behind what is shown: one reading at a time of each account and Region, not again while it is fresh. */
export class TrailReadings implements Disposable {
  readonly #parts: TrailReadingsParts
  readonly #readings = new Map<string, Reading>()
  readonly #readers = new Set<TrailReader>()
  #over = false

  constructor(parts: TrailReadingsParts) {
    this.#parts = parts
  }

  /**
   * Begins a reading where the last one is old, and returns at once.
   * @param fresh reads even if that was done a moment ago
   */
  refresh(scope: Scope, store: CloudStore, fresh: boolean): Reading {
    const { clock, log } = this.#parts
    const key = `${scope.accountId} ${scope.region}`
    const reading = this.#readings.get(key) ?? { running: false }
    this.#readings.set(key, reading)
    const isFresh = reading.endedAt !== undefined && clock.now() - reading.endedAt < freshForMilliseconds
    if (!this.#over && !reading.running && (fresh || !isFresh))
      this.#read(scope, store, reading).catch((thrown) => {
        reading.running = false
        log(`Reading CloudTrail failed: ${String(thrown)}`)
      })
    return reading
  }

  [Symbol.dispose](): void {
    this.#over = true
    for (const reader of this.#readers) reader[Symbol.dispose]()
  }

  async #read(scope: Scope, store: CloudStore, reading: Reading): Promise<void> {
    const { clients, clock, retention, onChanged } = this.#parts
    using reader = new TrailReader({
      clients,
      store,
      clock,
      keptSince: () => keptSince(retention(), clock.now()),
      onChanged: () => onChanged(scope),
    })
    this.#readers.add(reader)
    reading.running = true
    try {
      await reader.read(scope)
      delete reading.problem
    } catch (thrown) {
      if (!this.#over) reading.problem = toErrorValue(thrown)
    } finally {
      this.#readers.delete(reader)
    }
    await this.#readEnds(scope, store, reading)
    reading.running = false
    reading.endedAt = clock.now()
    if (!this.#over) onChanged(scope)
  }

  /** Without them a session has no length; that is no reason to show nothing. */
  async #readEnds(scope: Scope, store: CloudStore, reading: Reading): Promise<void> {
    if (this.#over) return
    const { clients, clock } = this.#parts
    try {
      await readSessionEnds({ clients, store, clock, scope })
      delete reading.endsProblem
    } catch (thrown) {
      if (!this.#over) reading.endsProblem = toErrorValue(thrown)
    }
  }
}

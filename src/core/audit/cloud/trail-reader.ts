import PQueue from 'p-queue'
import { toErrorValue } from '../../../contract/errors.ts'
import type { Scope } from '../../../contract/identity.ts'
import type { AwsClients } from '../../aws/clients.ts'
import { type Clock, sleep } from '../../clock.ts'
import type { CloudStore } from './cloud-store.ts'
import type { ReadRange } from './reconcile.ts'
import { eventOfText, type ShellEventName, shellEventNames } from './trail-record.ts'

const day = 24 * 3600_000

/** CloudTrail's event history goes back so far, for everybody and without being set up. */
const trailHistoryMilliseconds = 90 * day

/**
 * How far back each step of the first reading goes. CloudTrail answers newest
 * first and a step counts only when it is whole, so the first is short.
 */
const stepsBack = [7 * day, 30 * day, trailHistoryMilliseconds]

/** Events come out of order and late; what was read so recently is read again. */
const overlapMilliseconds = 30 * 60_000

/** CloudTrail allows two LookupEvents a second to an account in a Region. */
const lookupsPerSecond = 2
/** The most that it gives at once. */
const pageSize = 50

/** After the SDK has given up too: others in the account read CloudTrail as well. */
const firstBackOffMilliseconds = 1000
const triesWhenThrottled = 5

export interface TrailReaderParts {
  clients: Pick<AwsClients, 'call'>
  store: CloudStore
  clock: Clock
  /** Nothing from before this moment is read: retention would take it away again. Epoch milliseconds. */
  keptSince: () => number
  /** After each page with something new, and after each step. */
  onChanged: (taskIds: string[]) => void
}

/** Reads CloudTrail for all tasks of an account and Region at once, as far as it was not read before. */
export class TrailReader implements Disposable {
  readonly #parts: TrailReaderParts
  readonly #queues = new Map<string, PQueue>()
  readonly #stop = new AbortController()

  constructor(parts: TrailReaderParts) {
    this.#parts = parts
  }

  /**
   * Resolves when all of CloudTrail's history is in the store. What was read
   * whole before a failure stays.
   *
   * @throws {PortholeError} those of `AwsClients.call`
   */
  async read(scope: Scope): Promise<void> {
    for (const name of shellEventNames) await this.#readOn(scope, name)
    for (const back of stepsBack.slice(1))
      for (const name of shellEventNames) await this.#readBack(scope, name, back)
  }

  [Symbol.dispose](): void {
    this.#stop.abort()
    for (const queue of this.#queues.values()) queue.clear()
  }

  /** From what is known up to now. */
  async #readOn(scope: Scope, name: ShellEventName): Promise<void> {
    const { store, clock } = this.#parts
    const to = clock.now()
    const known = store.range(scope, name)
    // A clock that was set back must not make the range end in the future.
    const reached = known && Math.min(known.to, to)
    const oldest = to - trailHistoryMilliseconds
    // What is older than CloudTrail remembers leaves a gap: the range begins anew after it.
    const joins = known !== undefined && reached !== undefined && reached >= oldest
    const wanted = joins ? Math.max(oldest, reached - overlapMilliseconds) : to - (stepsBack[0] ?? day)
    const from = Math.min(to, Math.max(wanted, this.#parts.keptSince()))
    await this.#readRange(scope, name, { from, to })
    store.setRange(scope, name, { from: joins ? Math.min(known.from, from) : from, to })
    this.#parts.onChanged([])
  }

  async #readBack(scope: Scope, name: ShellEventName, back: number): Promise<void> {
    const { store, clock } = this.#parts
    const known = store.range(scope, name)
    const from = Math.max(clock.now() - back, this.#parts.keptSince())
    if (known === undefined || known.from <= from) return
    await this.#readRange(scope, name, { from, to: known.from })
    store.setRange(scope, name, { from, to: known.to })
    this.#parts.onChanged([])
  }

  async #readRange(scope: Scope, name: ShellEventName, { from, to }: ReadRange): Promise<void> {
    const { store, onChanged } = this.#parts
    let token: string | undefined
    do {
      const { Events = [], NextToken } = await this.#lookUp(scope, name, { from, to }, token)
      const events = Events.flatMap(({ CloudTrailEvent = '' }) => eventOfText(CloudTrailEvent) ?? [])
        // Whatever the record says: this is the history that was asked.
        .map((event) => ({ ...event, accountId: scope.accountId, region: scope.region }))
      const tasks = store.add(events)
      if (tasks.length > 0) onChanged(tasks)
      token = NextToken
    } while (token)
  }

  async #lookUp(scope: Scope, name: ShellEventName, { from, to }: ReadRange, token: string | undefined) {
    const { clients, clock } = this.#parts
    const input = {
      LookupAttributes: [{ AttributeKey: 'EventName' as const, AttributeValue: name }],
      StartTime: new Date(from),
      EndTime: new Date(to),
      MaxResults: pageSize,
      ...(token !== undefined && { NextToken: token }),
    }
    const what = { action: 'cloudtrail:LookupEvents' }
    for (let tries = 1; ; tries += 1) {
      this.#stop.signal.throwIfAborted()
      try {
        return await this.#queueOf(scope).add(() =>
          clients.call('cloudtrail', scope, what, (trail) => trail.lookupEvents(input)),
        )
      } catch (thrown) {
        if (toErrorValue(thrown).code !== 'THROTTLED' || tries === triesWhenThrottled) throw thrown
        await sleep(clock, firstBackOffMilliseconds * 2 ** (tries - 1), this.#stop.signal)
      }
    }
  }

  #queueOf({ accountId, region }: Scope): PQueue {
    const key = `${accountId} ${region}`
    const queue =
      this.#queues.get(key) ?? new PQueue({ concurrency: 1, interval: 1000, intervalCap: lookupsPerSecond })
    this.#queues.set(key, queue)
    return queue
  }
}

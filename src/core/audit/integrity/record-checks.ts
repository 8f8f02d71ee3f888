import type { ErrorValue } from '../../../contract/errors.ts'
import type { IntegrityProgress, IntegrityReport, IntegrityState } from '../../../contract/integrity.ts'
import type { Clock } from '../../clock.ts'
import { createListeners } from '../../listeners.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { RecordingStore } from '../recording/recording-store.ts'
import { type CheckpointKeeper, publicKeyText } from './checkpoint-keeper.ts'
import { checkRecord } from './record-check.ts'

/** How often a window hears how far a check has come: often enough to move, seldom enough to cost nothing. */
const tellEveryMilliseconds = 200

interface RecordChecksOptions {
  ledger: Ledger
  store: RecordingStore
  keeper: CheckpointKeeper
  clock: Clock
  problems: () => ErrorValue[]
  onChanged: (state: IntegrityState) => void
}

interface RunningCheck {
  report: Promise<IntegrityReport>
  controller: AbortController
  /** How many wait for it. */
  waiting: number
}

/** Checks of a record that is open here: one at a time, and what the latest one said. */
export class RecordChecks {
  readonly #options: RecordChecksOptions
  readonly #progressed = createListeners<IntegrityProgress>()
  #running: RunningCheck | undefined
  #progress: IntegrityProgress | undefined
  #report: IntegrityReport | undefined
  #toldAt = Number.NEGATIVE_INFINITY

  constructor(options: RecordChecksOptions) {
    this.#options = options
  }

  state(): IntegrityState {
    return {
      keyStore: this.#options.keeper.store,
      problems: this.#options.problems(),
      ...(this.#progress !== undefined && { progress: this.#progress }),
      ...(this.#report !== undefined && { report: this.#report }),
    }
  }

  /**
   * A check of everything; asked again meanwhile, it is the same check. Who
   * aborts `signal` waits no longer, and when nobody does, the check ends.
   */
  async run(signal?: AbortSignal): Promise<IntegrityReport> {
    signal?.throwIfAborted()
    this.#running ??= this.#begin()
    const running = this.#running
    running.waiting += 1
    try {
      return await Promise.race([running.report, ...(signal === undefined ? [] : [aborted(signal)])])
    } finally {
      running.waiting -= 1
      if (running.waiting === 0) this.#end(running)
    }
  }

  /** How far the check that is under way has come; called until it is over or disposed. */
  onProgress(listener: (progress: IntegrityProgress) => void): Disposable {
    return this.#progressed.add(listener)
  }

  #begin(): RunningCheck {
    const controller = new AbortController()
    const report = this.#check(controller.signal)
    // Whoever waits hears of it; nobody may.
    report.catch(() => {})
    return { report, controller, waiting: 0 }
  }

  /** It is over, or nobody waits for it any more. */
  #end({ controller }: RunningCheck): void {
    controller.abort()
    this.#running = undefined
    this.#progress = undefined
    this.#options.onChanged(this.state())
  }

  async #check(signal: AbortSignal): Promise<IntegrityReport> {
    const { ledger, store, keeper, clock } = this.#options
    this.#report = await checkRecord({
      installId: ledger.installId,
      rows: ledger.rows,
      store,
      hasKeys: true,
      // Read before the chain: it may be behind what is read later, never ahead.
      outside: { checkpoint: keeper.latest(), publicKey: publicKeyText(keeper.signingKey()) },
      head: () => ledger.head,
      now: () => clock.now(),
      onProgress: (progress) => this.#tell(progress),
      signal,
    })
    return this.#report
  }

  #tell(progress: IntegrityProgress): void {
    this.#progress = progress
    this.#progressed.emit(progress)
    const now = this.#options.clock.elapsed()
    if (now - this.#toldAt < tellEveryMilliseconds) return
    this.#toldAt = now
    this.#options.onChanged(this.state())
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

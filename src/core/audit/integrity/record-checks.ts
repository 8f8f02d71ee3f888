import type { ErrorValue } from '../../../contract/errors.ts'
import type { IntegrityProgress, IntegrityReport, IntegrityState } from '../../../contract/integrity.ts'
import type { Clock } from '../../clock.ts'
import type { Ledger } from '../ledger.ts'
import type { RecordingStore } from '../recording-store.ts'
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

/** Checks of a record that is open here: one at a time, and what the latest one said. */
export class RecordChecks {
  readonly #options: RecordChecksOptions
  #running: Promise<IntegrityReport> | undefined
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

  run(): Promise<IntegrityReport> {
    this.#running ??= this.#check().finally(() => {
      this.#running = undefined
      this.#progress = undefined
      this.#options.onChanged(this.state())
    })
    return this.#running
  }

  async #check(): Promise<IntegrityReport> {
    const { ledger, store, keeper, clock } = this.#options
    this.#report = await checkRecord({
      installId: ledger.installId,
      rows: ledger.rows,
      store,
      // Read before the chain: it may be behind what is read later, never ahead.
      outside: { checkpoint: keeper.latest(), publicKey: publicKeyText(keeper.signingKey()) },
      head: () => ledger.head,
      now: () => clock.now(),
      onProgress: (progress) => this.#tell(progress),
    })
    return this.#report
  }

  #tell(progress: IntegrityProgress): void {
    this.#progress = progress
    const now = this.#options.clock.elapsed()
    if (now - this.#toldAt < tellEveryMilliseconds) return
    this.#toldAt = now
    this.#options.onChanged(this.state())
  }
}

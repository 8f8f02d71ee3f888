import { type ErrorValue, toErrorValue } from '../../../contract/errors.ts'
import type { Clock } from '../../clock.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { signCheckpoint } from './checkpoint.ts'
import type { CheckpointKeeper } from './checkpoint-keeper.ts'

/** At most so many events, or so much time, can be lost from the end of a ledger without anybody noticing. */
const everyEvents = 100
const everyMilliseconds = 5 * 60_000

/**
 * Signs how far the chain has come, again and again: into the ledger's own
 * table first, then outside. Always after the event is on the disk, so that a
 * process killed in between leaves an outside checkpoint that is behind, never
 * one that is ahead of the chain.
 */
export class Checkpoints implements Disposable {
  readonly #ledger: Ledger
  readonly #keeper: CheckpointKeeper
  readonly #clock: Clock
  readonly #subscription: Disposable
  #timer: Disposable | undefined
  #signedSeq = 0
  #nextNumber: number
  #problem: ErrorValue | undefined

  constructor(options: { ledger: Ledger; keeper: CheckpointKeeper; clock: Clock }) {
    this.#ledger = options.ledger
    this.#keeper = options.keeper
    this.#clock = options.clock
    this.#nextNumber = nextNumber(options.ledger, options.keeper)
    this.#subscription = this.#ledger.onAppended(() => this.#appended())
  }

  /** Why the latest checkpoint could not be kept outside; a full disk, as a rule. Tried again with the next. */
  get problem(): ErrorValue | undefined {
    return this.#problem
  }

  /** Signs the end of the chain now, unless that is done. Never throws: recording must go on. */
  mark(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
    const { seq, hash } = this.#ledger.head
    if (seq === this.#signedSeq || seq === 0) return
    try {
      const facts = {
        installId: this.#ledger.installId,
        number: this.#nextNumber,
        seq,
        hash: Buffer.from(hash).toString('hex'),
        at: this.#clock.now(),
      }
      const checkpoint = signCheckpoint(facts, this.#keeper.signingKey())
      this.#ledger.addCheckpoint(checkpoint)
      this.#nextNumber += 1
      this.#keeper.keep(checkpoint)
      this.#signedSeq = seq
      this.#problem = undefined
    } catch (thrown) {
      this.#problem = toErrorValue(thrown)
      this.#skipUsedNumbers()
    }
  }

  /** The last word: signs the end of the chain. */
  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]()
    this.mark()
  }

  /** A commit can fail after its row reached the disk; the same number would then fail for ever. */
  #skipUsedNumbers(): void {
    try {
      this.#nextNumber = Math.max(this.#nextNumber, nextNumber(this.#ledger, this.#keeper))
    } catch {
      // The database cannot be read at this moment either.
    }
  }

  #appended(): void {
    if (this.#ledger.head.seq - this.#signedSeq >= everyEvents) this.mark()
    else this.#timer ??= this.#clock.after(everyMilliseconds, () => this.mark())
  }
}

/** Past every number in use, so that none ever stands for two different things. A chain of its own counts from 1. */
function nextNumber(ledger: Ledger, keeper: CheckpointKeeper): number {
  const isNewChain = ledger.beginning === 'new' || ledger.beginning === 'replaced'
  const outside = isNewChain ? undefined : keeper.latest()
  const outsideNumber = typeof outside === 'object' ? outside.number : 0
  return Math.max(outsideNumber, ledger.rows.checkpoints().at(-1)?.number ?? 0) + 1
}

import { genesisHash, hashLength } from '../ledger/chain.ts'
import type { EventRow } from '../ledger/ledger-rows.ts'
import { type ChainPosition, eventProblem } from '../ledger/ledger-verification.ts'
import type { Findings } from './findings.ts'

/**
 * Follows a chain event by event and goes on behind a break, so that what was
 * changed in two places is found in both.
 */
export class ChainCheck {
  readonly #findings: Findings
  #last: ChainPosition
  events = 0

  constructor(installId: string, findings: Findings) {
    this.#findings = findings
    this.#last = { seq: 0, hash: genesisHash(installId) }
  }

  /** The latest event that was looked at. */
  get last(): ChainPosition {
    return this.#last
  }

  follow(row: EventRow): void {
    this.events += 1
    const problem = eventProblem(row, this.#last)
    if (problem !== undefined) this.#tell(row, problem)
    // What is stored may be nonsense; the next event then does not follow from it, which is true.
    const hash = row.hash instanceof Uint8Array && row.hash.length === hashLength ? row.hash : this.#last.hash
    this.#last = { seq: row.seq, hash }
  }

  #tell(row: EventRow, problem: string): void {
    const expected = this.#last.seq + 1
    if (row.seq > expected) {
      this.#findings.add({
        kind: 'events-missing',
        message: `${eventsText(expected, row.seq - 1)} missing.`,
        seq: expected,
        toSeq: row.seq - 1,
      })
    } else
      this.#findings.add({
        kind: 'event',
        message: `Event ${row.seq}: ${lowerFirst(problem)}.`,
        seq: row.seq,
      })
  }
}

export function eventsText(from: number, to: number): string {
  return from === to ? `Event ${from} is` : `Events ${from} to ${to} are`
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

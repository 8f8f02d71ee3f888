import { eventHash, genesisHash } from './chain.ts'
import type { EventRow, LedgerRows } from './ledger-rows.ts'

export interface ChainPosition {
  seq: number
  hash: Uint8Array
}

export type Verification =
  | { intact: true; events: number }
  /** `seq` is where the chain first differs from what was written. */
  | { intact: false; seq: number; problem: string }

/**
 * Checks every event from `after` (default: the beginning) to the end: position,
 * link to the one before, hash, and that the columns say what the hashed body says.
 *
 * Works on any readable copy of a ledger. A lost tail leaves a chain that is
 * sound in itself, so it is found only against `head`: where the chain is known
 * to have reached.
 */
export function verifyChain(
  rows: LedgerRows,
  options: { installId: string; after?: ChainPosition; head?: ChainPosition },
): Verification {
  const start = options.after ?? { seq: 0, hash: genesisHash(options.installId) }
  let last = start
  try {
    for (const row of rows.events(options.after?.seq)) {
      const problem = eventProblem(row, last)
      if (problem !== undefined) return { intact: false, seq: Math.min(row.seq, last.seq + 1), problem }
      last = { seq: row.seq, hash: row.hash }
    }
  } catch (thrown) {
    return { intact: false, seq: last.seq + 1, problem: `Cannot be read: ${String(thrown)}` }
  }
  return compareHead(last, options.head)
}

function compareHead(last: ChainPosition, head: ChainPosition | undefined): Verification {
  if (head === undefined) return { intact: true, events: last.seq }
  if (last.seq < head.seq)
    return { intact: false, seq: last.seq + 1, problem: `The last ${head.seq - last.seq} events are missing` }
  if (last.seq > head.seq)
    return { intact: false, seq: head.seq + 1, problem: 'Not written by this Porthole' }
  if (!equalBytes(last.hash, head.hash))
    return { intact: false, seq: head.seq, problem: 'The chain was written anew' }
  return { intact: true, events: last.seq }
}

/** What is wrong with an event that should follow `previous`. */
export function eventProblem(row: EventRow, previous: ChainPosition): string | undefined {
  if (row.seq !== previous.seq + 1)
    return row.seq <= previous.seq || row.seq < 1 ? 'An event was added' : 'An event is missing'
  if (!isBytes(row.prev) || !equalBytes(row.prev, previous.hash)) return 'Does not follow the event before it'
  if (!isBytes(row.hash) || !isBytes(row.body)) return 'A column holds another kind of value'
  if (!equalBytes(row.hash, eventHash(row.seq, previous.hash, row.body)))
    return 'The hash does not match the content'
  return columnProblem(row)
}

/** The columns beside the body are for queries; they must not be able to lie. */
function columnProblem(row: EventRow): string | undefined {
  const body = JSON.parse(row.body.toString('utf8')) as Record<string, unknown>
  if (row.ts !== body.recordedAt) return 'The time column does not match the content'
  if (!isText(row.type, body.type)) return 'The type column does not match the content'
  const sessionMatches =
    row.sessionId === null ? body.sessionId === undefined : isText(row.sessionId, body.sessionId)
  return sessionMatches ? undefined : 'The session column does not match the content'
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array
}

function isText(bytes: unknown, text: unknown): boolean {
  return isBytes(bytes) && typeof text === 'string' && equalBytes(bytes, Buffer.from(text, 'utf8'))
}

function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0
}

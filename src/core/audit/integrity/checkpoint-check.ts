import type { CheckpointRow, LedgerRows } from '../ledger/ledger-rows.ts'
import type { ChainPosition } from '../ledger/ledger-verification.ts'
import { type Checkpoint, isSignedBy } from './checkpoint.ts'
import { publicKeyOf } from './checkpoint-keeper.ts'
import { missingEnd, rewritten } from './end-findings.ts'
import type { Findings } from './findings.ts'
import { endProblem, isEndSigned, type SignedEnd } from './signed-end.ts'

/** From this event on, checkpoints are checked with this key (SPKI, base64). */
export interface NamedKey {
  seq: number
  publicKey: string
}

/** What is kept apart from a record. */
export interface Outside {
  checkpoint: Checkpoint | 'unreadable' | undefined
  publicKey: string
}

interface CheckpointParts {
  installId: string
  rows: LedgerRows
  /** Where the chain ends. */
  last: ChainPosition
  keys: NamedKey[]
  outside?: Outside | undefined
  findings: Findings
}

/**
 * Checks the ledger's own checkpoints: numbers without a gap, signatures, and
 * that the chain still is what was signed.
 * @returns how many there are, and the latest event that a sound one vouches for
 */
export function checkCheckpoints(parts: CheckpointParts): { count: number; agreed: number } {
  const { findings } = parts
  const checkpoints = parts.rows.checkpoints()
  let expected = 1
  let agreed = 0
  for (const row of checkpoints) {
    if (row.number > expected) findings.add(missingCheckpoints(expected, row.number - 1))
    expected = Math.max(expected, row.number) + 1
    if (checkSignature(parts, row) && checkPlace(parts, row, agreed)) agreed = Math.max(agreed, row.seq)
  }
  return { count: checkpoints.length, agreed }
}

/** Compares the chain with its signed end, which was read in one go with it. */
export function checkEnd(parts: CheckpointParts, end: SignedEnd | undefined, agreed: number): void {
  const { installId, rows, last, keys, outside } = parts
  // An event that names another key may be forged; the key itself, where we have it, is not.
  const named = outside?.publicKey ?? keys.findLast(({ seq }) => seq <= (end?.seq ?? last.seq))?.publicKey
  const key = named === undefined ? undefined : publicKeyOf(named)
  const isSigned = key !== undefined && isEndSigned(installId, end, key)
  const problem = endProblem({ rows, last, end, isSigned, agreed })
  if (problem !== undefined) parts.findings.add(problem)
}

/** Compares the chain with what is known of it outside. */
export function checkOutside(parts: CheckpointParts, outside: Outside): void {
  const { findings, installId } = parts
  const { checkpoint } = outside
  const named = parts.keys.at(-1)?.publicKey
  if (named !== undefined && named !== outside.publicKey)
    findings.add({ kind: 'outside', message: 'The signing key is not the one that the record names.' })
  if (checkpoint === undefined) {
    findings.add({ kind: 'outside', message: 'The checkpoint kept outside the record is gone.' })
  } else if (checkpoint === 'unreadable') {
    findings.add({ kind: 'outside', message: 'The checkpoint kept outside the record is damaged.' })
  } else if (checkpoint.installId !== installId || !isSignedWith(checkpoint, outside.publicKey)) {
    findings.add({ kind: 'outside', message: 'The checkpoint kept outside is not signed for this record.' })
  } else compareOutside(parts, checkpoint)
}

function compareOutside(parts: CheckpointParts, outside: Checkpoint): void {
  const { rows, findings, last } = parts
  const highest = rows.checkpoints().at(-1)?.number ?? 0
  if (highest < outside.number) findings.add(missingCheckpoints(highest + 1, outside.number))
  if (outside.seq > last.seq) {
    const agreed = lastAgreedBefore(parts, last.seq + 1)
    findings.add(
      missingEnd({ agreed, last: last.seq, known: outside.seq }, 'the checkpoint kept outside knows'),
    )
  } else if (rows.hashOf(outside.seq)?.toString('hex') !== outside.hash) {
    findings.add(rewritten(lastAgreedBefore(parts, outside.seq) + 1, outside.seq))
  }
}

function checkSignature(parts: CheckpointParts, row: CheckpointRow): boolean {
  // Where the event is gone that names the key, the one kept outside still tells what was signed.
  const key = parts.keys.findLast(({ seq }) => seq <= row.seq)?.publicKey ?? parts.outside?.publicKey
  const checkpoint = asCheckpoint(parts.installId, row)
  if (key !== undefined && checkpoint !== undefined && isSignedWith(checkpoint, key)) return true
  const message = `Checkpoint ${row.number} is not what was signed.`
  parts.findings.add({ kind: 'checkpoint', message, checkpoint: row.number })
  return false
}

function checkPlace({ rows, last, findings }: CheckpointParts, row: CheckpointRow, agreed: number): boolean {
  if (rows.hashOf(row.seq)?.equals(row.hash)) return true
  if (row.seq > last.seq) {
    const lost = missingEnd({ agreed, last: last.seq, known: row.seq }, `checkpoint ${row.number} knows`)
    findings.add({ ...lost, checkpoint: row.number })
  } else findings.add({ ...rewritten(agreed + 1, row.seq), checkpoint: row.number })
  return false
}

function lastAgreedBefore({ rows }: CheckpointParts, seq: number): number {
  return Math.max(
    0,
    ...rows
      .checkpoints()
      .filter((row) => row.seq < seq && rows.hashOf(row.seq)?.equals(row.hash))
      .map((row) => row.seq),
  )
}

function missingCheckpoints(from: number, to: number) {
  const message = from === to ? `Checkpoint ${from} is missing.` : `Checkpoints ${from} to ${to} are missing.`
  return { kind: 'checkpoint' as const, message, checkpoint: from }
}

function asCheckpoint(installId: string, row: CheckpointRow): Checkpoint | undefined {
  const { number, seq, at, hash, signature } = row
  if (!(hash instanceof Uint8Array) || !(signature instanceof Uint8Array)) return undefined
  return { installId, number, seq, at, hash: hash.toString('hex'), signature: signature.toString('base64') }
}

function isSignedWith(checkpoint: Checkpoint, publicKey: string): boolean {
  const key = publicKeyOf(publicKey)
  return key !== undefined && isSignedBy(checkpoint, key)
}

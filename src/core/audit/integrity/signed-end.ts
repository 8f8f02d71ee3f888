import { type KeyObject, sign, verify } from 'node:crypto'
import { canonicalJson } from '../ledger/canonical-json.ts'
import type { LedgerRows } from '../ledger/ledger-rows.ts'
import type { ChainPosition } from '../ledger/ledger-verification.ts'
import { eventsText } from './chain-check.ts'
import { missingEnd, rewritten } from './end-findings.ts'

/** Part of what is signed, so that no other signature of ours passes for this one. */
const domain = 'porthole/end/v1'

/** Where the chain ends, signed with every event: without the key nobody can add one, or change the latest. */
export interface SignedEnd extends ChainPosition {
  hash: Buffer
  /** Ed25519. */
  signature: Buffer
}

export function signEnd(installId: string, end: ChainPosition, key: KeyObject): Buffer {
  return sign(null, signedBytes(installId, end), key)
}

/** Never throws, whatever somebody put in its place. */
export function isEndSigned(installId: string, end: SignedEnd | undefined, publicKey: KeyObject): boolean {
  try {
    return end !== undefined && verify(null, signedBytes(installId, end), publicKey, end.signature)
  } catch {
    return false
  }
}

/**
 * Compares a chain with its signed end.
 * @param agreed the latest event that a checkpoint vouches for
 * @returns what is wrong, and where
 */
export function endProblem(parts: {
  rows: LedgerRows
  last: ChainPosition
  end: SignedEnd | undefined
  isSigned: boolean
  agreed: number
}) {
  const { rows, last, end, isSigned, agreed } = parts
  if (end === undefined || !isSigned) return unsigned(Math.min(agreed + 1, last.seq), last.seq)
  if (end.seq > last.seq)
    return missingEnd({ agreed, last: last.seq, known: end.seq }, 'what was signed last knows')
  if (rows.hashOf(end.seq)?.equals(end.hash) !== true)
    return rewritten(Math.min(agreed + 1, end.seq), end.seq)
  return end.seq < last.seq ? added(end.seq + 1, last.seq) : undefined
}

function unsigned(from: number, to: number) {
  const message = `The signature of the end of the chain is gone or was changed: ${eventsText(from, to)} not proven.`
  return { kind: 'event' as const, message, seq: from, toSeq: to }
}

function added(from: number, to: number) {
  const message = `${eventsText(from, to)} not signed: somebody else added ${from === to ? 'it' : 'them'}.`
  return { kind: 'event' as const, message, seq: from, toSeq: to }
}

/** The domain, 0x00, and the place in canonical JSON. */
function signedBytes(installId: string, { seq, hash }: ChainPosition): Uint8Array {
  const place = { installId, seq, hash: Buffer.from(hash).toString('hex') }
  return Buffer.from(`${domain}\0${canonicalJson(place)}`, 'utf8')
}

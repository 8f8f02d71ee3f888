import { createPublicKey } from 'node:crypto'
import type { ErrorValue } from '../../../contract/errors.ts'
import type { Clock } from '../../clock.ts'
import type { AuditEventOf } from '../ledger/audit-events.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { firstSignedFormat } from '../ledger/ledger-file.ts'
import { type Checkpoint, isSignedBy } from './checkpoint.ts'
import { type CheckpointKeeper, publicKeyOf, publicKeyText } from './checkpoint-keeper.ts'
import { endProblem, isEndSigned } from './signed-end.ts'

type DoubtFacts = Omit<AuditEventOf<'record.doubted'>, 'type' | 'at'>

/**
 * Compares a ledger that was just opened with what is known of it outside. Quick
 * on any ledger; the whole record is checked on demand.
 *
 * Whatever is wrong becomes an event: the next checkpoint will vouch for the
 * chain as it is now, and without a word in it the matter would be forgotten.
 *
 * @returns what a person should know
 * @throws {PortholeError} when the ledger or the key cannot be written
 */
export function checkAtOpening(parts: {
  ledger: Ledger
  keeper: CheckpointKeeper
  clock: Clock
}): ErrorValue[] {
  const { ledger, keeper, clock } = parts
  const doubts = findDoubts(ledger, keeper)
  const known = doubts.length > 0 ? ledger.entriesOfTypes('record.doubted') : []
  for (const doubt of doubts) {
    // Asked before any is added: the same trouble is told at every start and noted once.
    if (known.some(({ event }) => isSameDoubt(event, doubt))) continue
    ledger.append({ type: 'record.doubted', at: clock.now(), ...doubt })
  }
  noteNewKey(parts)
  return doubts.map(problemOf)
}

function findDoubts(ledger: Ledger, keeper: CheckpointKeeper): DoubtFacts[] {
  // The chain itself says that it replaces another one, and where that lies.
  if (ledger.beginning === 'replaced') return []
  const broken: DoubtFacts[] =
    ledger.brokenTail === undefined ? [] : [{ problem: 'chain-broken', ...ledger.brokenTail }]
  const outside = doubtOutside(ledger, keeper)
  const end = doubtEnd(ledger, keeper, outside?.problem)
  return [...broken, outside, end].filter((doubt) => doubt !== undefined)
}

/** Since it was signed last, nobody may have added an event or changed the latest. */
function doubtEnd(
  ledger: Ledger,
  keeper: CheckpointKeeper,
  outsideProblem: DoubtFacts['problem'] | undefined,
): DoubtFacts | undefined {
  const last = ledger.headAtOpening
  // What is kept outside told of the same.
  if (outsideProblem === 'tail-missing' || outsideProblem === 'rewritten') return undefined
  const steps = ledger.entriesOfTypes('ledger.created', 'schema.migrated', 'key.changed')
  const known = steps.filter(({ seq }) => seq <= last.seq)
  if (!known.some(({ event }) => isSignedSince(event))) return undefined
  const own = createPublicKey(keeper.signingKey())
  // A key that was lost is known by what the chain says; one that was not lost is not.
  const named = outsideProblem === undefined ? undefined : publicKeyOf(known.at(-1)?.event.publicKey ?? '')
  const end = ledger.endAtOpening
  const isSigned = [own, ...(named === undefined ? [] : [named])].some((key) =>
    isEndSigned(ledger.installId, end, key),
  )
  const outside = outsideProblem === undefined ? keeper.latest() : undefined
  const agreed = typeof outside === 'object' ? outside.seq : 0
  const found = endProblem({ rows: ledger.rows, last, end, isSigned, agreed })
  if (found === undefined) return undefined
  const { kind, message: detail, seq } = found
  return { problem: doubtOfKind[kind], detail, seq }
}

const doubtOfKind = {
  event: 'end-altered',
  'events-missing': 'tail-missing',
  rewritten: 'rewritten',
} as const

function isSignedSince(event: AuditEventOf<'ledger.created' | 'schema.migrated' | 'key.changed'>): boolean {
  if (event.type === 'ledger.created') return event.format >= firstSignedFormat
  return event.type === 'schema.migrated' && event.to >= firstSignedFormat
}

function doubtOutside(ledger: Ledger, keeper: CheckpointKeeper): DoubtFacts | undefined {
  const outside = keeper.latest()
  if (outside === undefined) {
    if (ledger.beginning === 'new' || isFirstMigration(ledger)) return undefined
    return { problem: 'outside-missing', detail: 'The checkpoint kept beside the audit folder is gone.' }
  }
  if (outside === 'unreadable')
    return { problem: 'outside-altered', detail: 'The checkpoint kept beside the audit folder is damaged.' }
  if (!isSignedBy(outside, createPublicKey(keeper.signingKey())))
    return {
      problem: 'outside-altered',
      detail: 'The checkpoint kept outside has another signature.',
      outside,
    }
  return compare(ledger, outside)
}

function compare(ledger: Ledger, outside: Checkpoint): DoubtFacts | undefined {
  if (ledger.beginning === 'new') {
    const detail = `The record that was kept here is gone; it had reached event ${outside.seq}.`
    return { problem: 'tail-missing', detail, seq: 1, outside }
  }
  const { seq } = ledger.headAtOpening
  if (seq < outside.seq) {
    const detail = `Events ${seq + 1} to ${outside.seq} are missing.`
    return { problem: 'tail-missing', detail, seq: seq + 1, outside }
  }
  if (ledger.storedHash(outside.seq) === outside.hash && outside.installId === ledger.installId)
    return undefined
  const from = lastAgreed(ledger, outside) + 1
  return {
    problem: 'rewritten',
    detail: `Events were changed and the chain was computed anew, from an event between ${from} and ${outside.seq} on.`,
    seq: from,
    outside,
  }
}

/** The latest event that the ledger's own checkpoints and the chain agree on. */
function lastAgreed(ledger: Ledger, outside: Checkpoint): number {
  const agreed = ledger.rows
    .checkpoints()
    .filter(({ seq, hash }) => seq < outside.seq && ledger.rows.hashOf(seq)?.equals(hash) === true)
  return Math.max(0, ...agreed.map(({ seq }) => seq))
}

/** A ledger of format 1 had no checkpoint outside; one that became format 2 once has one for ever. */
function isFirstMigration(ledger: Ledger): boolean {
  if (ledger.beginning !== 'migrated') return false
  const steps = ledger.entriesOfTypes('ledger.created', 'schema.migrated')
  const created = steps.find(({ event }) => event.type === 'ledger.created')?.event
  return steps.length === 2 && created?.type === 'ledger.created' && created.format === 1
}

function noteNewKey({ ledger, keeper, clock }: Parameters<typeof checkAtOpening>[0]): void {
  const publicKey = publicKeyText(keeper.signingKey())
  const named = ledger.entriesOfTypes('ledger.created', 'schema.migrated', 'key.changed').at(-1)
  if (named?.event.publicKey !== publicKey) ledger.append({ type: 'key.changed', at: clock.now(), publicKey })
}

function isSameDoubt(event: AuditEventOf<'record.doubted'>, doubt: DoubtFacts): boolean {
  return event.problem === doubt.problem && event.detail === doubt.detail && event.seq === doubt.seq
}

function problemOf({ detail, seq }: DoubtFacts): ErrorValue {
  const place = seq === undefined ? '' : `, at event ${seq}`
  return {
    code: 'AUDIT_UNAVAILABLE',
    message: `The audit history was changed outside Porthole${place}.`,
    detail,
    action: 'Compare it with CloudTrail, which has every session of the last 90 days.',
    retryable: false,
  }
}

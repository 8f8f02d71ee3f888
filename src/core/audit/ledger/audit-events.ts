import { z } from 'zod'
import { activityFactsSchema, workloadSchema } from '../../../contract/audit.ts'
import { errorValueSchema } from '../../../contract/errors.ts'
import { timestampSchema } from '../../../contract/identity.ts'
import {
  containerRefSchema,
  endReasonSchema,
  engineSchema,
  terminalSizeSchema,
} from '../../../contract/session.ts'
import { checkpointSchema } from '../integrity/checkpoint.ts'

/**
 * Every kind of event that the ledger holds. What is written stays readable
 * for ever, so members are only added, as optional ones, and never change
 * their meaning. `at` says when it happened; the ledger adds `recordedAt`.
 */

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/)
const byteCountSchema = z.number().int().nonnegative()

/** A session and its task: enough to find the history that an event belongs to. */
const inSession = { sessionId: z.uuid(), taskArn: z.string(), at: timestampSchema }

/** What is known of a session when it opens or is refused. */
export const sessionFactsSchema = z.object({
  sessionId: z.uuid(),
  awsSessionId: z.string().optional(),
  earlierAwsSessionIds: z.array(z.string()).optional(),
  container: containerRefSchema,
  workload: workloadSchema.optional(),
  kmsEncrypted: z.boolean().optional(),
  snapshot: z.unknown().optional(),
  command: z.string(),
  engine: engineSchema.optional(),
  principal: z.string().optional(),
  userName: z.string(),
  reason: z.string().optional(),
  at: timestampSchema,
})

export const taskReplacedFactsSchema = z.object({
  taskArn: z.string(),
  clusterArn: z.string(),
  serviceName: z.string().optional(),
  principal: z.string(),
  userName: z.string(),
  at: timestampSchema,
})

/** What a recording holds, counted and hashed as it lies in the store. */
const recordingTotals = {
  bytes: byteCountSchema,
  sha256: sha256Schema,
  /** Bytes of terminal output in it. */
  outputBytes: byteCountSchema,
}

/** What can be wrong with a record when it is opened. */
const doubtSchema = z.enum([
  /** Events that an outside checkpoint knows are missing. */
  'tail-missing',
  /** The chain is sound in itself and not the one that the outside checkpoint knows. */
  'rewritten',
  /** The outside checkpoint of a ledger that must have one is not there. */
  'outside-missing',
  /** The outside checkpoint is damaged, or signed by somebody else. */
  'outside-altered',
  /** The end of the chain does not follow from its beginning. */
  'chain-broken',
  /** The end of the chain is not signed: somebody added events, or changed the signature. */
  'end-altered',
])

const auditEventSchema = z.discriminatedUnion('type', [
  /** Always the first event of a chain. */
  z.object({
    type: z.literal('ledger.created'),
    at: timestampSchema,
    installId: z.uuid(),
    format: z.number().int().positive(),
    /** What checks the checkpoints: Ed25519, SPKI in base64. Absent in format 1. */
    publicKey: z.string().optional(),
    /** The chain before this one could not be read and lies in `file`. */
    replaces: z.object({ file: z.string(), reason: z.string() }).optional(),
  }),
  /** The ledger goes on in a later format; nothing before was touched. */
  z.object({
    type: z.literal('schema.migrated'),
    at: timestampSchema,
    from: z.number().int().positive(),
    to: z.number().int().positive(),
    publicKey: z.string(),
  }),
  /** The key that signed until now is gone; checkpoints from here on are checked with this one. */
  z.object({ type: z.literal('key.changed'), at: timestampSchema, publicKey: z.string() }),
  /** Found when the record was opened: it is not as it was left. Stays in the record for good. */
  z.object({
    type: z.literal('record.doubted'),
    at: timestampSchema,
    problem: doubtSchema,
    detail: z.string(),
    /** The first event in question. */
    seq: z.number().int().positive().optional(),
    /** The checkpoint kept outside, which knew better. */
    outside: checkpointSchema.optional(),
  }),
  z.object({ type: z.literal('session.start'), taskArn: z.string(), ...sessionFactsSchema.shape }),
  z.object({
    type: z.literal('session.end'),
    ...inSession,
    reason: endReasonSchema,
    error: errorValueSchema.optional(),
  }),
  /** The app ended without closing the session; found at the next start. `at` is the last sign of life. */
  z.object({ type: z.literal('session.interrupted'), ...inSession }),
  z.object({
    type: z.literal('session.rejected'),
    taskArn: z.string(),
    error: errorValueSchema,
    ...sessionFactsSchema.shape,
  }),
  z.object({ type: z.literal('task.replaced'), ...taskReplacedFactsSchema.shape }),
  z.object({ type: z.literal('activity'), ...activityFactsSchema.shape }),

  z.object({ type: z.literal('recording.start'), ...inSession, size: terminalSizeSchema }),
  /** One stretch of a live recording: what was on the disk by then, proven piece by piece. */
  z.object({
    type: z.literal('recording.chunk'),
    ...inSession,
    offset: byteCountSchema,
    bytes: byteCountSchema,
    sha256: sha256Schema,
    /** Bytes of terminal output recorded so far, this chunk included. */
    outputBytes: byteCountSchema,
  }),
  z.object({
    type: z.literal('recording.closed'),
    ...inSession,
    ...recordingTotals,
    events: z.number().int().nonnegative(),
    /** Who closed it: the session, the loss of the session host, or the end of the app. */
    cause: z.enum(['session', 'connection-lost', 'shutdown']),
  }),
  /** The recording stopped early; what it held until then is kept. */
  z.object({
    type: z.literal('recording.failed'),
    ...inSession,
    ...recordingTotals,
    error: errorValueSchema,
  }),
  /** Its key and its file are destroyed, on purpose. What the ledger says of it stays, so the chain still verifies. */
  z.object({
    type: z.literal('recording.shredded'),
    ...inSession,
    cause: z.enum(['retention', 'person']),
    bytes: byteCountSchema,
  }),
  /** Found unfinished at start, cut back to its last whole line. */
  z.object({
    type: z.literal('recording.recovered'),
    ...inSession,
    ...recordingTotals,
    /** Bytes of a torn last line that were cut off. */
    cutBytes: byteCountSchema,
    /** Offset of the first chunk that is not as the ledger knows it; absent when all are. */
    firstBadChunk: byteCountSchema.optional(),
  }),
])
export type AuditEvent = z.infer<typeof auditEventSchema>
export type AuditEventType = AuditEvent['type']
export type AuditEventOf<Type extends AuditEventType> = Extract<AuditEvent, { type: Type }>

/** An event as the ledger stores it; `undefined` for one that is damaged or of a kind from elsewhere. */
export function readAuditEvent(body: Uint8Array | string): AuditEvent | undefined {
  try {
    const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8')
    return auditEventSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

import { z } from 'zod'
import { timestampSchema } from './identity.ts'

/** Kinds of what is done to a record, by what it comes to. */
export const recordMatterSchema = z.enum(['taken', 'removed', 'kept', 'checked', 'gaps', 'viewed', 'around'])
export type RecordMatter = z.infer<typeof recordMatterSchema>

/**
 * Every act and what it comes to. `around` is what was done around tasks and stands
 * on no task's page: of a service as a whole, say.
 */
export const recordActMatters = {
  'audit.exported': 'taken',
  'export.started': 'taken',
  'export.cancelled': 'taken',
  'export.failed': 'taken',
  'audit.imported': 'taken',
  'recording.shredded': 'removed',
  'transcript.shredded': 'removed',
  'cloud.pruned': 'removed',
  'hold.set': 'kept',
  'hold.released': 'kept',
  'retention.changed': 'kept',
  'audit.verified': 'checked',
  'record.doubted': 'checked',
  'key.changed': 'checked',
  'schema.migrated': 'checked',
  'ledger.created': 'checked',
  'recording.paused': 'gaps',
  'recording.resumed': 'gaps',
  'recording.failed': 'gaps',
  'recording.recovered': 'gaps',
  'session.interrupted': 'gaps',
  'recording.viewed': 'viewed',
  'transcript.viewed': 'viewed',
  'readiness.checked': 'around',
  'exec.enabled': 'around',
  'exec.disabled': 'around',
} as const satisfies Record<string, RecordMatter>
export type RecordActKind = keyof typeof recordActMatters

/** Something that was done to the record, or with it. All text in it comes from outside. */
export const recordActSchema = z.object({
  /** Its place in the ledger. */
  seq: z.number().int().positive(),
  kind: z.enum(Object.keys(recordActMatters) as [RecordActKind, ...RecordActKind[]]),
  at: timestampSchema,
  /** Absent for what Porthole did by itself. */
  userName: z.string().optional(),
  principal: z.string().optional(),
  taskArn: z.string().optional(),
  serviceArn: z.string().optional(),
  sessionId: z.uuid().optional(),
  /** How much, which, and why, in a few words each. */
  detail: z.record(z.string(), z.string()),
})
export type RecordAct = z.infer<typeof recordActSchema>

/** Acts of an answer. */
export const recordActsAtOnce = 100

export const recordActsRequestSchema = z.object({
  matter: recordMatterSchema.optional(),
  /** Only acts before this place in the ledger. */
  before: z.number().int().positive().optional(),
})
export type RecordActsRequest = z.infer<typeof recordActsRequestSchema>

export const recordActsSchema = z.object({
  /** The last one first, at most `recordActsAtOnce`. */
  acts: z.array(recordActSchema),
  /** There are earlier ones. */
  more: z.boolean(),
  /** Of all of them, by what they come to. */
  counts: z.partialRecord(recordMatterSchema, z.number().int().nonnegative()),
})
export type RecordActs = z.infer<typeof recordActsSchema>

import { z } from 'zod'
import { errorValueSchema } from './errors.ts'
import { timestampSchema } from './identity.ts'

/** Which part of the history. The hashes of the rest come along, so that the chain can be checked. */
export const exportSelectionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('all') }),
  z.object({ kind: z.literal('task'), taskArn: z.string().max(2048) }),
  z.object({ kind: z.literal('session'), sessionId: z.uuid() }),
  /** Sessions that began then, whole, and whatever else happened then. Epoch milliseconds, both included. */
  z.object({ kind: z.literal('range'), from: timestampSchema, to: timestampSchema }),
])
export type ExportSelection = z.infer<typeof exportSelectionSchema>

export const exportFormsSchema = z.object({
  /** Secrets taken out: transcripts as text, events without what cannot be judged; no recordings. */
  redacted: z.boolean(),
  /** Recordings also as plain text. */
  text: z.boolean(),
  /** Recordings also as asciicast v2, for older players. */
  asciicastV2: z.boolean(),
})

export const exportRequestSchema = exportFormsSchema.extend({ selection: exportSelectionSchema })
export type ExportRequest = z.infer<typeof exportRequestSchema>

export const recordingFormSchema = z.enum(['asciicast-v3', 'asciicast-v2', 'text'])
export type RecordingForm = z.infer<typeof recordingFormSchema>

/** One recording as one file, for a player or a reader. Nothing in it can be checked; the archive is for that. */
export const recordingRequestSchema = z.object({
  sessionId: z.uuid(),
  form: recordingFormSchema,
  /** Known kinds of secrets taken out, and with them all but plain lines: no colours, no full-screen programs. */
  redacted: z.boolean(),
})
export type RecordingRequest = z.infer<typeof recordingRequestSchema>

/** What somebody wants to take along: an archive that checks itself, or one recording. */
export const exportWishSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('archive'), request: exportRequestSchema }),
  z.object({ kind: z.literal('recording'), request: recordingRequestSchema }),
])
export type ExportWish = z.infer<typeof exportWishSchema>

const writtenSchema = z.object({
  /** Absolute path of what was written. */
  path: z.string(),
  bytes: z.number().int().nonnegative(),
  /** How many secrets were taken out; absent unless redacted. */
  redactions: z.number().int().nonnegative().optional(),
})

/** What an archive, or a folder, holds. */
export const exportSummarySchema = writtenSchema.extend({
  events: z.number().int().nonnegative(),
  recordings: z.number().int().nonnegative(),
  /** Places where the record was not as it was written. */
  findings: z.number().int().nonnegative(),
  /** SHA-256 of the public key, hexadecimal: what the verifier prints must be the same. */
  keyFingerprint: z.string(),
})
export type ExportSummary = z.infer<typeof exportSummarySchema>

export const recordingSummarySchema = writtenSchema
export type RecordingSummary = z.infer<typeof recordingSummarySchema>

export const exportProgressSchema = z.object({
  /** First the whole record is checked, then what was chosen is written. */
  phase: z.enum(['check-events', 'check-recordings', 'write']),
  /** Events while those are checked, bytes of recordings read otherwise. */
  done: z.number().int().nonnegative(),
  total: z.number().int().nonnegative(),
  /** Recordings, while they are written. */
  recordings: z
    .object({ done: z.number().int().nonnegative(), total: z.number().int().nonnegative() })
    .optional(),
})
export type ExportProgress = z.infer<typeof exportProgressSchema>

export const exportOutcomeSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('running'), progress: exportProgressSchema.optional() }),
  z.object({
    state: z.literal('done'),
    written: writtenSchema,
    /** Of an archive. */
    archive: exportSummarySchema.optional(),
    /** Where the page's host gives it out, once; absent where the person chose a place. */
    downloadPath: z.string().optional(),
  }),
  /** Nothing of it is left. */
  z.object({ state: z.literal('cancelled') }),
  z.object({ state: z.literal('failed'), error: errorValueSchema }),
])
export type ExportOutcome = z.infer<typeof exportOutcomeSchema>

/** An export of one window; a window has one at a time. */
export const windowExportSchema = z.object({
  id: z.uuid(),
  wish: exportWishSchema,
  /** What it is called, without the folder. */
  fileName: z.string(),
  outcome: exportOutcomeSchema,
})
export type WindowExport = z.infer<typeof windowExportSchema>

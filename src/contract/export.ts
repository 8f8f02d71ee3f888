import { z } from 'zod'
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
export type ExportForms = z.infer<typeof exportFormsSchema>

export const exportRequestSchema = exportFormsSchema.extend({ selection: exportSelectionSchema })
export type ExportRequest = z.infer<typeof exportRequestSchema>

/** What an export holds. */
export const exportSummarySchema = z.object({
  /** Absolute path of the archive or folder. */
  path: z.string(),
  bytes: z.number().int().nonnegative(),
  events: z.number().int().nonnegative(),
  recordings: z.number().int().nonnegative(),
  /** How many secrets were taken out; absent unless redacted. */
  redactions: z.number().int().nonnegative().optional(),
  /** Places where the record was not as it was written. */
  findings: z.number().int().nonnegative(),
  /** SHA-256 of the public key, hexadecimal: what the verifier prints must be the same. */
  keyFingerprint: z.string(),
})
export type ExportSummary = z.infer<typeof exportSummarySchema>

export const exportResultSchema = exportSummarySchema.extend({
  /** Where the page's host gives it out, once; absent where the page can read the path itself. */
  downloadPath: z.string().optional(),
})
export type ExportResult = z.infer<typeof exportResultSchema>

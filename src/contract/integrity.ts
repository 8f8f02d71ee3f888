import { z } from 'zod'
import { errorValueSchema } from './errors.ts'
import { timestampSchema } from './identity.ts'

/** One thing in the record that is not as it was written, and where. */
export const integrityFindingSchema = z.object({
  kind: z.enum([
    /** An event was changed, added, or does not follow from the one before. */
    'event',
    'events-missing',
    /** Events were changed and the chain was computed anew: sound in itself, and not what was signed. */
    'rewritten',
    /** A checkpoint in the ledger was changed, added or removed. */
    'checkpoint',
    /** The checkpoint kept outside is gone, damaged or signed by somebody else. */
    'outside',
    'recording',
    'recording-missing',
    /** A recording that no event tells of. */
    'recording-unknown',
    /** Found at an earlier start, and noted in the record then. */
    'doubted',
  ]),
  /** One sentence. */
  message: z.string(),
  /** First and last event in question. */
  seq: z.number().int().optional(),
  toSeq: z.number().int().optional(),
  /** Number of the checkpoint. */
  checkpoint: z.number().int().optional(),
  sessionId: z.string().optional(),
  /** Where in the recording as it is stored, in bytes, and how much is in question. */
  offset: z.number().int().nonnegative().optional(),
  bytes: z.number().int().nonnegative().optional(),
})
export type IntegrityFinding = z.infer<typeof integrityFindingSchema>

/** What a check of the whole record found. */
export const integrityReportSchema = z.object({
  at: timestampSchema,
  intact: z.boolean(),
  events: z.number().int().nonnegative(),
  checkpoints: z.number().int().nonnegative(),
  recordings: z.number().int().nonnegative(),
  /** Of recordings, as stored. */
  bytes: z.number().int().nonnegative(),
  /** Recordings that are still being written: proven as far as the ledger vouches for them. */
  unfinished: z.number().int().nonnegative(),
  /** The latest checkpoint kept outside; absent when there is none to compare with. */
  outside: z.object({ seq: z.number().int(), at: timestampSchema }).optional(),
  /** SHA-256 of the key that checks the checkpoints, hexadecimal; the verifier of an export prints the same. */
  keyFingerprint: z.string().optional(),
  /** In order of place, at most 100. */
  findings: z.array(integrityFindingSchema),
  /** How many there are in all. */
  findingCount: z.number().int().nonnegative(),
})
export type IntegrityReport = z.infer<typeof integrityReportSchema>

export const integrityProgressSchema = z.object({
  phase: z.enum(['events', 'recordings']),
  /** Events, or bytes of recordings. */
  done: z.number().int().nonnegative(),
  total: z.number().int().nonnegative(),
})
export type IntegrityProgress = z.infer<typeof integrityProgressSchema>

/** Where the keys and the latest checkpoint lie: in the system's keychain (the desktop app), or in files of their own. */
export const keyStoreSchema = z.enum(['file', 'keychain'])
export type KeyStore = z.infer<typeof keyStoreSchema>

export const integrityStateSchema = z.object({
  keyStore: keyStoreSchema,
  /** Found when the record was opened. */
  problems: z.array(errorValueSchema),
  /** A check that is under way. */
  progress: integrityProgressSchema.optional(),
  /** Of the latest check of the whole record since Porthole started. */
  report: integrityReportSchema.optional(),
})
export type IntegrityState = z.infer<typeof integrityStateSchema>

/** Said wherever a result is shown, so that nobody trusts it for more than it is worth. */
export const integrityProves =
  'No event, checkpoint or recording was changed, removed, added or put in another order since it was written, and nothing is missing before the latest checkpoint kept outside the record.'
export const integrityProvesNot =
  'Whoever can act as you on this computer can use the signing key too and forge the whole record. What shows that is CloudTrail, which AWS keeps for 90 days, or an export kept where they cannot reach it. What was written since the latest checkpoint, at most 100 events or five minutes, can be cut off unseen after Porthole was killed.'

import { z } from 'zod'
import {
  activityFactsSchema,
  auditEntrySchema,
  auditRefusalSchema,
  auditSessionSchema,
  commandOutputSchema,
  historyEntriesAtOnce,
  placedEntrySchema,
  recordingPageSchema,
  taskHistorySchema,
  touchedTaskSchema,
} from '../../contract/audit.ts'
import { cloudEventSchema } from '../../contract/cloud-audit.ts'
import { commandEntrySchema } from '../../contract/command-marker.ts'
import { commandSummariesSchema } from '../../contract/command-summary.ts'
import { errorValueSchema } from '../../contract/errors.ts'
import {
  exportProgressSchema,
  exportRequestSchema,
  exportSummarySchema,
  recordingRequestSchema,
  recordingSummarySchema,
} from '../../contract/export.ts'
import { timestampSchema } from '../../contract/identity.ts'
import { integrityReportSchema, integrityStateSchema } from '../../contract/integrity.ts'
import { recordActsRequestSchema, recordActsSchema } from '../../contract/record-acts.ts'
import { retentionSettingsSchema } from '../../contract/retention.ts'
import { searchAnswerSchema, searchRequestSchema } from '../../contract/search.ts'
import { containerRefSchema, endReasonSchema, terminalSizeSchema } from '../../contract/session.ts'
import { sessionFactsSchema, taskReplacedFactsSchema } from './ledger/audit-events.ts'
import { keyPurposes } from './sealing/derived-key.ts'

const actorSchema = z.object({ userName: z.string(), principal: z.string().optional() })

const awsIds = { sessionId: true, awsSessionId: true, earlierAwsSessionIds: true } as const

/** What is joined with AWS's own records, and no more: a long task has thousands. */
const attemptSchema = z.discriminatedUnion('kind', [
  auditSessionSchema.pick({ kind: true, startedAt: true, ...awsIds }),
  auditRefusalSchema.pick({ kind: true, at: true, userName: true, container: true, ...awsIds }),
])

const exportPlaceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('chosen'), path: z.string(), replace: z.boolean() }),
  z.object({ kind: z.literal('waiting'), folder: z.string() }),
])

/** What the audit worker can be asked. Recordings come as byte messages on the same channel (recording-frames.ts). */
export const auditMethods = {
  sessionOpened: { params: sessionFactsSchema, result: z.object({}) },
  sessionEnded: {
    params: z.object({
      sessionId: z.uuid(),
      at: timestampSchema,
      reason: endReasonSchema,
      error: errorValueSchema.optional(),
    }),
    result: z.object({}),
  },
  shellRefused: { params: sessionFactsSchema.extend({ error: errorValueSchema }), result: z.object({}) },
  taskReplaced: { params: taskReplacedFactsSchema, result: z.object({}) },
  note: { params: activityFactsSchema, result: z.object({}) },

  entries: { params: z.object({ taskArn: z.string() }), result: z.array(auditEntrySchema) },
  history: {
    params: z.object({ taskArn: z.string(), since: z.string().optional() }),
    result: taskHistorySchema,
  },
  historyEntries: {
    params: z.object({
      taskArn: z.string(),
      seqs: z.array(z.number().int().positive()).max(historyEntriesAtOnce),
    }),
    result: z.array(placedEntrySchema),
  },
  attempts: { params: z.object({ taskArn: z.string() }), result: z.array(attemptSchema) },
  session: { params: z.object({ sessionId: z.uuid() }), result: auditSessionSchema },
  recording: {
    params: z.object({ sessionId: z.uuid(), offset: z.number().int().nonnegative() }),
    result: recordingPageSchema,
  },
  commands: {
    params: z.object({ sessionId: z.uuid() }),
    result: z.object({ commands: z.array(commandEntrySchema) }),
  },
  commandOutput: {
    params: z.object({ sessionId: z.uuid(), index: z.number().int().nonnegative() }),
    result: commandOutputSchema,
  },
  search: { params: searchRequestSchema, result: searchAnswerSchema },
  commandSummaries: { params: z.object({ sessionIds: z.array(z.uuid()) }), result: commandSummariesSchema },
  recordActs: { params: recordActsRequestSchema, result: recordActsSchema },
  /** What AWS told of shells: searched from now on, in the place of what was given before. */
  setCloud: {
    params: z.object({
      events: z.array(cloudEventSchema),
      read: z.array(
        z.object({
          accountId: z.string(),
          region: z.string(),
          from: timestampSchema,
          to: timestampSchema,
        }),
      ),
    }),
    result: z.object({}),
  },
  /** Transcripts that AWS wrote, as far as they are searched. */
  indexedTranscripts: {
    params: z.object({}),
    result: z.array(z.object({ awsSessionId: z.string(), sha256: z.string() })),
  },
  indexTranscript: {
    params: z.object({ awsSessionId: z.string(), sha256: z.string(), text: z.string() }),
    result: z.object({}),
  },
  purgeTranscript: { params: z.object({ awsSessionId: z.string() }), result: z.object({}) },
  leftBehind: { params: z.object({}), result: z.array(auditSessionSchema) },
  touched: { params: z.object({}), result: z.array(touchedTaskSchema) },
  taskSnapshot: {
    params: z.object({ taskArn: z.string() }),
    result: z.object({
      found: z.object({ at: timestampSchema, userName: z.string(), snapshot: z.unknown() }).optional(),
    }),
  },

  awsSessionIds: { params: z.object({}), result: z.array(z.string()) },
  /** What is under a legal hold: tasks, and sessions by AWS's ids. */
  held: {
    params: z.object({}),
    result: z.object({ taskArns: z.array(z.string()), awsSessionIds: z.array(z.string()) }),
  },
  /** A key of 32 bytes that is derived from the master key, in base64: for what lies outside this folder. */
  derivedKey: {
    params: z.object({ purpose: z.enum(keyPurposes) }),
    result: z.object({ key: z.base64() }),
  },

  /** Checks the whole record, beside whatever else is going on; one check at a time. */
  verify: { params: z.object({}), result: integrityReportSchema },
  /** Ends with CANCELLED after `cancelExport`, and when the client that asked for it goes. */
  export: {
    params: z.object({
      id: z.uuid(),
      request: exportRequestSchema,
      place: exportPlaceSchema,
      container: z.enum(['archive', 'folder']),
      by: actorSchema,
      version: z.string(),
      verifier: z.string(),
    }),
    result: exportSummarySchema,
  },
  exportRecording: {
    params: z.object({
      id: z.uuid(),
      request: recordingRequestSchema,
      place: exportPlaceSchema,
      by: actorSchema,
    }),
    result: recordingSummarySchema,
  },
  cancelExport: { params: z.object({ id: z.uuid() }), result: z.object({}) },
  retain: { params: retentionSettingsSchema, result: z.object({ shredded: z.number().int() }) },
  integrity: { params: z.object({}), result: integrityStateSchema },
  /** What a person should know about the history itself, e.g. that a damaged one was set aside. */
  problems: { params: z.object({}), result: z.array(errorValueSchema) },
} as const

export const auditEvents = {
  changed: z.object({ taskArn: z.string(), touched: z.boolean() }),
  integrity: integrityStateSchema,
  /** Something was done to the record. */
  acted: z.object({}),
  /** To the client that asked for the export. */
  exporting: z.object({ id: z.uuid(), progress: exportProgressSchema }),
} as const

/** What opens a recording, as JSON in its first frame. */
export const recordingStartSchema = z.object({
  sessionId: z.uuid(),
  size: terminalSizeSchema,
  startedAt: timestampSchema,
  command: z.string(),
  title: z.string(),
  container: containerRefSchema,
})

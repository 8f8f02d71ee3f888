import { z } from 'zod'
import {
  auditEntrySchema,
  auditSessionSchema,
  commandOutputSchema,
  historyEntriesAtOnce,
  placedEntrySchema,
  recordingPageSchema,
  taskHistorySchema,
  taskSnapshotSchema,
  touchedTaskSchema,
} from '../audit.ts'
import {
  cloudHistorySchema,
  importedShellsRequestSchema,
  importedShellsSchema,
  importOutcomeSchema,
  importPartSchema,
  importsSchema,
  transcriptSchema,
} from '../cloud-audit.ts'
import { commandEntrySchema } from '../command-marker.ts'
import { commandSummariesSchema, mostSummaries } from '../command-summary.ts'
import { scopeSchema } from '../identity.ts'
import { integrityReportSchema, integrityStateSchema } from '../integrity.ts'
import { recordActsRequestSchema, recordActsSchema } from '../record-acts.ts'
import { holdTargetSchema } from '../retention.ts'
import { searchAnswerSchema, searchRequestSchema } from '../search.ts'

/** The audit history. */
export const auditMethods = {
  'audit.task': { params: z.object({ taskArn: z.string() }), result: z.array(auditEntrySchema) },
  'audit.history': {
    params: z.object({ taskArn: z.string(), since: z.string().max(100).optional() }),
    result: taskHistorySchema,
  },
  /** Those entries of a task that have these places in the ledger. */
  'audit.historyEntries': {
    params: z.object({
      taskArn: z.string(),
      seqs: z.array(z.number().int().positive()).max(historyEntriesAtOnce),
    }),
    result: z.array(placedEntrySchema),
  },
  'audit.session': { params: z.object({ sessionId: z.uuid() }), result: auditSessionSchema },
  'audit.recording': {
    params: z.object({ sessionId: z.uuid(), offset: z.number().int().nonnegative() }),
    result: recordingPageSchema,
  },
  /** What was typed in a session as far as it is recorded, secrets taken out. */
  'audit.commands': {
    params: z.object({ sessionId: z.uuid() }),
    result: z.object({ commands: z.array(commandEntrySchema) }),
  },
  /** What the entry at this place of `audit.commands` printed; NOT_FOUND where that is no command. */
  'audit.commandOutput': {
    params: z.object({ sessionId: z.uuid(), index: z.number().int().nonnegative() }),
    result: commandOutputSchema,
  },
  /** Searches commands and output of all sessions. */
  'audit.search': { params: searchRequestSchema, result: searchAnswerSchema },
  /** The first commands of sessions and how many there are, for a list of sessions. */
  'audit.commandSummaries': {
    params: z.object({ sessionIds: z.array(z.uuid()).max(mostSummaries) }),
    result: commandSummariesSchema,
  },
  /** Checks the whole record; how far it has come is told as `audit.integrity`. */
  'audit.verify': { params: z.object({}), result: integrityReportSchema },
  /** Keeps recordings whatever their age, or lets them go again. */
  'audit.hold': { params: z.object({ target: holdTargetSchema, held: z.boolean() }), result: z.object({}) },
  'audit.integrity': { params: z.object({}), result: integrityStateSchema },
  /** The latest snapshot of a task in the ledger; without one, nothing. */
  'audit.taskSnapshot': {
    params: z.object({ taskArn: z.string() }),
    result: z.object({ snapshot: taskSnapshotSchema.optional() }),
  },
  /**
   * What CloudTrail says of a task's shells, and which sessions of the ledger it has too. Answers with what was
   * read so far, and reads on if that is old, or at once when `fresh`; news are told as `audit.cloudChanged`.
   */
  'audit.cloud': {
    params: z.object({ scope: scopeSchema, taskArn: z.string().max(2048), fresh: z.boolean().optional() }),
    result: cloudHistorySchema,
  },
  /** What AWS logged of a session that CloudTrail knows. Fetched once, then kept. */
  'audit.transcript': {
    params: z.object({
      scope: scopeSchema,
      clusterArn: z.string().max(2048),
      taskArn: z.string().max(2048),
      /** CloudTrail's id of its event. */
      eventId: z.string().max(512),
      offset: z.number().int().nonnegative(),
    }),
    result: transcriptSchema,
  },
  /** Part of a CloudTrail file to import. The last one answers with what came of it, or with why it was refused. */
  'audit.importPart': {
    params: importPartSchema,
    result: z.object({ outcome: importOutcomeSchema.optional() }),
  },
  'audit.imports': { params: z.object({}), result: importsSchema },
  /** Shells that only imported files told of, page by page. */
  'audit.importedShells': { params: importedShellsRequestSchema, result: importedShellsSchema },
  /** What was done to the record and with it; news are told as `audit.recordChanged`. */
  'audit.recordActs': { params: recordActsRequestSchema, result: recordActsSchema },
  'audit.touched': { params: z.object({}), result: z.array(touchedTaskSchema) },
} as const

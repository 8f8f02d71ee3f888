import { z } from 'zod'
import { execLoggingSchema, taskSchema } from './catalog.ts'
import { timestampSchema } from './identity.ts'
import { containerRefSchema, endReasonSchema, engineSchema } from './session.ts'

/** What ran in the container that a shell was opened in, as ECS described it then. */
export const workloadSchema = z.object({
  /** `family:revision`. */
  taskDefinition: z.string().optional(),
  image: z.string().optional(),
  imageDigest: z.string().optional(),
  runtimeId: z.string().optional(),
  launchType: z.string().optional(),
  platformFamily: z.string().optional(),
  platformVersion: z.string().optional(),
  /** The cluster's key for sessions. */
  kmsKeyId: z.string().optional(),
})
export type Workload = z.infer<typeof workloadSchema>

/** One session as the ledger knows it. */
export const auditSessionSchema = z.object({
  kind: z.literal('session'),
  sessionId: z.uuid(),
  awsSessionId: z.string().optional(),
  /** Sessions that AWS granted for the same shell before: an engine could not use them. */
  earlierAwsSessionIds: z.array(z.string()).optional(),
  container: containerRefSchema,
  workload: workloadSchema.optional(),
  kmsEncrypted: z.boolean().optional(),
  /** Why it was opened, in the person's own words. */
  reason: z.string().optional(),
  command: z.string(),
  engine: engineSchema.optional(),
  /** Caller ARN from STS; absent when STS could not be asked. */
  principal: z.string().optional(),
  userName: z.string(),
  startedAt: timestampSchema,
  endedAt: timestampSchema.optional(),
  /** `interrupted`: the app ended without closing it; the recording was recovered. */
  endReason: endReasonSchema.or(z.literal('interrupted')).optional(),
  live: z.boolean(),
  outputBytes: z.number().int().nonnegative(),
  hasRecording: z.boolean(),
  /** Its recording was destroyed on purpose: too old, too large, or because somebody said so. */
  recordingShreddedAt: timestampSchema.optional(),
  /** Its recording is kept whatever its age: by a hold on itself, on its whole task, or both. */
  holds: z.array(z.enum(['session', 'task'])).optional(),
})
export type AuditSession = z.infer<typeof auditSessionSchema>

/** A shell that AWS refused or that never opened. Attempts count in an audit. */
export const auditRefusalSchema = z.object({
  kind: z.literal('refused'),
  sessionId: z.uuid(),
  /** AWS granted a session, and no engine could use it. */
  awsSessionId: z.string().optional(),
  earlierAwsSessionIds: z.array(z.string()).optional(),
  reason: z.string().optional(),
  container: containerRefSchema,
  command: z.string(),
  principal: z.string().optional(),
  userName: z.string(),
  at: timestampSchema,
  code: z.string(),
  message: z.string(),
})

export type AuditRefusal = z.infer<typeof auditRefusalSchema>

export const auditReplacementSchema = z.object({
  kind: z.literal('task-replaced'),
  taskArn: z.string(),
  serviceName: z.string().optional(),
  userName: z.string(),
  principal: z.string(),
  at: timestampSchema,
})

/** What people do around sessions. Kinds are only added: the ledger keeps them for ever. */
export const activitySchema = z.enum([
  'readiness.checked',
  'exec.enabled',
  'exec.disabled',
  'recording.viewed',
  'recording.paused',
  'recording.resumed',
  'transcript.viewed',
  /** It is whole; before there was `export.started`, it was noted when one began. */
  'audit.exported',
  'export.started',
  'export.cancelled',
  'export.failed',
  'audit.imported',
  'audit.verified',
  'hold.set',
  'hold.released',
  'retention.changed',
  'transcript.shredded',
  'cloud.pruned',
])
export type Activity = z.infer<typeof activitySchema>

/** Something a person did that an audit wants to know, beside opening a shell. */
export const activityFactsSchema = z.object({
  activity: activitySchema,
  at: timestampSchema,
  userName: z.string(),
  /** Caller ARN from STS, where AWS was asked. */
  principal: z.string().optional(),
  taskArn: z.string().optional(),
  serviceArn: z.string().optional(),
  sessionId: z.uuid().optional(),
  /** What else is worth knowing, in a few words each; never a secret or output. */
  detail: z.record(z.string().max(64), z.string().max(1000)).optional(),
})
export type ActivityFacts = z.infer<typeof activityFactsSchema>

export const auditActivitySchema = activityFactsSchema.extend({ kind: z.literal('activity') })
export type AuditActivity = z.infer<typeof auditActivitySchema>

export const auditEntrySchema = z.discriminatedUnion('kind', [
  auditSessionSchema,
  auditRefusalSchema,
  auditReplacementSchema,
  auditActivitySchema,
])
export type AuditEntry = z.infer<typeof auditEntrySchema>

/** Entries of a task's history that come with its lines, and those that are asked for at once. */
export const historyEntriesAtOnce = 50

const lineFields = {
  /** Its place in the ledger. */
  seq: z.number().int().positive(),
  at: timestampSchema,
  userName: z.string(),
}

/** One entry of a task's history, as far as its list, its chart and its counts need it before anybody looks at it. */
export const historyLineSchema = z.discriminatedUnion('kind', [
  z.object({
    ...lineFields,
    kind: z.literal('session'),
    sessionId: z.string(),
    containerName: z.string(),
    /** A session without one is live. */
    endedAt: timestampSchema.optional(),
    hasRecording: z.boolean(),
  }),
  z.object({
    ...lineFields,
    kind: z.literal('refused'),
    sessionId: z.string(),
    containerName: z.string(),
  }),
  z.object({ ...lineFields, kind: z.literal('task-replaced') }),
  z.object({ ...lineFields, kind: z.literal('activity'), activity: activitySchema }),
])
export type HistoryLine = z.infer<typeof historyLineSchema>

/** An entry with its place in the ledger, by which its line is found. */
export const placedEntrySchema = z.object({ seq: z.number().int().positive(), entry: auditEntrySchema })
export type PlacedEntry = z.infer<typeof placedEntrySchema>

/** A task's history: a line for each entry, and the newest entries themselves. */
export const taskHistorySchema = z.object({
  /** Where the ledger was. Whoever asks again from here hears only what is new or changed. */
  place: z.string(),
  /** These are all the lines: the history has not been asked for before, or has become another one. */
  isWhole: z.boolean(),
  /** Newest first. */
  lines: z.array(historyLineSchema),
  newest: z.array(placedEntrySchema),
})
export type TaskHistory = z.infer<typeof taskHistorySchema>

/** Part of a recording: whole lines of an asciicast v3 file. */
export const recordingPageSchema = z.object({
  text: z.string(),
  /** Where to read on, in bytes; absent at the end of what is written so far. */
  nextOffset: z.number().int().nonnegative().optional(),
  /** The session is still writing. */
  live: z.boolean(),
})
export type RecordingPage = z.infer<typeof recordingPageSchema>

/** What one command printed, as plain text without secrets. */
export const commandOutputSchema = z.object({
  text: z.string(),
  /** Secrets that were taken out of it. */
  redactions: z.number().int().nonnegative(),
  /** There was more than is handed over. */
  isCut: z.boolean(),
})
export type CommandOutput = z.infer<typeof commandOutputSchema>

/** Tasks that had an interactive session: what runs there may differ from its image. */
export const touchedTaskSchema = z.object({
  taskArn: z.string(),
  containers: z.array(z.string()),
  sessions: z.number().int().positive(),
  /** Names of those who had a shell there. Untrusted text. */
  people: z.array(z.string()),
  since: timestampSchema,
})
export type TouchedTask = z.infer<typeof touchedTaskSchema>

/** A task as it was when somebody opened a shell in it: AWS forgets it about an hour after it stops. */
export const taskSnapshotSchema = z.object({
  at: timestampSchema,
  /** Whose shell it was. */
  userName: z.string(),
  task: taskSchema,
  /** How its cluster logged sessions then, as far as it was known. */
  execLogging: execLoggingSchema.optional(),
})
export type TaskSnapshot = z.infer<typeof taskSnapshotSchema>

import { z } from 'zod'
import { errorValueSchema } from './errors.ts'
import { timestampSchema } from './identity.ts'

/** What made the call, as its user agent says. Anybody can send any user agent. */
export const cloudClientSchema = z.enum(['porthole', 'aws-cli', 'console', 'sdk', 'other'])
export type CloudClient = z.infer<typeof cloudClientSchema>

/** One shell, or attempt at one, as CloudTrail tells of it. All text in it comes from outside. */
export const cloudEventSchema = z.object({
  /** CloudTrail's own id. */
  eventId: z.string(),
  /** `direct`: started with Session Manager on the container, around ECS and what it logs. */
  kind: z.enum(['exec', 'direct']),
  /** To the second. */
  at: timestampSchema,
  accountId: z.string(),
  region: z.string(),
  taskId: z.string(),
  clusterName: z.string().optional(),
  containerName: z.string().optional(),
  /** Of the container, where only that is told. */
  runtimeId: z.string().optional(),
  /** Word for word; CloudTrail does not redact it. */
  command: z.string().optional(),
  awsSessionId: z.string().optional(),
  userName: z.string(),
  principal: z.string().optional(),
  /** The permission set's own name where Identity Center made the role. */
  roleName: z.string().optional(),
  sourceIp: z.string().optional(),
  client: cloudClientSchema,
  /** AWS refused it. */
  refusal: z.object({ code: z.string(), message: z.string().optional() }).optional(),
  /** From Session Manager's list, which forgets after thirty days. */
  endedAt: timestampSchema.optional(),
  /** Session Manager listed it as connected when it was last asked. */
  live: z.boolean(),
  /** The file that it came with, where AWS itself was not asked: anybody can write a file. */
  imported: z
    .object({ name: z.string(), sha256: z.string(), at: timestampSchema, by: z.string() })
    .optional(),
})
export type CloudEvent = z.infer<typeof cloudEventSchema>

/**
 * What CloudTrail says to a session or refusal of this computer's ledger.
 * `pending`: it may still come. `unknown`: nothing can be said, because that
 * time was not read or there is no id to join on.
 */
export const auditSourceSchema = z.object({
  state: z.enum(['matched', 'local-only', 'pending', 'unknown']),
  /** Milliseconds since it began, of one that CloudTrail should know and does not. */
  missingFor: z.number().int().nonnegative().optional(),
  /** Of a matched one: the file that its event came with, where AWS itself was not asked. */
  imported: cloudEventSchema.shape.imported,
})
export type AuditSource = z.infer<typeof auditSourceSchema>

/** Why AWS has no transcript of a session. */
export const missingTranscriptSchema = z.object({
  message: z.string(),
  /** What to look at; one of them, where nothing is certain. */
  causes: z.array(z.string()),
  /** It may still come. */
  later: z.boolean(),
})
export type MissingTranscript = z.infer<typeof missingTranscriptSchema>

export const transcriptSchema = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('found'),
    /** Plain lines, without escape sequences; part of them when there is a `nextOffset`. Untrusted text. */
    text: z.string(),
    /** In characters. */
    nextOffset: z.number().int().positive().optional(),
    /** Of the bytes as AWS had them when they were read. */
    sha256: z.string(),
    bytes: z.number().int().nonnegative(),
    /** Where it was found: a log group, or bucket and key. */
    place: z.object({ kind: z.enum(['log-group', 'bucket']), name: z.string() }),
    fetchedAt: timestampSchema,
    /** It was longer than what is kept. */
    cut: z.boolean(),
  }),
  missingTranscriptSchema.extend({ state: z.literal('missing') }),
])
export type Transcript = z.infer<typeof transcriptSchema>

export const cloudHistorySchema = z.object({
  /** Cloud only: what this computer's ledger does not have, newest first. */
  events: z.array(cloudEventSchema),
  /** By Porthole's session id; of those that are not in it nothing is known. */
  sources: z.record(z.string(), auditSourceSchema),
  /** The transcripts of these events that were read so far, by CloudTrail's id. */
  transcripts: z.record(
    z.string(),
    z.object({ bytes: z.number().int().nonnegative(), kind: z.enum(['log-group', 'bucket']) }),
  ),
  /** What of CloudTrail was read in full; absent before the first time. */
  read: z.object({ from: timestampSchema, to: timestampSchema }).optional(),
  reading: z.boolean(),
  /** Why CloudTrail could not be read the last time. */
  problem: errorValueSchema.optional(),
  /** Why Session Manager could not be asked when sessions ended. */
  endsProblem: errorValueSchema.optional(),
})
export type CloudHistory = z.infer<typeof cloudHistorySchema>

/** A file with events of CloudTrail that somebody imported. Its name is untrusted text. */
export const importedFileSchema = z.object({
  name: z.string(),
  /** Of the file as it was given, packed or not. */
  sha256: z.string(),
  at: timestampSchema,
  by: z.string(),
  /** Events in it. */
  records: z.number().int().nonnegative(),
  /** Those among them that opened a shell in a container, or tried to. */
  shells: z.number().int().nonnegative(),
})
export type ImportedFile = z.infer<typeof importedFileSchema>

export const importOutcomeSchema = importedFileSchema.extend({
  /** Shells that were not known before. */
  added: z.number().int().nonnegative(),
})
export type ImportOutcome = z.infer<typeof importOutcomeSchema>

/** What came with files: which, and how many shells only they told of. */
export const importsSchema = z.object({
  files: z.array(importedFileSchema),
  shells: z.number().int().nonnegative(),
})
export type Imports = z.infer<typeof importsSchema>

export const importedShellsRequestSchema = z.object({
  /** Part of a task's id, or of the name of its cluster or container. */
  text: z.string().max(512),
  userName: z.string().max(512).optional(),
  from: timestampSchema.optional(),
  /** Shells that are passed over, newest first. */
  offset: z.number().int().nonnegative(),
})
export type ImportedShellsRequest = z.infer<typeof importedShellsRequestSchema>

/** Shells of an answer. */
export const importedShellsAtOnce = 100

export const importedShellSchema = cloudEventSchema.extend({
  /** Absent where the file does not say which cluster it was. */
  taskArn: z.string().optional(),
  /** This computer's ledger has sessions of the task. */
  inLedger: z.boolean(),
})
export type ImportedShell = z.infer<typeof importedShellSchema>

export const importedShellsSchema = z.object({
  /** Newest first, at most `importedShellsAtOnce`. */
  shells: z.array(importedShellSchema),
  /** That fit the question, all pages together. */
  total: z.number().int().nonnegative(),
  /** Whose shells files told of, whatever was asked; those with most first. */
  people: z.array(z.object({ userName: z.string(), count: z.number().int().positive() })),
})
export type ImportedShells = z.infer<typeof importedShellsSchema>

/** Bytes of a part: a message with one stays far below what a host takes. */
export const importPartBytes = 256 * 1024

/** Part of a file that somebody chose; parts come in order, those of one file with one id. */
export const importPartSchema = z.object({
  upload: z.uuid(),
  /** Without folders. Untrusted text. */
  name: z.string().min(1).max(255),
  /** Of the whole file. */
  size: z.number().int().nonnegative(),
  bytes: z.base64().max(Math.ceil(importPartBytes / 3) * 4),
})
export type ImportPart = z.infer<typeof importPartSchema>

import { z } from 'zod'
import { type CloudEvent, cloudEventSchema } from '../../../contract/cloud-audit.ts'
import { containerRefSchema, engineChoiceSchema } from '../../../contract/session.ts'

/** A task as documents and commands name it: a container reference without the container. */
const taskRefSchema = containerRefSchema.omit({ containerName: true })
export type TaskRef = z.infer<typeof taskRefSchema>

/** A line of a transcript, counted from 0, and the words that were found in it. */
const transcriptPlaceSchema = z.object({
  line: z.number().int().nonnegative(),
  words: z.string().optional(),
})
export type TranscriptPlace = z.infer<typeof transcriptPlaceSchema>

/** A service as commands and dialogs name it; a task of one stands for it as well. */
export type ServiceRef = Omit<TaskRef, 'taskArn' | 'taskId'>

/**
 * What a tab is about. Plain data, so that the open tabs survive a reload;
 * nothing that runs lives in here.
 */
export const documentSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('terminal'),
    id: z.string(),
    container: containerRefSchema,
    command: z.string(),
    engine: engineChoiceSchema.optional(),
    /** Why a production shell was opened, in the person's own words. */
    reason: z.string().optional(),
    /** Set by the terminal view once `session.open` answered; absent before and while cold. */
    sessionId: z.uuid().optional(),
  }),
  z.object({ kind: z.literal('task'), id: z.string(), task: taskRefSchema }),
  z.object({
    kind: z.literal('logs'),
    id: z.string(),
    task: taskRefSchema,
    /** The one container that somebody asked for; all of them when absent. */
    containerName: z.string().optional(),
  }),
  z.object({
    kind: z.literal('replay'),
    id: z.string(),
    sessionId: z.uuid(),
    container: containerRefSchema,
    userName: z.string(),
    startedAt: z.number(),
  }),
  z.object({
    kind: z.literal('recording-file'),
    id: z.string(),
    /** Of the file that was opened. The file itself is the page's, and gone with it. */
    name: z.string(),
  }),
  z.object({ kind: z.literal('readiness'), id: z.string(), task: taskRefSchema }),
  z.object({
    kind: z.literal('transcript'),
    id: z.string(),
    task: taskRefSchema,
    /** Whose session it was, as CloudTrail tells it. */
    event: cloudEventSchema,
    /** Shown first; absent before a search led here. */
    place: transcriptPlaceSchema.optional(),
  }),
  z.object({ kind: z.literal('audit'), id: z.string() }),
  z.object({ kind: z.literal('diagnostics'), id: z.string() }),
  z.object({ kind: z.literal('welcome'), id: z.string() }),
])
export type Document = z.infer<typeof documentSchema>
export type DocumentKind = Document['kind']
export type DocumentOf<Kind extends DocumentKind> = Extract<Document, { kind: Kind }>
export type TerminalDocument = DocumentOf<'terminal'>
export type TaskDocument = DocumentOf<'task'>
export type ReplayDocument = DocumentOf<'replay'>
export type RecordingFileDocument = DocumentOf<'recording-file'>
export type TranscriptDocument = DocumentOf<'transcript'>

export function taskRefOf(container: z.infer<typeof containerRefSchema>): TaskRef {
  const { containerName: _, ...task } = container
  return task
}

/** Tasks and replays open once; every terminal is a document of its own. */
export function taskDocument(task: TaskRef): TaskDocument {
  return { kind: 'task', id: `task:${task.taskArn}`, task }
}

/** A task's logs open once, whichever containers are shown. */
export function logsDocument(task: TaskRef, containerName?: string): DocumentOf<'logs'> {
  return { kind: 'logs', id: `logs:${task.taskArn}`, task, ...(containerName && { containerName }) }
}

/** Why a shell does not open in a task: one page for each. */
export function readinessDocument(task: TaskRef): DocumentOf<'readiness'> {
  return { kind: 'readiness', id: `readiness:${task.taskArn}`, task }
}

/** One search over everything. */
export const auditDocument: DocumentOf<'audit'> = { kind: 'audit', id: 'audit' }

/** There is one set-up to look at, so there is one tab for it. */
export const diagnosticsDocument: DocumentOf<'diagnostics'> = { kind: 'diagnostics', id: 'diagnostics' }

export function replayDocument(replay: Omit<ReplayDocument, 'kind' | 'id'>): ReplayDocument {
  return { kind: 'replay', id: `replay:${replay.sessionId}`, ...replay }
}

/** Every opening is a tab of its own: a page cannot tell whether two files are the same one. */
export function recordingFileDocument(
  name: string,
  newId: () => string = () => crypto.randomUUID(),
): RecordingFileDocument {
  return { kind: 'recording-file', id: `recording-file:${newId()}`, name }
}

export function transcriptDocument(task: TaskRef, event: CloudEvent): TranscriptDocument {
  return { kind: 'transcript', id: `transcript:${event.eventId}`, task, event }
}

export function terminalDocument(
  terminal: Omit<TerminalDocument, 'kind' | 'id'>,
  newId: () => string = () => crypto.randomUUID(),
): TerminalDocument {
  return { kind: 'terminal', id: `terminal:${newId()}`, ...terminal }
}

/** The task a document is about, for titles, the status bar and commands. */
export function taskOf(document: Document | undefined): TaskRef | undefined {
  switch (document?.kind) {
    case 'terminal':
    case 'replay':
      return taskRefOf(document.container)
    case 'task':
    case 'logs':
    case 'readiness':
    case 'transcript':
      return document.task
    default:
      return undefined
  }
}

import type { AuditEntry, AuditSession } from '../../../contract/audit.ts'
import type { CommandEntry, RecordedCommand } from '../../../contract/command-marker.ts'
import { isFailed } from '../replay/commands.ts'
import type { CommandsBySession } from './session-commands.ts'

/** Something that somebody did in the task, on the time axis of its logs. */
export interface ShellMark {
  readonly key: string
  readonly at: number
  readonly kind: 'opened' | 'ended' | 'refused' | 'replaced' | 'command'
  /** Untrusted text. */
  readonly userName: string
  readonly containerName?: string | undefined
  /** A command as it was typed, or what happened in words. */
  readonly text: string
  /** How a command ended. */
  readonly outcome?: string | undefined
  /** Read from the screen: likely, and no more. */
  readonly likely?: boolean
  readonly failed?: boolean
  /** Where the replay shows it, in milliseconds since the recording began. */
  readonly replay?: { readonly session: AuditSession; readonly at: number }
}

/** A session as a bar on the axis; without an end it lives. */
export interface ShellSpan {
  readonly sessionId: string
  readonly from: number
  readonly to: number | undefined
  readonly userName: string
  readonly containerName: string
}

const noCommands: CommandsBySession = new Map()

/** What the audit history knows of the task, as marks in the order of time. */
export function shellMarks(
  entries: readonly AuditEntry[],
  commands: CommandsBySession = noCommands,
): ShellMark[] {
  return entries.flatMap((entry) => marksOf(entry, commands)).sort((left, right) => left.at - right.at)
}

export function shellSpans(entries: readonly AuditEntry[]): ShellSpan[] {
  return entries.flatMap((entry) =>
    entry.kind === 'session'
      ? [
          {
            sessionId: entry.sessionId,
            from: entry.startedAt,
            to: entry.live ? undefined : (entry.endedAt ?? entry.startedAt),
            userName: entry.userName,
            containerName: entry.container.containerName,
          },
        ]
      : [],
  )
}

function marksOf(entry: AuditEntry, commands: CommandsBySession): ShellMark[] {
  switch (entry.kind) {
    case 'session':
      return sessionMarks(entry, commands.get(entry.sessionId) ?? [])
    case 'refused':
      return [
        {
          key: `${entry.sessionId} refused`,
          at: entry.at,
          kind: 'refused',
          userName: entry.userName,
          containerName: entry.container.containerName,
          text: `Shell refused: ${entry.message}`,
          failed: true,
        },
      ]
    case 'task-replaced':
      return [
        {
          key: `replaced ${entry.at}`,
          at: entry.at,
          kind: 'replaced',
          userName: entry.userName,
          text: 'Task replaced',
        },
      ]
    default:
      return []
  }
}

function sessionMarks(session: AuditSession, commands: readonly CommandEntry[]): ShellMark[] {
  const { sessionId, startedAt, endedAt, live, userName, hasRecording } = session
  const about = { userName, containerName: session.container.containerName }
  const replayAt = (at: number) => hasRecording && { replay: { session, at } }
  const marks: ShellMark[] = [
    {
      ...about,
      ...replayAt(0),
      key: `${sessionId} opened`,
      at: startedAt,
      kind: 'opened',
      text: 'Shell opened',
    },
  ]
  commands.forEach((command, index) => {
    if (command.kind !== 'command') return
    marks.push({
      ...about,
      ...replayAt(command.startedAt),
      key: `${sessionId} ${index}`,
      // A recording begins with the session that the ledger opens.
      at: startedAt + command.startedAt,
      kind: 'command',
      text: command.text,
      outcome: outcomeOf(command),
      likely: command.confidence === 'likely',
      failed: isFailed(command),
    })
  })
  if (live || endedAt === undefined) return marks
  const ended = { key: `${sessionId} ended`, at: endedAt, kind: 'ended' as const, text: 'Shell ended' }
  return [...marks, { ...about, ...replayAt(Math.max(0, endedAt - startedAt)), ...ended }]
}

/** That a command still runs is known from marks alone: the screen does not say when it ended. */
function outcomeOf({ exitCode, endedAt, confidence }: RecordedCommand): string {
  if (exitCode !== undefined) return `exit ${exitCode}`
  return endedAt === undefined && confidence === 'exact' ? 'runs' : ''
}

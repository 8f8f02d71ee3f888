import type { AuditEntry } from '../../../contract/audit.ts'

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
  /** Exit code of a command, or how long a session was. */
  readonly outcome?: string | undefined
  readonly failed?: boolean
}

/** A session as a bar on the axis; without an end it lives. */
export interface ShellSpan {
  readonly sessionId: string
  readonly from: number
  readonly to: number | undefined
  readonly userName: string
  readonly containerName: string
}

/** What the audit history knows of the task, as marks in the order of time. */
export function shellMarks(entries: readonly AuditEntry[]): ShellMark[] {
  return entries.flatMap(marksOf).sort((left, right) => left.at - right.at)
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

function marksOf(entry: AuditEntry): ShellMark[] {
  switch (entry.kind) {
    case 'session': {
      const about = { userName: entry.userName, containerName: entry.container.containerName }
      const opened: ShellMark = {
        ...about,
        key: `${entry.sessionId} opened`,
        at: entry.startedAt,
        kind: 'opened',
        text: 'Shell opened',
      }
      if (entry.live || entry.endedAt === undefined) return [opened]
      const ended = { key: `${entry.sessionId} ended`, at: entry.endedAt, kind: 'ended' as const }
      return [opened, { ...about, ...ended, text: 'Shell ended' }]
    }
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

import type { AuditEntry, AuditSession } from '../../../contract/audit.ts'
import { formatDay } from '../../ui/time.ts'

/** What stands in the list: the audit's own entries, and the task's start as the catalog knows it. */
export type ListedEntry = AuditEntry | { kind: 'started'; at: number; taskDefinition: string }

export type AuditFilter = 'all' | 'sessions' | 'refused' | 'replacements'

const kindOfFilter: Record<Exclude<AuditFilter, 'all'>, ListedEntry['kind']> = {
  sessions: 'session',
  refused: 'refused',
  replacements: 'task-replaced',
}

export function timeOf(entry: ListedEntry): number {
  return entry.kind === 'session' ? entry.startedAt : entry.at
}

export function filterEntries(entries: readonly ListedEntry[], filter: AuditFilter): readonly ListedEntry[] {
  return filter === 'all' ? entries : entries.filter(({ kind }) => kind === kindOfFilter[filter])
}

/** A row that stays the same thing over every change of the list. */
export function keyOf(entry: ListedEntry): string {
  if (entry.kind === 'activity') return `${entry.activity}:${entry.at}:${entry.sessionId}`
  return 'sessionId' in entry ? entry.sessionId : `${entry.kind}:${entry.at}`
}

/** Newest first, the task's start at its own place. */
export function listedEntries(
  entries: readonly AuditEntry[],
  start: { at: number; taskDefinition: string } | undefined,
): readonly ListedEntry[] {
  if (start === undefined || entries.length === 0) return entries
  const started: ListedEntry = { kind: 'started', ...start }
  return [...entries, started].sort((left, right) => timeOf(right) - timeOf(left))
}

export interface Day {
  /** "Today", "Yesterday", "16 Nov", with the year when it is another one. */
  label: string
  entries: readonly ListedEntry[]
}

/** Entries by the day of the person's own calendar; the order stays. */
export function groupByDay(entries: readonly ListedEntry[], now: number): Day[] {
  const days = Map.groupBy(entries, (entry) => dayLabel(timeOf(entry), now))
  return [...days].map(([label, ofDay]) => ({ label, entries: ofDay }))
}

export function dayLabel(timestamp: number, now: number): string {
  const date = new Date(timestamp)
  const today = new Date(now)
  // By the calendar: a day may have 23 or 25 hours.
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1)
  if (date.toDateString() === today.toDateString()) return 'Today'
  if (date.toDateString() === yesterday.toDateString()) return 'Yesterday'
  const year = date.getFullYear() === today.getFullYear() ? '' : ` ${date.getFullYear()}`
  return `${formatDay(date)}${year}`
}

export interface Visitor {
  userName: string
  sessions: number
  /** Milliseconds inside, all sessions together. */
  inside: number
  live: boolean
}

/** Everyone who had a shell, the longest inside first. */
export function visitorsOf(entries: readonly AuditEntry[], now: number): Visitor[] {
  const byName = Map.groupBy(sessionsOf(entries), ({ userName }) => userName)
  return [...byName]
    .map(([userName, sessions]) => ({
      userName,
      sessions: sessions.length,
      inside: sessions.reduce((sum, session) => sum + lengthOf(session, now), 0),
      live: sessions.some(({ live }) => live),
    }))
    .sort((left, right) => right.inside - left.inside || left.userName.localeCompare(right.userName))
}

export function sessionsOf(entries: readonly AuditEntry[]): AuditSession[] {
  return entries.filter((entry) => entry.kind === 'session')
}

/** Milliseconds, up to now while it is live. */
export function lengthOf({ startedAt, endedAt }: AuditSession, now: number): number {
  return Math.max(0, (endedAt ?? now) - startedAt)
}

/** The latest session of each container. */
export function lastShells(entries: readonly AuditEntry[]): Map<string, AuditSession> {
  const latest = new Map<string, AuditSession>()
  for (const session of sessionsOf(entries)) {
    const { containerName } = session.container
    const known = latest.get(containerName)
    // A live one counts before a later one that is over: somebody is in there.
    if (known === undefined || rank(session) > rank(known)) latest.set(containerName, session)
  }
  return latest
}

function rank({ live, startedAt }: AuditSession): number {
  return live ? Number.MAX_SAFE_INTEGER : startedAt
}

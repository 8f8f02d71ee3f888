import type { HistoryLine } from '../../../contract/audit.ts'
import type { Container } from '../../../contract/catalog.ts'
import type { CloudEvent } from '../../../contract/cloud-audit.ts'
import { formatDay } from '../../ui/time.ts'
import type { NamedSpike } from './spike-words.ts'

export interface CloudEntry {
  kind: 'cloud'
  at: number
  event: CloudEvent
}

/** What its service did while the task ran. */
export interface ServiceChange {
  kind: 'service'
  at: number
  id: string
  /** What it is about, `family:revision` say. Untrusted text, as are the others. */
  subject: string
  words: string
  detail?: string | undefined
}

/** More error lines than usual in the task's logs, at its worst minute. */
export interface SpikeEntry extends NamedSpike {
  kind: 'spike'
  at: number
}

/** What stands in the list: a line for each of the audit's own entries, CloudTrail's, what the catalog knows of the task, and its logs. */
export type ListedEntry =
  | HistoryLine
  | CloudEntry
  | ServiceChange
  | SpikeEntry
  | { kind: 'started'; at: number; taskDefinition: string }

export type AuditFilter = 'all' | 'sessions' | 'deployments' | 'refused'

const filters: Record<Exclude<AuditFilter, 'all'>, (entry: ListedEntry) => boolean> = {
  sessions: (entry) => entry.kind === 'session' || (entry.kind === 'cloud' && !entry.event.refusal),
  deployments: ({ kind }) => kind === 'service' || kind === 'started' || kind === 'task-replaced',
  refused: (entry) => entry.kind === 'refused' || (entry.kind === 'cloud' && !!entry.event.refusal),
}

export function filterEntries(entries: readonly ListedEntry[], filter: AuditFilter): readonly ListedEntry[] {
  return filter === 'all' ? entries : entries.filter(filters[filter])
}

/** A row that stays the same thing over every change of the list. */
export function keyOf(entry: ListedEntry): string {
  if (entry.kind === 'cloud') return entry.event.eventId
  if (entry.kind === 'service') return entry.id
  return 'seq' in entry ? String(entry.seq) : `${entry.kind}:${entry.at}`
}

/** Newest first, everything at its own place. Without a single entry there is no list. */
export function listedEntries({
  lines,
  events = [],
  changes = [],
  spikes = [],
  start,
}: {
  lines: readonly HistoryLine[]
  events?: readonly CloudEvent[]
  changes?: readonly ServiceChange[]
  spikes?: readonly NamedSpike[]
  start?: { at: number; taskDefinition: string } | undefined
}): readonly ListedEntry[] {
  if (lines.length + events.length === 0) return []
  const cloud = events.map((event): ListedEntry => ({ kind: 'cloud', at: event.at, event }))
  const started: ListedEntry[] = start === undefined ? [] : [{ kind: 'started', ...start }]
  const errors = spikes.map((named): ListedEntry => ({ kind: 'spike', at: named.spike.peak, ...named }))
  return [...lines, ...cloud, ...changes, ...errors, ...started].sort((left, right) => right.at - left.at)
}

export interface Day {
  /** "Today", "Yesterday", "16 Nov", with the year when it is another one. */
  label: string
  entries: readonly ListedEntry[]
}

/** Entries, newest first, by the day of the person's own calendar; the order stays. */
export function groupByDay(entries: readonly ListedEntry[], now: number): Day[] {
  const days: { label: string; from: number; entries: ListedEntry[] }[] = []
  for (const entry of entries) {
    const day = days.at(-1)
    // Calendars are slow, and most entries are of the same day as the one before.
    if (day !== undefined && entry.at >= day.from) day.entries.push(entry)
    else days.push({ label: dayLabel(entry.at, now), from: midnightBefore(entry.at), entries: [entry] })
  }
  return days.map(({ label, entries: ofDay }) => ({ label, entries: ofDay }))
}

export function midnightBefore(timestamp: number): number {
  return new Date(timestamp).setHours(0, 0, 0, 0)
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

/** Session Manager names only what ran in a container; which one that was, its task knows. */
export function withContainerNames(
  events: readonly CloudEvent[],
  containers: readonly Pick<Container, 'name' | 'runtimeId'>[],
): CloudEvent[] {
  return events.map((event) => {
    const { containerName, runtimeId } = event
    if (containerName !== undefined || runtimeId === undefined) return event
    const container = containers.find((each) => each.runtimeId === runtimeId)
    return container === undefined ? event : { ...event, containerName: container.name }
  })
}

/** Somebody's time inside, whoever recorded it. */
export interface Visit {
  key: string
  startedAt: number
  endedAt?: number | undefined
  live: boolean
  userName: string
  containerName: string | undefined
}

/** Of the ledger and of what only CloudTrail knows. */
export function visitsOf(lines: readonly HistoryLine[], events: readonly CloudEvent[] = []): Visit[] {
  const visits: Visit[] = []
  for (const line of lines) if (line.kind === 'session') visits.push(visitOf(line))
  for (const event of events) {
    if (event.refusal !== undefined) continue
    const { eventId: key, at: startedAt, live, userName, containerName } = event
    // Of an end that nobody knows only the beginning counts.
    const endedAt = event.endedAt ?? (live ? undefined : startedAt)
    visits.push({ key, startedAt, endedAt, live, userName, containerName })
  }
  return visits
}

export function visitOf(line: Extract<HistoryLine, { kind: 'session' }>): Visit {
  const { sessionId: key, at: startedAt, endedAt, userName, containerName } = line
  return { key, startedAt, endedAt, live: endedAt === undefined, userName, containerName }
}

/** Everyone who had a shell, the longest inside first. */
export function visitorsOf(visits: readonly Visit[], now: number): Visitor[] {
  const byName = Map.groupBy(visits, ({ userName }) => userName)
  return [...byName]
    .map(([userName, ofPerson]) => ({
      userName,
      sessions: ofPerson.length,
      inside: ofPerson.reduce((sum, visit) => sum + lengthOf(visit, now), 0),
      live: ofPerson.some(({ live }) => live),
    }))
    .sort((left, right) => right.inside - left.inside || left.userName.localeCompare(right.userName))
}

/** Milliseconds, up to now while it is live. */
export function lengthOf({ startedAt, endedAt }: Pick<Visit, 'startedAt' | 'endedAt'>, now: number): number {
  return Math.max(0, (endedAt ?? now) - startedAt)
}

/** The latest visit to each container, by anyone. */
export function lastShells(visits: readonly Visit[]): Map<string, Visit> {
  const latest = new Map<string, Visit>()
  for (const visit of visits) {
    const { containerName } = visit
    if (containerName === undefined) continue
    const known = latest.get(containerName)
    // A live one counts before a later one that is over: somebody is in there.
    if (known === undefined || rank(visit) > rank(known)) latest.set(containerName, visit)
  }
  return latest
}

function rank({ live, startedAt }: Visit): number {
  return live ? Number.MAX_SAFE_INTEGER : startedAt
}

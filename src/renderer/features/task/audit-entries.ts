import type { AuditEntry, AuditSession } from '../../../contract/audit.ts'
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

/** What stands in the list: the audit's own entries, CloudTrail's, what the catalog knows of the task, and its logs. */
export type ListedEntry =
  | AuditEntry
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

export function timeOf(entry: ListedEntry): number {
  return entry.kind === 'session' ? entry.startedAt : entry.at
}

export function filterEntries(entries: readonly ListedEntry[], filter: AuditFilter): readonly ListedEntry[] {
  return filter === 'all' ? entries : entries.filter(filters[filter])
}

/** A row that stays the same thing over every change of the list. */
export function keyOf(entry: ListedEntry): string {
  if (entry.kind === 'cloud') return entry.event.eventId
  if (entry.kind === 'service') return entry.id
  if (entry.kind === 'activity') return `${entry.activity}:${entry.at}:${entry.sessionId}`
  return 'sessionId' in entry ? entry.sessionId : `${entry.kind}:${entry.at}`
}

/** Newest first, everything at its own place. Without a single entry there is no list. */
export function listedEntries({
  entries,
  events = [],
  changes = [],
  spikes = [],
  start,
}: {
  entries: readonly AuditEntry[]
  events?: readonly CloudEvent[]
  changes?: readonly ServiceChange[]
  spikes?: readonly NamedSpike[]
  start?: { at: number; taskDefinition: string } | undefined
}): readonly ListedEntry[] {
  if (entries.length + events.length === 0) return []
  const cloud = events.map((event): ListedEntry => ({ kind: 'cloud', at: event.at, event }))
  const started: ListedEntry[] = start === undefined ? [] : [{ kind: 'started', ...start }]
  const errors = spikes.map((named): ListedEntry => ({ kind: 'spike', at: named.spike.peak, ...named }))
  return [...entries, ...cloud, ...changes, ...errors, ...started].sort(
    (left, right) => timeOf(right) - timeOf(left),
  )
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

/** Everyone who had a shell, the longest inside first. */
export function visitorsOf(
  entries: readonly AuditEntry[],
  now: number,
  events: readonly CloudEvent[] = [],
): Visitor[] {
  const byName = Map.groupBy(visitsOf(entries, events), ({ userName }) => userName)
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

/** Somebody's time inside, whoever recorded it. */
export type Visit = Pick<AuditSession, 'startedAt' | 'endedAt' | 'live' | 'userName'> & {
  key: string
  containerName: string | undefined
}

export function visitsOf(entries: readonly AuditEntry[], events: readonly CloudEvent[]): Visit[] {
  const local = sessionsOf(entries).map((session) => ({
    key: session.sessionId,
    startedAt: session.startedAt,
    endedAt: session.endedAt,
    live: session.live,
    userName: session.userName,
    containerName: session.container.containerName,
  }))
  const cloud = events
    .filter(({ refusal }) => refusal === undefined)
    .map((event) => ({
      key: event.eventId,
      startedAt: event.at,
      // Of an end that nobody knows only the beginning counts.
      endedAt: event.endedAt ?? (event.live ? undefined : event.at),
      live: event.live,
      userName: event.userName,
      containerName: event.containerName,
    }))
  return [...local, ...cloud]
}

/** Milliseconds, up to now while it is live. */
export function lengthOf(
  { startedAt, endedAt }: Pick<AuditSession, 'startedAt' | 'endedAt'>,
  now: number,
): number {
  return Math.max(0, (endedAt ?? now) - startedAt)
}

/** The latest visit to each container, by anyone. */
export function lastShells(
  entries: readonly AuditEntry[],
  events: readonly CloudEvent[] = [],
): Map<string, Visit> {
  const latest = new Map<string, Visit>()
  for (const visit of visitsOf(entries, events)) {
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

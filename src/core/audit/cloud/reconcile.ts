import type { AuditEntry, AuditRefusal } from '../../../contract/audit.ts'
import type { AuditSource, CloudEvent } from '../../../contract/cloud-audit.ts'
import type { LedgerAttempt } from '../audit-service.ts'

/**
 * CloudTrail delivers an event about five minutes after the call, and says that
 * it can take fifteen. Before that its absence means nothing.
 */
export const deliveryGraceMilliseconds = 15 * 60_000

/**
 * A refusal has no session id to join on, so the same person's refusal in the
 * same task counts as the same one within this time: clocks differ by seconds,
 * and nobody is refused twice in it without both being listed.
 */
export const sameRefusalMilliseconds = 30_000

/** What was read of CloudTrail in full, epoch milliseconds. */
export interface ReadRange {
  from: number
  to: number
}

export interface Reconciled {
  /** What only CloudTrail knows, newest first. */
  events: CloudEvent[]
  /** By Porthole's session id. */
  sources: Record<string, JoinedSource>
}

/** With the event itself, which no page needs. */
export type JoinedSource = AuditSource & { event?: CloudEvent }

type Local = Extract<AuditEntry | LedgerAttempt, { kind: 'session' | 'refused' }>

/** Joins one task's entries of the ledger with its events of CloudTrail, by AWS's session id. */
export function reconcile({
  entries,
  events,
  read,
  now,
}: {
  entries: readonly (AuditEntry | LedgerAttempt)[]
  events: readonly CloudEvent[]
  read: ReadRange | undefined
  now: number
}): Reconciled {
  const left = new Map(withoutEchoes(events).map((event) => [event.eventId, event]))
  const byAwsId = new Map<string, CloudEvent>()
  for (const event of left.values())
    if (event.awsSessionId !== undefined) byAwsId.set(event.awsSessionId, event)
  const locals = entries.filter((entry) => entry.kind === 'session' || entry.kind === 'refused')
  const sources: [string, JoinedSource][] = []
  for (const entry of locals) {
    const found = awsIdsOf(entry).flatMap((id) => byAwsId.get(id) ?? [])
    for (const { eventId } of found) left.delete(eventId)
    const event = found[0] ?? (entry.kind === 'refused' ? takeRefusal(entry, left) : undefined)
    sources.push([entry.sessionId, event ? matchedBy(event) : unmatched(entry, read, now)])
  }
  return {
    events: [...left.values()].sort(
      (one, other) => other.at - one.at || (one.eventId < other.eventId ? -1 : 1),
    ),
    sources: Object.fromEntries(sources),
  }
}

function matchedBy(event: CloudEvent): JoinedSource {
  return { state: 'matched', ...(event.imported && { imported: event.imported }), event }
}

/** Those that something is known of, without AWS's whole event for each of thousands. */
export function toldSources(sources: Record<string, JoinedSource>): Record<string, AuditSource> {
  const known = Object.entries(sources).filter(([, { state }]) => state !== 'unknown')
  return Object.fromEntries(known.map(([id, { event: _, ...source }]) => [id, source]))
}

/** ECS may call Session Manager itself: the same session then has a second event, which nobody bypassed. */
function withoutEchoes(events: readonly CloudEvent[]): CloudEvent[] {
  const byEcs = new Set(
    events.filter(({ kind }) => kind === 'exec').flatMap(({ awsSessionId }) => awsSessionId ?? []),
  )
  return events.filter(({ kind, awsSessionId }) => kind === 'exec' || !byEcs.has(awsSessionId ?? ''))
}

/** All that AWS granted for the entry: an engine may have needed more than one. */
function awsIdsOf({ awsSessionId, earlierAwsSessionIds = [] }: Local): string[] {
  return [...(awsSessionId === undefined ? [] : [awsSessionId]), ...earlierAwsSessionIds]
}

function takeRefusal(
  { userName, at, container }: Pick<AuditRefusal, 'userName' | 'at' | 'container'>,
  left: Map<string, CloudEvent>,
): CloudEvent | undefined {
  const near = [...left.values()]
    .filter((event) => event.refusal !== undefined && event.userName === userName)
    .filter(({ containerName = container.containerName }) => containerName === container.containerName)
    .filter((event) => Math.abs(event.at - at) <= sameRefusalMilliseconds)
    .sort((one, other) => Math.abs(one.at - at) - Math.abs(other.at - at))[0]
  if (near !== undefined) left.delete(near.eventId)
  return near
}

function unmatched(entry: Local, read: ReadRange | undefined, now: number): AuditSource {
  // A refusal may have come from this computer itself, so that AWS never heard of it.
  if (awsIdsOf(entry).length === 0 || read === undefined) return { state: 'unknown' }
  const at = entry.kind === 'session' ? entry.startedAt : entry.at
  if (at < read.from) return { state: 'unknown' }
  if (read.to < at + deliveryGraceMilliseconds) return { state: 'pending' }
  return { state: 'local-only', missingFor: Math.max(0, now - at) }
}

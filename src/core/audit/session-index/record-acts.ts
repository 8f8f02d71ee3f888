import type { Activity } from '../../../contract/audit.ts'
import type { RecordAct, RecordActKind } from '../../../contract/record-acts.ts'
import type { AuditEvent, AuditEventOf } from '../ledger/audit-events.ts'

type Act = Omit<RecordAct, 'seq'>

/** An event of the ledger as an act upon the record; undefined for what was done inside tasks. */
export function recordActOf(event: AuditEvent): Act | undefined {
  const { at } = event
  switch (event.type) {
    case 'activity':
      return activityAct(event)
    case 'ledger.created':
      return { kind: event.type, at, detail: event.replaces ? { ...event.replaces } : {} }
    case 'schema.migrated':
      return { kind: event.type, at, detail: { from: String(event.from), to: String(event.to) } }
    case 'key.changed':
      return { kind: event.type, at, detail: {} }
    case 'record.doubted':
      return { kind: event.type, at, detail: { problem: event.problem, detail: event.detail } }
    case 'recording.shredded':
      return {
        kind: event.type,
        at,
        ...placeOf(event),
        detail: { cause: event.cause, bytes: String(event.bytes) },
      }
    case 'recording.failed':
      return { kind: event.type, at, ...placeOf(event), detail: { problem: event.error.message } }
    case 'recording.recovered':
      return { kind: event.type, at, ...placeOf(event), detail: { cutBytes: String(event.cutBytes) } }
    case 'session.interrupted':
      return { kind: event.type, at, ...placeOf(event), detail: {} }
    case 'session.start':
    case 'session.end':
    case 'session.rejected':
    case 'task.replaced':
    case 'recording.start':
    case 'recording.chunk':
    case 'recording.closed':
      return undefined
  }
}

/** What is about a task and not about its record stands on the task's page. */
const aroundTasks = new Set<Activity>(['readiness.checked', 'exec.enabled', 'exec.disabled'])

function activityAct({
  type: _,
  activity,
  detail = {},
  ...facts
}: AuditEventOf<'activity'>): Act | undefined {
  if (aroundTasks.has(activity) && facts.taskArn !== undefined) return undefined
  // A kind of activity that has no place among the acts does not compile here.
  const kind: RecordActKind = activity
  return { kind, ...facts, detail }
}

function placeOf({ taskArn, sessionId }: { taskArn: string; sessionId: string }) {
  return { taskArn, sessionId }
}

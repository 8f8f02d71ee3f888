import type { Task as EcsTask } from '@aws-sdk/client-ecs'
import { z } from 'zod'
import type { AuditEntry, TaskSnapshot } from '../../../contract/audit.ts'
import { execLoggingSchema, type Task, taskSchema } from '../../../contract/catalog.ts'
import { toTask } from '../../catalog/ecs-model.ts'
import type { Ledger } from '../ledger/ledger.ts'

/** A snapshot as the ledger holds it. */
export interface LedgerSnapshot {
  /** When it was taken, epoch milliseconds. */
  at: number
  userName: string
  snapshot: unknown
}

/** The newest snapshot of a task, by its history with the newest first: the one of its latest session that has one. */
export function newestSnapshot(
  entries: readonly AuditEntry[],
  ledger: Pick<Ledger, 'entriesOf'>,
): LedgerSnapshot | undefined {
  for (const entry of entries) {
    if (entry.kind !== 'session' && entry.kind !== 'refused') continue
    for (const { event } of ledger.entriesOf(entry.sessionId)) {
      if (event.type !== 'session.start' && event.type !== 'session.rejected') continue
      if (event.snapshot === undefined) continue
      return { at: event.at, userName: event.userName, snapshot: event.snapshot }
    }
  }
  return undefined
}

/** What a snapshot must have to be shown; everything else in it is read where it is there. */
const shapeSchema = z.object({
  task: z.looseObject({ taskArn: z.string().min(1) }),
  cluster: z.looseObject({ execLogging: execLoggingSchema.optional() }).optional(),
})

/**
 * The task of a snapshot as the catalog would show it: AWS forgets a task about an
 * hour after it stops. `undefined` for a snapshot that says nothing of a task.
 */
export function taskOfSnapshot({ at, userName, snapshot }: LedgerSnapshot): TaskSnapshot | undefined {
  const shape = shapeSchema.safeParse(snapshot).data
  const task = shape && shownTask(shape.task)
  if (task === undefined) return undefined
  return { at, userName, task, execLogging: shape?.cluster?.execLogging }
}

function shownTask(raw: Record<string, unknown>): Task | undefined {
  try {
    const task = toTask({ ...raw, ...revivedDates(raw) } as EcsTask)
    // What was ready then says nothing about now.
    const readiness = { level: 'unknown' as const }
    const containers = task.containers.map((container) => ({ ...container, ports: [], readiness }))
    return taskSchema.safeParse({ ...task, containers, readiness }).data
  } catch {
    return undefined
  }
}

/** Dates travel as text between the processes, and so they are in the ledger. */
function revivedDates(raw: Record<string, unknown>): Record<string, Date | undefined> {
  return Object.fromEntries(
    ['createdAt', 'startedAt'].map((name) => {
      const value = raw[name]
      const at = typeof value === 'string' || typeof value === 'number' ? new Date(value) : undefined
      return [name, at && !Number.isNaN(at.getTime()) ? at : undefined]
    }),
  )
}

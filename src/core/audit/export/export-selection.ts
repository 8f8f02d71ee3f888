import type { ExportSelection } from '../../../contract/export.ts'
import type { AuditEvent } from '../ledger/audit-events.ts'

/** What everybody who checks a chain needs: how it began, and what was found wrong with it. */
const alwaysChosen = new Set<AuditEvent['type']>([
  'ledger.created',
  'schema.migrated',
  'key.changed',
  'record.doubted',
])

/** Which events a selection takes. */
export class ChosenEvents {
  readonly #selection: ExportSelection
  /** Sessions that are taken whole. */
  readonly #sessions: ReadonlySet<string>

  private constructor(selection: ExportSelection, sessions: ReadonlySet<string>) {
    this.#selection = selection
    this.#sessions = sessions
  }

  static async find(selection: ExportSelection, events: AsyncIterable<AuditEvent>): Promise<ChosenEvents> {
    return new ChosenEvents(selection, await sessionsOf(selection, events))
  }

  has(event: AuditEvent): boolean {
    const { kind } = this.#selection
    if (kind === 'all' || alwaysChosen.has(event.type)) return true
    if ('sessionId' in event && event.sessionId !== undefined && this.#sessions.has(event.sessionId))
      return true
    if (kind === 'task') return 'taskArn' in event && event.taskArn === this.#selection.taskArn
    if (kind !== 'range') return false
    // A session that began at another time is not torn apart.
    const isOfSession = event.type.startsWith('session.') || event.type.startsWith('recording.')
    return !isOfSession && isWithin(this.#selection, event.at)
  }
}

async function sessionsOf(
  selection: ExportSelection,
  events: AsyncIterable<AuditEvent>,
): Promise<Set<string>> {
  const sessions = new Set<string>()
  if (selection.kind === 'session') sessions.add(selection.sessionId)
  if (selection.kind !== 'range' && selection.kind !== 'task') return sessions
  for await (const event of events) {
    if (event.type !== 'session.start' && event.type !== 'session.rejected') continue
    const isChosen =
      selection.kind === 'task' ? event.taskArn === selection.taskArn : isWithin(selection, event.at)
    // What is noted of a session later, such as who watched it, need not name the task.
    if (isChosen) sessions.add(event.sessionId)
  }
  return sessions
}

function isWithin({ from, to }: { from: number; to: number }, at: number): boolean {
  return from <= at && at <= to
}

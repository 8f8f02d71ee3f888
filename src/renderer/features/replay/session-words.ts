import type { AuditSession } from '../../../contract/audit.ts'
import type { Engine } from '../../../contract/session.ts'

export const engineWords: Record<Engine, string> = { plugin: 'Plugin', 'built-in': 'Built-in' }

/** How a session ended, as a fact of its own. */
export const endWords: Record<NonNullable<AuditSession['endReason']>, string> = {
  exited: 'Shell exited',
  closed: 'Tab closed',
  'timed-out': 'Ended by AWS after 20 min without input',
  'task-stopped': 'Task stopped',
  lost: 'Connection lost',
  failed: 'Never became ready',
  interrupted: 'Cut off with Porthole, recording recovered',
}

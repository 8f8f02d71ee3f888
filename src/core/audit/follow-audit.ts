import type { Channel } from '../../channel/channel.ts'
import type { ErrorValue } from '../../contract/errors.ts'
import type { HostProblems } from '../host-problems.ts'
import { type AuditClient, createAuditService } from './audit-client.ts'

/** Where the audit history is kept; the first client's channel closes when it ends. */
export interface AuditProcess {
  readonly channel: Channel
  /** Called once when it ended; with an error unless it was asked to. */
  onStopped(listener: (error: Error | undefined) => void): Disposable
}

/** The history's client. Sessions open without a history too, and say so; whoever started the host hears why. */
export function followAudit(
  process: AuditProcess,
  problems: Pick<HostProblems, 'report'>,
  log: (message: string) => void,
): AuditClient {
  process.onStopped((error) => {
    if (error === undefined) return
    log(`The audit history stopped working: ${error.message}. Restart Porthole to record again.`)
    problems.report('audit', { ...auditStopped, detail: error.message })
  })
  const audit = createAuditService({ channel: process.channel })
  void logAuditProblems(audit, log)
  return audit
}

const auditStopped: ErrorValue = {
  code: 'AUDIT_UNAVAILABLE',
  message: 'The audit history stopped working. New sessions are not recorded.',
  action: 'Restart Porthole to record again.',
  retryable: false,
}

async function logAuditProblems(
  audit: Pick<AuditClient, 'problems'>,
  log: (message: string) => void,
): Promise<void> {
  // A worker that has ended by now says so itself.
  const problems = await audit.problems().catch(() => [])
  for (const { message, detail, action } of problems) log([message, detail, action].filter(Boolean).join(' '))
}

import type { AuditSession } from '../../contract/audit.ts'
import { toErrorValue } from '../../contract/errors.ts'
import type { Scope } from '../../contract/identity.ts'
import type { Clock } from '../clock.ts'

/**
 * AWS ends a session by itself after 20 minutes without input, so one that was
 * last seen longer ago than this is over for certain.
 */
const forgottenAfterMilliseconds = 60 * 60_000

/** Nobody is signed in yet, or the network is not up yet: there will be a better moment. */
const notNow = new Set(['SSO_EXPIRED', 'SSO_NOT_SIGNED_IN', 'CREDENTIALS_EXPIRED', 'NETWORK', 'THROTTLED'])

export interface LeftBehindDependencies {
  /** Sessions that the history found without an end when it was opened. */
  leftBehind: () => Promise<AuditSession[]>
  terminateSession: (scope: Scope, awsSessionId: string) => Promise<void>
  /** Called when there is reason to believe that AWS can be asked again. */
  onBetterMoment: (listener: () => void) => Disposable
  clock: Clock
  log: (message: string) => void
}

/**
 * Ends at AWS what a crash left running: a shell in a container that nobody
 * looks at. Best effort, and without a word when it cannot be done.
 */
export function endLeftBehind(dependencies: LeftBehindDependencies): Disposable {
  const { terminateSession, onBetterMoment, clock, log } = dependencies
  let waiting: AuditSession[] = []
  let busy = false

  async function tryAll(): Promise<void> {
    if (busy) return
    busy = true
    const still: AuditSession[] = []
    for (const session of waiting) if (await isForLater(session)) still.push(session)
    waiting = still
    busy = false
  }

  async function isForLater({ awsSessionId, container }: AuditSession): Promise<boolean> {
    if (awsSessionId === undefined) return false
    try {
      await terminateSession(container.scope, awsSessionId)
      log(`${awsSessionId} was left running by a crash and has been terminated.`)
      return false
    } catch (thrown) {
      const { code, message } = toErrorValue(thrown)
      if (notNow.has(code)) return true
      log(`${awsSessionId} was left running by a crash and was not terminated: ${message}`)
      return false
    }
  }

  async function begin(): Promise<void> {
    const sessions = await dependencies.leftBehind()
    const oldest = clock.now() - forgottenAfterMilliseconds
    waiting = sessions.filter(({ startedAt, endedAt = startedAt }) => endedAt >= oldest)
    await tryAll()
  }

  void begin().catch((thrown) =>
    log(`Sessions of a crash were not looked for: ${toErrorValue(thrown).message}`),
  )
  return onBetterMoment(() => void tryAll())
}

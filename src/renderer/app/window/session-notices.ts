import type { Session } from '../../../contract/session.ts'
import type { Notice } from '../../../contract/window.ts'
import { displayText } from '../../ui/display-text.ts'
import type { Services } from '../services.ts'

/** More of a name than any system shows in a notice. */
const noticeNameCharacters = 150

/** Ends that nobody in front of this window asked for. */
const unasked: Partial<Record<NonNullable<Session['endReason']>, string>> = {
  lost: 'Connection lost',
  'task-stopped': 'Task stopped',
  'timed-out': 'Ended by AWS',
}

/**
 * Tells outside the window when a session ends while nobody looks at it. Inside
 * it, the tab says so.
 */
export function noticeSessionEnds(
  { core, host, sessions }: Pick<Services, 'core' | 'host' | 'sessions'>,
  isHidden: () => boolean = () => document.hidden,
): Disposable {
  if (!host.abilities.notices) return { [Symbol.dispose]() {} }
  const stop = sessions.subscribe((now, before) => {
    if (!isHidden()) return
    for (const session of Object.values(now.sessions)) {
      const notice = endNotice(session, before.sessions[session.id])
      if (notice !== undefined) void core.call('window.notify', notice)
    }
  })
  return { [Symbol.dispose]: stop }
}

function endNotice(session: Session, before: Session | undefined): Notice | undefined {
  if (session.state !== 'ended' || before === undefined || before.state === 'ended') return undefined
  const reason = session.endReason && unasked[session.endReason]
  if (reason === undefined) return undefined
  const { containerName, serviceName, clusterName } = session.container
  return {
    title: `${reason}: ${displayText(containerName).slice(0, noticeNameCharacters)}`,
    body: [serviceName, clusterName]
      .flatMap((name) => (name === undefined ? [] : [displayText(name).slice(0, noticeNameCharacters)]))
      .join(', '),
  }
}

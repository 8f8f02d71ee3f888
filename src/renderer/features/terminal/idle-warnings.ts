import { createElement } from 'react'
import type { Services } from '../../app/services.ts'
import { idleTimeLeft, idleWarningMilliseconds } from '../../app/stores/sessions-store.ts'
import { Name } from '../../ui/name.tsx'
import { showToast } from '../../ui/toast.tsx'

/** Against the two minutes that the warning is about, this is soon enough. */
const lookMilliseconds = 2_000

type Needed = Pick<Services, 'sessions' | 'workspace'>

/** Warns of sessions that AWS is about to end in tabs that nobody looks at; the tab in front says it itself. */
export function warnOfIdleSessions({ sessions, workspace }: Needed): Disposable {
  /** Last input of the sessions that were warned of: a new key makes a new warning possible. */
  const warned = new Map<string, number | undefined>()

  const look = () => {
    for (const session of Object.values(sessions.getState().sessions)) {
      const left = idleTimeLeft(session, Date.now())
      if (left === undefined || left > idleWarningMilliseconds || session.keepAlive) continue
      if (warned.has(session.id) && warned.get(session.id) === session.lastInputAt) continue
      warned.set(session.id, session.lastInputAt)
      const { documents, activeId } = workspace.store.getState()
      const tab = Object.values(documents).find(
        (document) => document.kind === 'terminal' && document.sessionId === session.id,
      )
      const isSeen = tab !== undefined && tab.id === activeId && !document.hidden
      if (tab === undefined || isSeen) continue
      showToast({
        tone: 'warn',
        title: createElement(
          'span',
          null,
          createElement(Name, { text: session.container.containerName }),
          ' ends in 2 min',
        ),
        text: 'No input for 18 min, AWS allows 20',
        action: { label: 'Go to tab', run: () => workspace.activate(tab.id) },
      })
    }
  }
  const timer = setInterval(look, lookMilliseconds)
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

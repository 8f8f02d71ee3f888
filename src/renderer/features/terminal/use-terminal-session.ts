import { useCallback, useEffect, useRef, useState } from 'react'
import type { ErrorValue } from '../../../contract/errors.ts'
import type { EngineChoice, Session } from '../../../contract/session.ts'
import type { TerminalDocument } from '../../app/documents/document.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { displayText } from '../../ui/display-text.ts'
import { formatClock } from '../../ui/time.ts'
import { showToast } from '../../ui/toast.tsx'
import type { Divider } from './divider.ts'
import type { TerminalInstance } from './terminal-instance.ts'

export interface TerminalSession {
  /** What the core knows of it; absent while it is asked for, when that failed, and for a cold tab. */
  session: Session | undefined
  opening: boolean
  /** Why the core opened none. */
  refusal: ErrorValue | undefined
  /** The tab names a session that the core no longer has. */
  cold: boolean
  /** Opens a new session in this tab, below what is there. */
  open(): void
  /** The same with the built-in engine, which this tab keeps from then on. */
  openBuiltIn(): void
}

/**
 * The session of a tab. A fresh tab opens one by itself, a tab that came back
 * after a reload attaches to the one it had; both may lose it and get another,
 * because a tab outlives its sessions.
 */
export function useTerminalSession(document: TerminalDocument, terminal: TerminalInstance): TerminalSession {
  const { core, sessions, workspace } = useServices()
  const [opening, setOpening] = useState(false)
  const [refusal, setRefusal] = useState<ErrorValue>()
  const { id, sessionId } = document
  const session = useServiceStore('sessions', (state) =>
    sessionId === undefined ? undefined : state.sessions[sessionId],
  )
  const latest = useRef(document)
  latest.current = document

  const asked = useRef(false)
  const open = useCallback(
    async (otherEngine?: EngineChoice) => {
      // Two Enters in one paste are still one wish.
      if (asked.current) return
      asked.current = true
      const { container, command, engine, reason, sessionId: endedId } = latest.current
      setOpening(true)
      setRefusal(undefined)
      terminal.awaitStream()
      const result = await core.call('session.open', {
        container,
        command,
        engine: otherEngine ?? engine,
        reason,
        size: terminal.size,
      })
      asked.current = false
      setOpening(false)
      if (!result.ok) {
        terminal.forgetTypeAhead()
        setRefusal(result.error)
        return
      }
      // Its screen is on this one's scrollback; the core need not keep it for a reload.
      if (endedId !== undefined) void core.call('session.close', { id: endedId })
      // The tab may have been closed meanwhile, and nobody else would end the session.
      if (workspace.store.getState().documents[id] === undefined)
        return void core.call('session.close', { id: result.value.id })
      sessions.setState(
        (state) => ({ sessions: { [result.value.id]: result.value, ...state.sessions } }),
        true,
      )
      workspace.update(id, 'terminal', { sessionId: result.value.id })
    },
    [core, id, sessions, terminal, workspace],
  )

  const isFresh = sessionId === undefined
  const began = useRef(false)
  useEffect(() => {
    if (!isFresh) began.current = false
    else if (!began.current) {
      began.current = true
      void open()
    }
  }, [isFresh, open])

  const openedDivider = useRef<Divider>(undefined)
  useEffect(() => {
    if (session === undefined) return
    if (terminal.stream !== session.stream) {
      openedDivider.current = terminal.divide(beginning(session))
      terminal.attach(session.stream)
    } else openedDivider.current?.setText(beginning(session))
  }, [session, terminal])

  const notice = session?.readyAt === undefined ? undefined : session.engineNotice
  const noticed = useRef<string>(undefined)
  useEffect(() => {
    if (notice === undefined || noticed.current === sessionId) return
    noticed.current = sessionId
    showToast({
      tone: 'warn',
      title: displayText(notice.message),
      ...(notice.detail === undefined ? {} : { text: displayText(notice.detail) }),
    })
  }, [notice, sessionId])

  const ending = session === undefined ? undefined : endingOf(session)
  useEffect(() => {
    if (ending !== undefined) terminal.divide(ending)
  }, [ending, terminal])

  return {
    session,
    opening,
    refusal,
    cold: sessionId !== undefined && session === undefined && !opening && refusal === undefined,
    open: () => void open(),
    openBuiltIn() {
      workspace.update(id, 'terminal', { engine: 'built-in' })
      void open('built-in')
    },
  }
}

/** The line above a session: what was begun, and by whom. It says "opened" only of one that was. */
function beginning({ state, startedAt, readyAt, endedAt, userName }: Session): string {
  if (readyAt !== undefined)
    return `Session opened ${formatClock(startedAt)}${userName === undefined ? '' : ` by ${displayText(userName)}`}`
  return state === 'ended'
    ? `Not connected, ${formatClock(endedAt ?? startedAt)}`
    : `Connecting, ${formatClock(startedAt)}`
}

/** The line below a session that was open; nothing while it lives. */
function endingOf({ state, endReason, readyAt, endedAt }: Session): string | undefined {
  if (state !== 'ended' || readyAt === undefined || endedAt === undefined) return undefined
  const at = formatClock(endedAt)
  switch (endReason) {
    case 'lost':
      return `Connection lost at ${at}`
    case 'task-stopped':
      return `Task stopped at ${at}`
    case 'timed-out':
      return `Ended by AWS at ${at}`
    default:
      return `Session ended ${at}`
  }
}

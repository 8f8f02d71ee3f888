import '@xterm/xterm/css/xterm.css'
import { useEffect, useRef, useState } from 'react'
import type { ErrorValue } from '../../../contract/errors.ts'
import type { Environment } from '../../../contract/identity.ts'
import type { Session } from '../../../contract/session.ts'
import { useDocuments, useServices } from '../../app/services.ts'
import { idleLimitInMilliseconds, idleTimeLeft } from '../../app/stores/sessions-store.ts'
import { IconButton } from '../../ui/button.tsx'
import { displayText } from '../../ui/display-text.ts'
import { RecordingDot, RemainingRing } from '../../ui/glyphs.tsx'
import { LatencyIcon, LockIcon, PauseIcon, SearchIcon } from '../../ui/icons.ts'
import { formatCountdown } from '../../ui/time.ts'
import { useNow } from '../../ui/use-now.ts'
import { ContextBar } from '../documents/context-bar.tsx'
import type { DocumentViewProps } from '../documents/document-views.ts'
import { needsPlugin, PluginNeeded } from '../plugin/plugin-needed.tsx'
import { FindBar } from './find-bar.tsx'
import { type PasteQuestion, pasteQuestion } from './paste-guard.ts'
import { PasteQuestionPanel } from './paste-question.tsx'
import { SessionBanner } from './session-banner.tsx'
import styles from './terminal.module.css'
import { onFindRequest, useTerminalCommands } from './terminal-commands.ts'
import type { TerminalInstance } from './terminal-instance.ts'
import { terminalsOf } from './terminal-registry.ts'
import { useTerminalPlace } from './use-terminal-place.ts'
import { type TerminalSession, useTerminalSession } from './use-terminal-session.ts'

export default function TerminalView({ document }: DocumentViewProps<'terminal'>) {
  const services = useServices()
  const terminal = terminalsOf(services).get(document)
  const terminalSession = useTerminalSession(document, terminal)
  const [finding, setFinding] = useState(false)
  const inFront = useDocuments(({ activeId }) => activeId === document.id)
  useTerminalCommands()
  const missing = missingPlugin(terminalSession)
  const { environment, containerName } = document.container
  const [asked, answer] = usePasteGuard(terminal, environment)

  const stream = terminalSession.session?.stream
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever asked for another session wants to type into it
  useEffect(() => {
    if (inFront && !finding && missing === undefined && asked === undefined) terminal.focus()
  }, [inFront, finding, terminal, missing, stream, asked])
  useEffect(() => {
    if (!inFront) return
    const requests = onFindRequest(() => setFinding(true))
    return () => requests[Symbol.dispose]()
  }, [inFront])
  useOpenOnEnter(terminal, terminalSession)

  const { session } = terminalSession
  return (
    <div className={styles.view}>
      <ContextBar document={document}>
        {session !== undefined && <SessionFacts session={session} />}
        <IconButton label="Find" onClick={() => setFinding(true)}>
          <SearchIcon size={13} stroke={1.75} aria-hidden />
        </IconButton>
      </ContextBar>
      <div className={styles.body}>
        {finding && <FindBar terminal={terminal} onClose={() => setFinding(false)} />}
        {asked !== undefined && (
          <PasteQuestionPanel
            question={asked}
            place={environment === 'production' ? 'production' : containerName}
            onAnswer={answer}
          />
        )}
        <Screen terminal={terminal} />
        {missing !== undefined && (
          <PluginNeeded
            error={missing}
            inFront={inFront}
            onReopen={terminalSession.open}
            onUseBuiltIn={terminalSession.openBuiltIn}
          />
        )}
      </div>
      {missing === undefined && (
        <div className={styles.bannerPlace}>
          <SessionBanner document={document} terminalSession={terminalSession} />
        </div>
      )}
    </div>
  )
}

/** What somebody is asked about, and how they answer. */
function usePasteGuard(terminal: TerminalInstance, environment: Environment) {
  const { settings } = useServices()
  const [question, setQuestion] = useState<PasteQuestion>()
  useEffect(() => {
    terminal.guardPaste = (text) => {
      const guard = settings.getState().settings.pasteGuard
      const asks = pasteQuestion(text, { guard, environment, bracketed: terminal.takesBracketedPaste })
      setQuestion(asks)
      return asks !== undefined
    }
    return () => {
      terminal.guardPaste = undefined
    }
  }, [terminal, environment, settings])
  const answer = (agreed: boolean) => {
    setQuestion(undefined)
    if (agreed && question !== undefined) terminal.paste(question.text, true)
  }
  return [question, answer] as const
}

/** Why there is no session, when a plugin would help: then the tab offers one instead of a banner. */
function missingPlugin({ session, opening, refusal }: TerminalSession): ErrorValue | undefined {
  if (opening) return undefined
  const error = refusal ?? (session?.state === 'ended' ? session.error : undefined)
  return needsPlugin(error) ? error : undefined
}

/** The place of the terminal on the page; the terminal itself belongs to the registry. */
function Screen({ terminal }: { terminal: TerminalInstance }) {
  const place = useTerminalPlace(terminal)
  return <div className={styles.screen} ref={place} />
}

/** Enter takes the banner's step, because the keyboard is where the shell was. */
function useOpenOnEnter(terminal: TerminalInstance, terminalSession: TerminalSession): void {
  const { session, refusal, cold, opening, open } = terminalSession
  const { core } = useServices()
  const waiting = session?.retryAt === undefined ? undefined : session.id
  useEffect(() => {
    if (waiting === undefined) return
    // The key is kept for the shell as well: somebody may have typed on without noticing.
    const keys = terminal.terminal.onData((text) => {
      if (text === '\r') void core.call('session.retry', { id: waiting })
    })
    return () => keys.dispose()
  }, [core, waiting, terminal])
  const canOpen =
    !opening &&
    missingPlugin(terminalSession) === undefined &&
    (refusal !== undefined ||
      cold ||
      (session?.state === 'ended' &&
        session.endReason !== 'task-stopped' &&
        session.error?.code !== 'TASK_STOPPED'))
  const latest = useRef(open)
  latest.current = open
  useEffect(() => {
    if (!canOpen) return
    const keys = terminal.terminal.onData((text) => {
      if (text === '\r') latest.current()
    })
    return () => keys.dispose()
  }, [canOpen, terminal])
}

function SessionFacts({ session }: { session: Session }) {
  const live = session.state !== 'connecting' && session.state !== 'ended'
  return (
    <>
      {session.state === 'degraded' && session.error !== undefined && <SlowFact error={session.error} />}
      {live && <RecordingFact session={session} />}
      {live && session.kmsEncrypted && (
        <span title="Encrypted with the cluster's KMS key, from this computer to the container">
          <LockIcon size={13} stroke={1.75} aria-label="Encrypted with KMS" />
        </span>
      )}
      <IdleFact session={session} />
    </>
  )
}

function RecordingFact({ session }: { session: Session }) {
  if (session.recordingPausedAt !== undefined) return <PausedFact session={session} />
  if (session.recording)
    return (
      <span>
        <RecordingDot /> Recording
      </span>
    )
  const why = session.recordingProblem
  return (
    <span className={styles.notRecording} title={why === undefined ? undefined : displayText(why.message)}>
      <RecordingDot on={false} /> Not recording
    </span>
  )
}

/** Never silent: what passes now is in no record, and one click brings it back. */
function PausedFact({ session: { id, recordingPausedAt = 0 } }: { session: Session }) {
  const { core } = useServices()
  const now = useNow()
  return (
    <button
      type="button"
      className={styles.paused}
      title="Nothing of what passes now is recorded. Click to record again"
      onClick={() => void core.call('session.resumeRecording', { id })}
    >
      <PauseIcon size={13} stroke={2} aria-hidden />
      Recording paused {formatCountdown(Math.max(0, now - recordingPausedAt))}
    </button>
  )
}

/** The line stands and the other end is slow to answer: a mark and no banner, because it often passes. */
function SlowFact({ error }: { error: ErrorValue }) {
  const words = [error.message, error.action].filter((part) => part !== undefined).map(displayText)
  return (
    <span className={styles.slow} role="status" title={words.join(' ')}>
      <LatencyIcon size={13} stroke={1.75} aria-hidden />
      No answer
    </span>
  )
}

function IdleFact({ session }: { session: Session }) {
  const left = idleTimeLeft(session, useNow())
  if (left === undefined) return null
  if (session.keepAlive)
    return (
      <span className={styles.slow} title="AWS's idle limit is kept away until you turn that off">
        <RemainingRing fraction={1} low />
        Kept alive
      </span>
    )
  const low = left < lowIdleTime
  return (
    <span
      className={low ? styles.slow : undefined}
      title="AWS ends the session when this runs out without input"
    >
      <RemainingRing fraction={left / idleLimitInMilliseconds} low={low} />
      {low && formatCountdown(left)}
    </span>
  )
}

/** Only the last minutes are counted down: a number that moves all day is noise. */
const lowIdleTime = 5 * 60_000

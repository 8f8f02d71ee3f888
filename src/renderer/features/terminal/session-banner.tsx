import type { ReactNode } from 'react'
import type { ErrorValue } from '../../../contract/errors.ts'
import type { Session } from '../../../contract/session.ts'
import { useRunCommand } from '../../app/commands/use-commands.ts'
import {
  readinessDocument,
  type TerminalDocument,
  taskDocument,
  taskRefOf,
} from '../../app/documents/document.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { clusterKey } from '../../app/stores/catalog-store.ts'
import { needsSignIn } from '../../app/stores/sessions-store.ts'
import { Button } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { Spinner } from '../../ui/glyphs.tsx'
import {
  ClockIcon,
  CredentialsIcon,
  DisconnectedIcon,
  ReadinessIcon,
  ReplaceIcon,
  ShellIcon,
} from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import { openReplayOf } from '../replay/open-replay.ts'
import { reopenTab, requestShell } from '../shells/open-shell.ts'
import { Banner, ErrorBanner, MainStep } from './banner.tsx'
import { findReplacement } from './find-replacement.ts'
import { AwaitedRecording, ConnectingBanner, IdleBanner, ReconnectingBanner } from './passing-banners.tsx'
import styles from './terminal.module.css'
import type { TerminalSession } from './use-terminal-session.ts'

/** At the end of the screen: what became of the session, and the next step. Nothing while all is well. */
export function SessionBanner({
  document,
  terminalSession,
}: {
  document: TerminalDocument
  terminalSession: TerminalSession
}) {
  const { session, opening, refusal, cold, open } = terminalSession

  if (session?.state === 'connecting' && session.retryAt !== undefined)
    return <ConnectingBanner session={session} retryAt={session.retryAt} />
  if (opening || session?.state === 'connecting')
    return (
      <div className={classNames(styles.banner, styles.connecting)} role="status">
        <Spinner size={13} />
        <span>
          Connecting to <Name text={document.container.containerName} />
          {session?.awaitsRecording === true && <AwaitedRecording />}
        </span>
      </div>
    )
  if (refusal !== undefined)
    return (
      <ErrorBanner title="Not connected" error={refusal}>
        <ErrorSteps error={refusal} document={document} label="Try again" open={open} />
      </ErrorBanner>
    )
  if (cold)
    return (
      <Banner icon={ShellIcon} title="Not connected" text="The session ended when Porthole was closed.">
        <MainStep label="Open shell" onClick={open} />
      </Banner>
    )
  switch (session?.state) {
    case 'reconnecting':
      return <ReconnectingBanner document={document} session={session} />
    case 'ended':
      return <EndedBanner document={document} session={session} open={open} />
    default:
      return session === undefined ? null : <IdleBanner session={session} />
  }
}

function EndedBanner({
  document,
  session,
  open,
}: {
  document: TerminalDocument
  session: Session
  open: () => void
}) {
  switch (session.endReason) {
    case 'task-stopped':
      return <TaskStoppedBanner document={document} />
    case 'timed-out':
      return (
        <Banner
          icon={ClockIcon}
          title="Ended by AWS"
          text="20 min without input. This limit cannot be changed."
        >
          <ReplayStep session={session} />
          <MainStep label="Reconnect" onClick={open} />
        </Banner>
      )
    case 'lost':
    case 'failed':
      // The list was older than the task.
      if (session.error?.code === 'TASK_STOPPED') return <TaskStoppedBanner document={document} />
      return <BrokenBanner document={document} session={session} open={open} />
    default:
      return (
        <Banner icon={ShellIcon} title="Session ended" text="The shell exited.">
          <ReplayStep session={session} />
          <MainStep label="New shell" onClick={open} />
        </Banner>
      )
  }
}

/** What was done is one click away while one still thinks of it. */
function ReplayStep({ session }: { session: Session }) {
  const services = useServices()
  if (session.recordingProblem !== undefined) return null
  return (
    <Button variant="ghost" onClick={() => void openReplayOf(services, session.id)}>
      Replay
    </Button>
  )
}

function BrokenBanner({
  document,
  session,
  open,
}: {
  document: TerminalDocument
  session: Session
  open: () => void
}) {
  const { endReason, error } = session
  const title = endReason === 'lost' ? 'Connection lost' : 'Not connected'
  const label = endReason === 'lost' ? 'Reconnect' : 'Try again'
  if (error === undefined)
    return (
      <Banner icon={DisconnectedIcon} tone="warn" title={title}>
        <MainStep label={label} onClick={open} />
      </Banner>
    )
  return (
    <ErrorBanner title={title} error={error}>
      <ErrorSteps error={error} document={document} label={label} open={open} />
    </ErrorBanner>
  )
}

/** Refusals whose cause lies with the task, its role or its network, or with the person's own role. */
const barredCodes: ReadonlySet<ErrorValue['code']> = new Set([
  'EXEC_NOT_ENABLED',
  'AGENT_NOT_RUNNING',
  'TARGET_NOT_CONNECTED',
  'EXEC_LOGGING_REFUSED',
  'HANDSHAKE_FAILED',
  'ACCESS_DENIED',
])

/** Besides another try: what helps against this error in particular. */
function ErrorSteps({
  error,
  document,
  label,
  open,
}: {
  error: ErrorValue
  document: TerminalDocument
  label: string
  open: () => void
}): ReactNode {
  const services = useServices()
  const run = useRunCommand()
  return (
    <>
      {needsSignIn(error) && (
        <Button onClick={() => services.interface.setState({ dialog: { kind: 'sign-in' } })}>
          <CredentialsIcon size={14} stroke={1.75} aria-hidden />
          Sign in
        </Button>
      )}
      {error.code === 'ACCESS_DENIED' && (
        <Button variant="ghost" onClick={() => run('role.change')}>
          Change role
        </Button>
      )}
      {barredCodes.has(error.code) && (
        <Button
          variant="ghost"
          onClick={() => services.workspace.open(readinessDocument(taskRefOf(document.container)))}
        >
          <ReadinessIcon size={14} stroke={1.75} aria-hidden />
          Why can’t I connect?
        </Button>
      )}
      {error.code.startsWith('PLUGIN_') && (
        <Button variant="ghost" onClick={() => reopenTab(services, document.id, { engine: 'built-in' })}>
          Use the built-in engine
        </Button>
      )}
      <MainStep label={label} onClick={open} />
    </>
  )
}

/** A stopped task never comes back; its service may have started another. */
function TaskStoppedBanner({ document }: { document: TerminalDocument }) {
  const services = useServices()
  const { container } = document
  const key = clusterKey(container.scope, container.clusterArn)
  const cluster = useServiceStore('catalog', ({ clusters }) => clusters[key])
  const replacement = findReplacement(cluster, container)
  const stopped = cluster?.tasks.find(({ arn }) => arn === container.taskArn)
  return (
    <Banner
      icon={ReplaceIcon}
      title="Task stopped"
      text={
        stopped?.stoppedReason ??
        (replacement === undefined ? 'No other task of its service runs yet.' : undefined)
      }
    >
      <Button variant="ghost" onClick={() => services.workspace.open(taskDocument(taskRefOf(container)))}>
        Audit
      </Button>
      {replacement !== undefined && (
        <Button
          onClick={() =>
            requestShell(
              services,
              { ...container, taskArn: replacement.arn, taskId: replacement.id },
              { inTab: document.id },
            )
          }
        >
          Connect to <span className={styles.mono}>{replacement.id.slice(0, 8)}</span>
        </Button>
      )}
    </Banner>
  )
}

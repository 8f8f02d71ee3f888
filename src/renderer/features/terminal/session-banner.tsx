import type { ComponentType, ReactNode } from 'react'
import type { ErrorValue } from '../../../contract/errors.ts'
import type { Session } from '../../../contract/session.ts'
import { type TerminalDocument, taskDocument, taskRefOf } from '../../app/documents/document.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { clusterKey } from '../../app/stores/catalog-store.ts'
import { Button } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { displayText } from '../../ui/display-text.ts'
import { Spinner } from '../../ui/glyphs.tsx'
import {
  AlertIcon,
  ClockIcon,
  DisconnectedIcon,
  type IconProps,
  ReplaceIcon,
  ShellIcon,
} from '../../ui/icons.ts'
import { Kbd } from '../../ui/kbd.tsx'
import { Name } from '../../ui/name.tsx'
import { requestShell } from '../shells/open-shell.ts'
import { findReplacement } from './find-replacement.ts'
import styles from './terminal.module.css'
import type { TerminalSession } from './use-terminal-session.ts'

/** Below the screen: what became of the session, and the next step. Nothing while all is well. */
export function SessionBanner({
  document,
  terminalSession,
}: {
  document: TerminalDocument
  terminalSession: TerminalSession
}) {
  const { session, opening, refusal, cold, open } = terminalSession
  const again = <OpenAgain label="Try again" onClick={open} />

  if (opening || session?.state === 'connecting')
    return (
      <div className={classNames(styles.banner, styles.connecting)} role="status">
        <Spinner size={13} />
        <span>
          Connecting to <Name text={document.container.containerName} />
        </span>
      </div>
    )
  if (refusal !== undefined) return <ErrorBanner title="Not connected" error={refusal} actions={again} />
  if (cold)
    return (
      <Banner icon={ShellIcon} title="Not connected" text="The session ended when Porthole was closed.">
        <OpenAgain label="Open shell" onClick={open} />
      </Banner>
    )
  if (session?.state === 'reconnecting')
    return <Banner icon={DisconnectedIcon} tone="warn" title="Connection lost" text="Trying again" />
  if (session?.state === 'ended') return <EndedBanner document={document} session={session} open={open} />
  return null
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
          <OpenAgain label="Reconnect" onClick={open} />
        </Banner>
      )
    case 'lost':
    case 'failed': {
      const actions = (
        <OpenAgain label={session.endReason === 'lost' ? 'Reconnect' : 'Try again'} onClick={open} />
      )
      const title = session.endReason === 'lost' ? 'Connection lost' : 'Not connected'
      if (session.error !== undefined)
        return <ErrorBanner title={title} error={session.error} actions={actions} />
      return (
        <Banner icon={DisconnectedIcon} tone="warn" title={title}>
          {actions}
        </Banner>
      )
    }
    default:
      return (
        <Banner icon={ShellIcon} title="Session ended" text="The shell exited.">
          <OpenAgain label="New shell" onClick={open} />
        </Banner>
      )
  }
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
            requestShell(services, { ...container, taskArn: replacement.arn, taskId: replacement.id })
          }
        >
          Connect to <span className={styles.mono}>{replacement.id.slice(0, 8)}</span>
        </Button>
      )}
    </Banner>
  )
}

function ErrorBanner({ title, error, actions }: { title: string; error: ErrorValue; actions: ReactNode }) {
  return (
    <Banner
      icon={AlertIcon}
      tone="warn"
      title={`${title}. ${displayText(error.message)}`}
      text={error.action === undefined ? undefined : displayText(error.action)}
      detail={error.detail}
    >
      {actions}
    </Banner>
  )
}

function OpenAgain({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <Button variant="primary" onClick={onClick}>
      {label}
      <Kbd>↵</Kbd>
    </Button>
  )
}

function Banner({
  icon: Icon,
  tone,
  title,
  text,
  detail,
  children,
}: {
  icon: ComponentType<IconProps>
  tone?: 'warn'
  title: string
  text?: string | undefined
  detail?: string | undefined
  children?: ReactNode
}) {
  return (
    <div className={classNames(styles.banner, tone === 'warn' && styles.warn)} role="status">
      <Icon className={styles.bannerIcon} size={15} stroke={1.75} aria-hidden />
      <div className={styles.words}>
        <b>{title}</b>
        {text !== undefined && <span>{displayText(text)}</span>}
        {detail !== undefined && (
          <details>
            <summary>Detail</summary>
            <bdi>{displayText(detail)}</bdi>
          </details>
        )}
      </div>
      {children}
    </div>
  )
}

import type { IDockviewPanelHeaderProps } from 'dockview-react'
import { type ComponentType, type MouseEvent, useEffect } from 'react'
import type { Session } from '../../../contract/session.ts'
import { type Document, taskOf } from '../../app/documents/document.ts'
import { useDocuments, useServiceStore, useServices } from '../../app/services.ts'
import { idleLimitInMilliseconds, idleTimeLeft } from '../../app/stores/sessions-store.ts'
import { useContextMenu } from '../../ui/context-menu.tsx'
import { displayText } from '../../ui/display-text.ts'
import { environmentWords } from '../../ui/environment.tsx'
import { RecordingDot, RemainingRing } from '../../ui/glyphs.tsx'
import { CloseIcon, DisconnectedIcon, type IconProps, LatencyIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import { formatCountdown } from '../../ui/time.ts'
import { useNow } from '../../ui/use-now.ts'
import { viewOf } from './document-views.ts'
import styles from './documents.module.css'

/** Below this a tab says how long its session still has; calm tabs count nothing down. */
const minutesAppearBelow = 5 * 60_000

export function DocumentTab({ api }: IDockviewPanelHeaderProps) {
  const { workspace } = useServices()
  const document = useDocuments((state) => state.documents[api.id])
  const session = useSessionOf(document)
  const openMenu = useContextMenu()
  const spoken = document === undefined ? '' : spokenTitle(document, session)
  useEffect(() => api.setTitle(spoken), [api, spoken])
  if (document === undefined) return null

  const { icon, title } = viewOf(document)
  const { name, context } = title(document)
  const ended = session?.state === 'ended'
  const Icon: ComponentType<IconProps> =
    ended || session?.state === 'reconnecting'
      ? DisconnectedIcon
      : session?.state === 'degraded'
        ? LatencyIcon
        : icon

  const close = () => workspace.close(document.id)
  const closeWithMiddleButton = (event: MouseEvent) => {
    if (event.button === 1) close()
  }
  const others = () => Object.keys(workspace.store.getState().documents).filter((id) => id !== document.id)

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dockview's own tab around this has the role and the keys
    <div
      ref={(element) => setLeastWidth(element, name, document.kind === 'terminal')}
      className={styles.tab}
      data-environment={taskOf(document)?.environment}
      data-kind={document.kind}
      onAuxClick={closeWithMiddleButton}
      onContextMenu={(event) =>
        openMenu(event, [
          { label: 'Close', run: close },
          {
            label: 'Close others',
            disabled: others().length === 0,
            run: () => {
              for (const id of others()) workspace.close(id)
            },
          },
          'divider',
          { label: 'Split right', run: () => workspace.stage?.moveToSplit(document.id, 'right') },
          { label: 'Split down', run: () => workspace.stage?.moveToSplit(document.id, 'down') },
        ])
      }
    >
      <Icon size={14} stroke={1.75} aria-hidden />
      <span className={styles.tabWords}>
        <Name className={styles.tabName} text={name} />
        {context !== undefined && <Name className={styles.tabContext} text={context} />}
      </span>
      {session !== undefined && <SessionState session={session} />}
      <button
        type="button"
        className={styles.tabClose}
        aria-label="Close tab"
        title="Close"
        tabIndex={-1}
        onPointerDown={(event) => event.stopPropagation()}
        onClick={close}
      >
        <CloseIcon size={12} stroke={2} aria-hidden />
      </button>
    </div>
  )
}

/** Everything of a tab but its name: padding, icon and close button; for shells also recording dot and idle ring. */
const widthWithoutName = 66
const widthOfSessionState = 32

/**
 * Tabs give way by dropping their context, never their name. The strip is the
 * layout library's, so the least width goes on its own element.
 */
function setLeastWidth(element: HTMLElement | null, name: string, isShell: boolean): void {
  const strip = element?.closest<HTMLElement>('.dv-tab')
  const rest = widthWithoutName + (isShell ? widthOfSessionState : 0)
  strip?.style.setProperty('--least-width', `calc(${[...name].length}ch + ${rest}px)`)
}

/** What a screen reader says for the tab: "nginx, storefront, Production, ended". */
function spokenTitle(document: Document, session: Session | undefined): string {
  const { name, context } = viewOf(document).title(document)
  const environment = taskOf(document)?.environment
  const state =
    session?.state === 'ended'
      ? 'ended'
      : session?.state === 'reconnecting'
        ? 'connection lost'
        : session?.state === 'degraded'
          ? 'no answer'
          : undefined
  return [name, context, environment && environmentWords[environment], state]
    .filter((part) => part !== undefined)
    .map(displayText)
    .join(', ')
}

function useSessionOf(document: Document | undefined): Session | undefined {
  return useServiceStore('sessions', ({ sessions }) =>
    document?.kind === 'terminal' && document.sessionId !== undefined
      ? sessions[document.sessionId]
      : undefined,
  )
}

function SessionState({ session }: { session: Session }) {
  if (session.state === 'ended' || session.state === 'connecting') return null
  return (
    <>
      {session.recording && session.state !== 'reconnecting' && (
        <RecordingDot
          on={session.recordingPausedAt === undefined}
          label={session.recordingPausedAt === undefined ? 'Recording' : 'Recording paused'}
        />
      )}
      <IdleTime session={session} />
    </>
  )
}

function IdleTime({ session }: { session: Session }) {
  const left = idleTimeLeft(session, useNow())
  if (left === undefined) return null
  const low = left < minutesAppearBelow && !session.keepAlive
  return (
    <>
      <RemainingRing fraction={left / idleLimitInMilliseconds} low={low} />
      {low && <span className={styles.tabLeft}>{formatCountdown(left)}</span>}
    </>
  )
}

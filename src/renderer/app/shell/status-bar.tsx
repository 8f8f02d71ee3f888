import type { ReactNode } from 'react'
import type { Session } from '../../../contract/session.ts'
import { exportPercent } from '../../features/integrity/export-words.ts'
import { groupedAccountId } from '../../ui/account-id.ts'
import { useContextMenu } from '../../ui/context-menu.tsx'
import { displayText } from '../../ui/display-text.ts'
import { environmentWords } from '../../ui/environment.tsx'
import { RecordingDot } from '../../ui/glyphs.tsx'
import { CloudIcon, EngineIcon, ExportIcon, LatencyIcon, RegionIcon, UserIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import { formatDuration } from '../../ui/time.ts'
import { useNow } from '../../ui/use-now.ts'
import { useRunCommand } from '../commands/use-commands.ts'
import { useDocuments, useServiceStore } from '../services.ts'
import { accountName } from '../stores/accounts-store.ts'
import { isLive } from '../stores/sessions-store.ts'
import { Notices } from './notices.tsx'
import styles from './status-bar.module.css'
import { useFrontCaller, useFrontIdentity, useFrontScope } from './use-front-scope.ts'
import { WhoAmI } from './who-am-i.tsx'

/** Where one is and as whom, always in the same place. */
export function StatusBar() {
  const front = useFrontScope()
  return (
    <footer className={styles.bar}>
      {front !== undefined && (
        <>
          <span className={styles.where} data-environment={front.account?.environment ?? 'other'}>
            <CloudIcon size={13} stroke={1.75} aria-hidden />
            {environmentWords[front.account?.environment ?? 'other']}
          </span>
          <span>
            <Name
              className={styles.account}
              text={front.account === undefined ? front.scope.accountId : accountName(front.account)}
            />
            <span className={`${styles.quiet} wide-only`}>{groupedAccountId(front.scope.accountId)}</span>
          </span>
          <Separator />
          <RegionButton region={front.scope.region} />
          <Separator />
          <Role roleName={front.scope.roleName} />
        </>
      )}
      <span className={styles.right}>
        <ExportUnderWay />
        <LiveSessions />
        <EngineInUse />
        <RoundTrip />
        <Notices />
      </span>
    </footer>
  )
}

function Separator() {
  return <i className={styles.separator} aria-hidden />
}

function StatusButton({
  label,
  onClick,
  children,
}: {
  label: string
  onClick: () => void
  children: ReactNode
}) {
  return (
    <button type="button" className={styles.button} title={label} onClick={onClick}>
      {children}
    </button>
  )
}

function RegionButton({ region }: { region: string }) {
  const run = useRunCommand()
  return (
    <StatusButton label="Change region" onClick={() => run('region.change')}>
      <RegionIcon size={13} stroke={1.75} aria-hidden />
      {region}
    </StatusButton>
  )
}

/** Identity Center gives role credentials for one hour unless an administrator chose otherwise. */
const usualRoleLifetime = 60 * 60_000

function Role({ roleName }: { roleName: string }) {
  const run = useRunCommand()
  const caller = useFrontCaller()
  const now = useNow('minute')
  const left = caller?.expiresAt === undefined ? undefined : caller.expiresAt - now
  return (
    <>
      <StatusButton label="Change role" onClick={() => run('role.change')}>
        <UserIcon size={13} stroke={1.75} aria-hidden />
        {caller !== undefined && <Name text={caller.userName} />}
        <Name className={styles.quiet} text={roleName} />
      </StatusButton>
      <Separator />
      <WhoAmI>
        {left !== undefined && left > 0 && (
          <>
            <span className={styles.remaining}>
              <i style={{ width: `${Math.min(100, (left / usualRoleLifetime) * 100)}%` }} />
            </span>
            Role {formatDuration(left)}
          </>
        )}
        <SignInLeft now={now} />
      </WhoAmI>
    </>
  )
}

/** The sign-in renews itself where it can; near its end, or past it, everybody should see it. */
const signInEndsSoonMilliseconds = 30 * 60_000

function SignInLeft({ now }: { now: number }) {
  const identity = useFrontIdentity()
  if (identity === undefined) return null
  const { state, expiresAt } = identity
  if (state === 'expired') return <span className={styles.ended}>Sign-in ended</span>
  if (expiresAt === undefined || expiresAt <= now) return null
  const soon = expiresAt - now < signInEndsSoonMilliseconds
  return (
    <span className={soon ? undefined : `${styles.quiet} wide-only`}>
      Sign-in {formatDuration(expiresAt - now)}
    </span>
  )
}

/** The way back to an export that goes on in the background. */
function ExportUnderWay() {
  const outcome = useServiceStore('exports', ({ latest }) => latest?.outcome)
  const run = useRunCommand()
  if (outcome?.state !== 'running') return null
  return (
    <StatusButton label="Show the export" onClick={() => run('audit.export')}>
      <ExportIcon size={13} stroke={1.75} aria-hidden />
      Exporting{outcome.progress !== undefined && ` ${exportPercent(outcome.progress)}%`}
    </StatusButton>
  )
}

function LiveSessions() {
  const live = useServiceStore('sessions', ({ sessions }) => Object.values(sessions).filter(isLive).length)
  if (live === 0) return null
  return (
    <span>
      <RecordingDot />
      {live} live
    </span>
  )
}

const engineWords: Record<NonNullable<Session['engine']> | 'auto', string> = {
  auto: 'Automatic engine',
  plugin: 'Plugin engine',
  'built-in': 'Built-in engine',
}

function useFrontDocument() {
  return useDocuments((state) => (state.activeId === undefined ? undefined : state.documents[state.activeId]))
}

/** The session of the terminal in front. */
function useFrontSession(): Session | undefined {
  const front = useFrontDocument()
  return useServiceStore('sessions', ({ sessions }) =>
    front?.kind === 'terminal' && front.sessionId !== undefined ? sessions[front.sessionId] : undefined,
  )
}

function RoundTrip() {
  const milliseconds = useFrontSession()?.roundTripMilliseconds
  if (milliseconds === undefined) return null
  return (
    <span title="Round trip to the container, as the last keys took it">
      <LatencyIcon size={13} stroke={1.75} aria-hidden />
      {milliseconds} ms
    </span>
  )
}

/** Which engine carries the front session; for a terminal, also the way to another one. */
function EngineInUse() {
  const chosen = useServiceStore('settings', (state) => state.settings.engine)
  const front = useFrontDocument()
  const session = useFrontSession()
  const openMenu = useContextMenu()
  const run = useRunCommand()
  const words = (
    <>
      <EngineIcon size={13} stroke={1.75} aria-hidden />
      {engineWords[session?.engine ?? chosen]}
    </>
  )
  if (front?.kind !== 'terminal') return <span className="wide-only">{words}</span>
  const forTab = front.engine ?? chosen
  return (
    <button
      type="button"
      className={`${styles.button} wide-only`}
      title={displayText(session?.engineNotice?.message ?? 'Change the engine of this tab')}
      onClick={(event) =>
        openMenu(event, [
          { heading: 'Reconnect this tab with' },
          ...(['auto', 'built-in', 'plugin'] as const).map((engine) => ({
            label: engineWords[engine],
            checked: engine === forTab,
            run: () => run(`terminal.engine.${engine}`),
          })),
        ])
      }
    >
      {words}
    </button>
  )
}

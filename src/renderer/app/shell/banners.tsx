import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import { Button } from '../../ui/button.tsx'
import { AlertIcon, CredentialsIcon, DisconnectedIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import { formatClock, formatCountdown } from '../../ui/time.ts'
import { useNow } from '../../ui/use-now.ts'
import { useServiceStore, useServices } from '../services.ts'
import { endedIdentities } from '../stores/identities-store.ts'
import styles from './shell.module.css'

/** What concerns the whole window: the way to the core is lost, or a sign-in ended. Tabs stay. */
export function Banners() {
  return (
    <>
      <LinkBanner />
      <ProblemBanners />
      <SignInBanner />
    </>
  )
}

function LinkBanner() {
  const { core } = useServices()
  const link = useStore(core.state)
  return link.status === 'lost' ? <LostLink retryAt={link.retryAt} /> : null
}

/** Apart, so that no clock runs while all is well. */
function LostLink({ retryAt }: { retryAt: number }) {
  const { core } = useServices()
  const now = useNow()
  return (
    <div className={styles.banner} data-tone="warn" role="status">
      <DisconnectedIcon size={14} stroke={1.75} aria-hidden />
      <b>This window lost its connection to Porthole</b>
      <span>Trying again in {formatCountdown(retryAt - now)}</span>
      <Button size="small" onClick={() => core.retryNow()}>
        Connect now
      </Button>
    </div>
  )
}

/** Parts of the app that failed as a whole. They go when the part works again. */
function ProblemBanners() {
  const problems = useServiceStore('interface', (state) => state.problems)
  return problems.map(({ code, message, action }) => (
    <div key={`${code} ${message}`} className={styles.banner} data-tone="warn" role="status">
      <AlertIcon size={14} stroke={1.75} aria-hidden />
      <b>{message}</b>
      {action !== undefined && <span>{action}</span>}
    </div>
  ))
}

function SignInBanner() {
  const { interface: interfaceStore } = useServices()
  const ended = useServiceStore('identities', useShallow(endedIdentities))
  const first = ended[0]
  if (first === undefined) return null
  return (
    <div className={styles.banner} role="status">
      <CredentialsIcon size={14} stroke={1.75} aria-hidden />
      <b>
        Your sign-in to <Name text={first.name} /> ended
        {first.expiresAt !== undefined && ` at ${formatClock(first.expiresAt)}`}
      </b>
      <span>Open shells keep running. Lists are paused.</span>
      <Button size="small" onClick={() => interfaceStore.setState({ dialog: { kind: 'sign-in' } })}>
        Sign in
      </Button>
    </div>
  )
}

import { useEffect, useState } from 'react'
import { useRunCommand } from '../../app/commands/use-commands.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { changeSettings } from '../../app/stores/settings-store.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Logo } from '../../ui/glyphs.tsx'
import { BackIcon, DarkIcon, LightIcon, LockIcon, SettingsIcon } from '../../ui/icons.ts'
import { ChooseIdentity } from './choose-identity.tsx'
import { DemoStrip } from './demo-strip.tsx'
import styles from './sign-in.module.css'
import { type SignInTarget, useSignIn } from './use-sign-in.ts'
import { WaitForApproval } from './wait-for-approval.tsx'

/** First run, and every sign-in after it. `overWorkspace`: open tabs wait behind, so there is a way back. */
export default function SignIn({ overWorkspace }: { overWorkspace: boolean }) {
  const { interface: interfaceStore, identities, workspace } = useServices()
  const signIn = useSignIn()
  const [target, setTarget] = useState<SignInTarget | undefined>(undefined)
  const done = signIn.attempt?.state === 'signed-in'

  const leave = () => {
    signIn.cancel()
    if (overWorkspace) interfaceStore.setState({ dialog: undefined })
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the end of the attempt matters
  useEffect(() => {
    if (!done) return
    identities.setState({ attempt: undefined })
    interfaceStore.setState((state) => (state.dialog?.kind === 'sign-in' ? { dialog: undefined } : state))
  }, [done])
  // Back at work, the keyboard is where it was: in the tab in front.
  useEffect(
    () => (overWorkspace ? () => void workspace.stage?.focus() : undefined),
    [overWorkspace, workspace],
  )

  return (
    <div className={styles.screen} data-sign-in="">
      <TopBar onBack={overWorkspace ? leave : undefined} />
      <Sea />
      <main className={styles.main}>
        <div className={styles.brand}>
          <Logo />
          <h1>Porthole</h1>
          <p>Shells in your ECS containers, and a record of what happened in them.</p>
        </div>
        <div className={styles.column}>
          {signIn.attempt === undefined ? (
            <ChooseIdentity
              starting={signIn.starting}
              problem={signIn.problem}
              onEdit={signIn.reset}
              onStart={(flow, chosen) => {
                setTarget(chosen)
                void signIn.start(flow, chosen)
              }}
            />
          ) : (
            <WaitForApproval
              attempt={signIn.attempt}
              onBack={signIn.cancel}
              onCode={signIn.giveCode}
              onStart={(flow) =>
                void signIn.start(flow, target ?? { identityId: signIn.attempt?.identityId ?? '' })
              }
            />
          )}
          <DemoStrip />
        </div>
      </main>
      <Foot />
    </div>
  )
}

function TopBar({ onBack }: { onBack: (() => void) | undefined }) {
  const { core, settings, interface: interfaceStore } = useServices()
  const isDark = document.documentElement.dataset.theme === 'dark'
  // Drawn again when the choice changes, which is when the scheme can.
  useServiceStore('settings', (state) => state.settings.theme)
  return (
    <header className={styles.top}>
      {onBack !== undefined && (
        <IconButton label="Back to your tabs" onClick={onBack}>
          <BackIcon size={16} stroke={1.6} aria-hidden />
        </IconButton>
      )}
      <span />
      <IconButton
        label={isDark ? 'Light theme' : 'Dark theme'}
        onClick={() => void changeSettings(core, settings, { theme: isDark ? 'light' : 'dark' })}
      >
        {isDark ? (
          <LightIcon size={16} stroke={1.6} aria-hidden />
        ) : (
          <DarkIcon size={16} stroke={1.6} aria-hidden />
        )}
      </IconButton>
      {onBack === undefined && (
        <IconButton
          label="Settings"
          onClick={() => interfaceStore.setState({ dialog: { kind: 'settings' } })}
        >
          <SettingsIcon size={16} stroke={1.6} aria-hidden />
        </IconButton>
      )}
    </header>
  )
}

/** Rings on water around the porthole. */
function Sea() {
  return (
    <div className={styles.sea} aria-hidden="true">
      <svg className={styles.rings} viewBox="0 0 1200 1200" aria-hidden="true">
        {[150, 262, 392, 540].map((radius) => (
          <circle key={radius} cx="600" cy="600" r={radius} />
        ))}
      </svg>
    </div>
  )
}

function Foot() {
  const { host } = useServices()
  const run = useRunCommand()
  return (
    <footer className={styles.foot}>
      <span>
        <LockIcon size={14} stroke={1.75} aria-hidden />
        Tokens stay in the AWS CLI’s own cache, readable only by you.
      </span>
      <span>
        <Button variant="link" onClick={() => run('diagnostics.open')}>
          Diagnostics
        </Button>
        Porthole {host.version}
      </span>
    </footer>
  )
}

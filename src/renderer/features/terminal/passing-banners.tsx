import { useEffect, useState } from 'react'
import type { Session } from '../../../contract/session.ts'
import type { TerminalDocument } from '../../app/documents/document.ts'
import { useServices } from '../../app/services.ts'
import { idleTimeLeft, idleWarningMilliseconds, needsSignIn } from '../../app/stores/sessions-store.ts'
import { Button } from '../../ui/button.tsx'
import { ClockIcon, CredentialsIcon, DisconnectedIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import { formatCountdown } from '../../ui/time.ts'
import { useNow } from '../../ui/use-now.ts'
import { requestShell } from '../shells/open-shell.ts'
import { Banner, MainStep } from './banner.tsx'
import { terminalsOf } from './terminal-registry.ts'

/** What is over within this was never there: a word about it would only flicker. */
const shortInterruptionMilliseconds = 700

/** The task is there and its agent is not yet. */
export function ConnectingBanner({ session, retryAt }: { session: Session; retryAt: number }) {
  const retry = useRetry(session)
  return (
    <Banner
      icon={ClockIcon}
      over
      title={session.error?.message ?? 'Not connected yet'}
      text={<Countdown until={retryAt} />}
    >
      <MainStep label="Try now" onClick={retry} />
    </Banner>
  )
}

/** Why a shell that is there takes no key yet. Usually a moment, which is not worth a word. */
export function AwaitedRecording() {
  const isLong = useLasting(shortInterruptionMilliseconds)
  if (!isLong) return null
  return '. It waits for its recording to begin, and so does what you type'
}

export function ReconnectingBanner({ document, session }: { document: TerminalDocument; session: Session }) {
  const services = useServices()
  const { interface: interfaceStore } = services
  const retry = useRetry(session)
  const isLong = useLasting(shortInterruptionMilliseconds)
  if (!isLong) return null
  if (session.error !== undefined && needsSignIn(session.error))
    return (
      <Banner
        icon={CredentialsIcon}
        tone="warn"
        over
        title="Connection lost, and your sign-in has ended"
        text="The session goes on as soon as you have signed in. What you type is kept."
      >
        <Button variant="primary" onClick={() => interfaceStore.setState({ dialog: { kind: 'sign-in' } })}>
          Sign in
        </Button>
      </Banner>
    )
  return (
    <Banner
      icon={DisconnectedIcon}
      tone="warn"
      over
      title="Connection lost"
      text={session.retryAt === undefined ? 'Trying again' : <Countdown until={session.retryAt} />}
    >
      <Button variant="ghost" onClick={() => requestShell(services, document.container)}>
        New shell
      </Button>
      <MainStep label="Reconnect" onClick={retry} />
    </Banner>
  )
}

/** AWS says nothing before it ends a session, so we do, while it can still be prevented. */
export function IdleBanner({ session }: { session: Session }) {
  const left = idleTimeLeft(session, useNow())
  const { interface: interfaceStore } = useServices()
  if (left === undefined || left > idleWarningMilliseconds || session.keepAlive) return null
  return (
    <Banner
      icon={ClockIcon}
      tone="warn"
      over
      title={
        <>
          <Name text={session.container.containerName} /> ends in {formatCountdown(left)}
        </>
      }
      text="AWS ends a session after 20 min without input. Any key keeps it."
    >
      {session.engine === 'built-in' && (
        <Button
          variant="ghost"
          onClick={() => interfaceStore.setState({ dialog: { kind: 'keep-alive', sessionId: session.id } })}
        >
          Keep alive…
        </Button>
      )}
    </Banner>
  )
}

/** Tries at once, and gives the keyboard back to the shell that is on its way. */
function useRetry({ id }: Session): () => void {
  const services = useServices()
  return () => {
    void services.core.call('session.retry', { id })
    terminalsOf(services).front()?.focus()
  }
}

function Countdown({ until }: { until: number }) {
  const left = until - useNow()
  return left > 0 ? `Trying again in ${Math.ceil(left / 1000)} s` : 'Trying again'
}

/** False at first, true once the component has been there for so long. */
function useLasting(milliseconds: number): boolean {
  const [lasting, setLasting] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLasting(true), milliseconds)
    return () => clearTimeout(timer)
  }, [milliseconds])
  return lasting
}

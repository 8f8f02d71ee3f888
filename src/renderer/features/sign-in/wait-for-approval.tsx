import type { ErrorCode } from '../../../contract/errors.ts'
import type { SignInAttempt, SignInFlow } from '../../../contract/identity.ts'
import { Button, PageLink } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { displayText } from '../../ui/display-text.ts'
import { Spinner } from '../../ui/glyphs.tsx'
import { BackIcon, ClockIcon, ExternalIcon, RefusedIcon } from '../../ui/icons.ts'
import { formatCountdown } from '../../ui/time.ts'
import { useNow } from '../../ui/use-now.ts'
import { webAddress } from '../../ui/web-page.ts'
import { AskForCode } from './ask-for-code.tsx'
import { QrCode } from './qr-code.tsx'
import styles from './sign-in.module.css'

/** A sign-in under way, waiting for someone to approve it in a browser, here or elsewhere. */
export function WaitForApproval({
  attempt,
  onBack,
  onStart,
  onCode,
}: {
  attempt: SignInAttempt
  onBack: () => void
  onStart: (flow: SignInFlow) => void
  onCode: (code: string) => void
}) {
  const byCode = attempt.flow === 'device-code'
  const otherFlow: SignInFlow = byCode ? 'pkce' : 'device-code'
  const byProfile = attempt.flow === 'profile'
  const failed = attempt.state === 'failed'

  return (
    <section className={styles.card} aria-live="polite">
      <Heading attempt={attempt} />
      {failed ? (
        <Ended attempt={attempt} onAgain={() => onStart(attempt.flow)} />
      ) : attempt.mfa !== undefined ? (
        // A new form for every question: the code of the last one is of no use.
        <AskForCode key={JSON.stringify(attempt.mfa)} request={attempt.mfa} onCode={onCode} />
      ) : byProfile ? (
        <Checking />
      ) : (
        <ForBrowser attempt={attempt} />
      )}
      <div className={styles.grow} />
      <div className={styles.alternative}>
        <Button variant="ghost" className={styles.back} onClick={onBack}>
          <BackIcon size={14} stroke={1.75} aria-hidden />
          Back
        </Button>
        {!byProfile && (
          <Button variant="link" onClick={() => onStart(otherFlow)}>
            {byCode ? 'Sign in on this computer instead' : 'Use a code on another device'}
          </Button>
        )}
      </div>
    </section>
  )
}

function Heading({ attempt }: { attempt: SignInAttempt }) {
  if (attempt.flow === 'device-code') return <CodeHeading attempt={attempt} />
  if (attempt.flow === 'pkce') return <BrowserHeading />
  return attempt.mfa === undefined ? <h2>Getting credentials</h2> : null
}

function Checking() {
  return (
    <div className={styles.waiting}>
      <Spinner />
      <span>Asking AWS who you are</span>
    </div>
  )
}

function ForBrowser({ attempt }: { attempt: SignInAttempt }) {
  const byCode = attempt.flow === 'device-code'
  return (
    <>
      <div className={styles.openPage}>
        <PageLink
          href={webAddress(attempt.url ?? '') ?? 'about:blank'}
          variant={byCode ? 'primary' : 'default'}
          size="large"
          wide
        >
          {byCode ? 'Open page' : 'Open page again'}
          <ExternalIcon size={14} stroke={1.75} aria-hidden />
        </PageLink>
        <CopyButton text={attempt.url ?? ''} label="Copy link" />
      </div>
      <TimeLeft attempt={attempt} />
      {byCode ? (
        <p className={styles.quiet}>Porthole moves on by itself once you approve.</p>
      ) : (
        <Hint attempt={attempt} />
      )}
    </>
  )
}

/** By then a page that could come back has: some browsers run where they do not reach this computer. */
const hintAfterMilliseconds = 25_000

function Hint({ attempt }: { attempt: SignInAttempt }) {
  const now = useNow()
  return (
    <p className={styles.quiet}>
      {now - attempt.startedAt < hintAfterMilliseconds
        ? 'Porthole moves on by itself once you approve.'
        : 'Approved, and nothing happens? The browser cannot reach this computer. Use a code instead.'}
    </p>
  )
}

function BrowserHeading() {
  return (
    <>
      <h2>Approve in your browser</h2>
      <p className={styles.lead}>
        A page of IAM Identity Center has opened. Approve there, then come back to this window.
      </p>
    </>
  )
}

function CodeHeading({ attempt }: { attempt: SignInAttempt }) {
  const code = attempt.userCode ?? ''
  const address = URL.parse(attempt.verificationUrl ?? attempt.url ?? '')
  return (
    <>
      <h2>Check the code</h2>
      <p className={styles.lead}>Open the page on any device. Approve only if it shows exactly this code.</p>
      <div className={styles.userCode}>
        <QrCode text={attempt.url ?? ''} label="QR code of the page, with the code filled in" />
        <div className={styles.codeWords}>
          <div>
            <output className={styles.code} aria-label={`Code ${code}`}>
              {code.split('-').map((part, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: both halves may be equal
                <span key={index}>{displayText(part)}</span>
              ))}
            </output>
            <CopyButton text={code} label="Copy code" />
          </div>
          {address !== null && (
            <div className={styles.address}>
              {displayText(`${address.host}${address.pathname.replace(/\/$/, '')}`)}
            </div>
          )}
        </div>
      </div>
    </>
  )
}

function TimeLeft({ attempt }: { attempt: SignInAttempt }) {
  const now = useNow()
  const left = Math.max(0, attempt.expiresAt - now)
  const whole = Math.max(1, attempt.expiresAt - attempt.startedAt)
  return (
    <>
      <div className={styles.waiting}>
        <Spinner />
        <span>Waiting for approval</span>
        <span className={styles.timeLeft}>{formatCountdown(left)} left</span>
      </div>
      <div className={styles.progress}>
        <i style={{ width: `${(left / whole) * 100}%` }} />
      </div>
    </>
  )
}

/** What ended the attempt, by code; the core's own sentence for everything else. */
const endings: Partial<Record<ErrorCode, { title: string; text: string }>> = {
  SIGN_IN_EXPIRED: { title: 'The time to approve is over', text: 'Start again for a fresh page and code.' },
  SIGN_IN_REFUSED: { title: 'The sign-in was refused', text: 'Someone chose to deny it in the browser.' },
  SIGN_IN_CANCELLED: { title: 'The sign-in was given up', text: 'Start again when you are ready.' },
}

function Ended({ attempt, onAgain }: { attempt: SignInAttempt; onAgain: () => void }) {
  const { error } = attempt
  const ending = error && endings[error.code]
  const expired = error?.code === 'SIGN_IN_EXPIRED'
  return (
    <div className={styles.ended}>
      <Callout
        tone={expired ? 'warn' : 'danger'}
        icon={expired ? ClockIcon : RefusedIcon}
        title={ending?.title ?? displayText(error?.message ?? 'The sign-in failed')}
        action={
          <Button size="small" onClick={onAgain}>
            Start again
          </Button>
        }
      >
        {ending?.text ?? displayText(error?.action ?? error?.detail ?? '')}
      </Callout>
    </div>
  )
}

import type { ReactNode } from 'react'
import type { Identity } from '../../../contract/identity.ts'
import { groupedAccountId } from '../../ui/account-id.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { displayText } from '../../ui/display-text.ts'
import { EnvironmentSquare } from '../../ui/environment.tsx'
import { Name } from '../../ui/name.tsx'
import { formatDuration, formatMoment } from '../../ui/time.ts'
import { useNow } from '../../ui/use-now.ts'
import { useRunCommand } from '../commands/use-commands.ts'
import { useServiceStore, useServices } from '../services.ts'
import { accountName } from '../stores/accounts-store.ts'
import { StatusPanel } from './status-panel.tsx'
import { useFrontCallerQuery, useFrontIdentity, useFrontScope } from './use-front-scope.ts'
import styles from './who-am-i.module.css'

/** As whom one works, where, and what ends when: all of it behind one click on the status bar. */
export function WhoAmI({ children }: { children: ReactNode }) {
  const { interface: interfaceStore } = useServices()
  const shown = useServiceStore('interface', (state) => state.whoAmIShown)
  const show = (whoAmIShown: boolean) => interfaceStore.setState({ whoAmIShown })
  return (
    <StatusPanel
      shown={shown}
      onShow={show}
      name="Who am I"
      title="Who am I, and what ends when"
      side="start"
      width={380}
      button={children}
    >
      <Details onDone={() => show(false)} />
    </StatusPanel>
  )
}

function Details({ onDone }: { onDone: () => void }) {
  const run = useRunCommand()
  const front = useFrontScope()
  const identity = useFrontIdentity()
  const { data: caller, error } = useFrontCallerQuery()
  const now = useNow('minute')
  const clockProblem = useServiceStore('interface', ({ problems }) =>
    problems.find(({ code }) => code === 'CLOCK_SKEWED'),
  )
  if (front === undefined) return null
  const { scope, account } = front
  const target = { kind: 'account', identityId: scope.identityId, accountId: scope.accountId } as const
  const act = (command: string) => () => {
    onDone()
    run(command, target)
  }

  return (
    <div className={styles.details}>
      <h2 className={styles.title}>
        <Name text={caller?.userName ?? scope.roleName} />
        {identity !== undefined && <Name className={styles.quiet} text={identity.name} />}
      </h2>
      <dl className={styles.facts}>
        <Fact label="Account">
          {account !== undefined && <EnvironmentSquare environment={account.environment} />}
          <Name text={account === undefined ? scope.accountId : accountName(account)} />
          <span className={styles.quiet}>{groupedAccountId(scope.accountId)}</span>
        </Fact>
        <Fact label="Role">
          <Name text={scope.roleName} />
        </Fact>
        <Fact label="Region">{scope.region}</Fact>
        {caller !== undefined && (
          <Fact label="AWS says">
            <Name className={styles.arn} text={caller.arn} />
            <CopyButton text={caller.arn} label="Copy ARN" />
          </Fact>
        )}
        {error !== null && (
          <Fact label="AWS says">
            <span className={styles.problem}>{displayText(error.message)}</span>
          </Fact>
        )}
        <Fact label="Role credentials">
          {caller?.expiresAt === undefined ? 'Do not end' : <Until time={caller.expiresAt} now={now} />}
          {caller?.expiresAt !== undefined && <span className={styles.quiet}>renew by themselves</span>}
        </Fact>
        {identity !== undefined && <SignInFact identity={identity} now={now} />}
        {clockProblem !== undefined && (
          <Fact label="Clock">
            <span className={styles.problem}>{displayText(clockProblem.message)}</span>
          </Fact>
        )}
      </dl>
      <div className={styles.actions}>
        <Button size="small" onClick={act('role.change')}>
          Change role…
        </Button>
        <Button size="small" onClick={act('region.change')}>
          Change region…
        </Button>
        <Button size="small" variant="ghost" onClick={act('diagnostics.open')}>
          Diagnostics
        </Button>
      </div>
    </div>
  )
}

function SignInFact({ identity, now }: { identity: Identity; now: number }) {
  return (
    <Fact label="Sign-in">
      {identity.state === 'expired' ? (
        <span className={styles.problem}>
          Ended{identity.expiresAt !== undefined && ` ${formatMoment(identity.expiresAt, now)}`}
        </span>
      ) : identity.expiresAt === undefined ? (
        'Does not end'
      ) : (
        <Until time={identity.expiresAt} now={now} />
      )}
    </Fact>
  )
}

function Until({ time, now }: { time: number; now: number }) {
  return (
    <span>
      {formatMoment(time, now)}
      <span className={styles.quiet}>{time > now ? `, in ${formatDuration(time - now)}` : ', ended'}</span>
    </span>
  )
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}

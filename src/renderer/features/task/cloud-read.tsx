import { Button, IconButton } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { displayText } from '../../ui/display-text.ts'
import { CloudIcon, RefreshIcon } from '../../ui/icons.ts'
import { formatClock, formatMoment } from '../../ui/time.ts'
import styles from './audit.module.css'
import type { TaskPage } from './use-task-page.ts'

/** "CloudTrail read to 14:24": what came later may be missing. */
export function CloudRead({ page: { cloud, readCloud } }: { page: TaskPage }) {
  if (cloud === undefined) return null
  const { read, reading } = cloud
  return (
    <span className={styles.read}>
      {read === undefined ? (
        reading && 'Reading CloudTrail…'
      ) : (
        <span
          title={`From ${formatMoment(read.from, Date.now())} on. CloudTrail delivers within 15 minutes.`}
        >
          CloudTrail read to {formatClock(read.to)}
        </span>
      )}
      <IconButton label="Read CloudTrail now" disabled={reading} onClick={readCloud}>
        <RefreshIcon size={14} stroke={1.75} aria-hidden />
      </IconButton>
    </span>
  )
}

/** All that reading other people's sessions takes, and nothing more. */
const readPolicy = JSON.stringify(
  {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'SessionsOfOthers',
        Effect: 'Allow',
        Action: ['cloudtrail:LookupEvents', 'ssm:DescribeSessions'],
        Resource: '*',
      },
    ],
  },
  undefined,
  2,
)

export function CloudProblem({ page: { cloud, cloudProblem } }: { page: TaskPage }) {
  const problem = cloudProblem ?? cloud?.problem
  if (problem === undefined) return null
  const denied = problem.code === 'ACCESS_DENIED'
  return (
    <div className={styles.cloudProblem}>
      <Callout
        tone="warn"
        icon={CloudIcon}
        title="CloudTrail could not be read"
        action={denied && <CopyPolicy />}
      >
        Sessions of other people may be missing.{' '}
        {denied ? (
          <>
            Needs <code>cloudtrail:LookupEvents</code>.
          </>
        ) : (
          displayText([problem.message, problem.action].filter(Boolean).join(' '))
        )}
      </Callout>
    </div>
  )
}

function CopyPolicy() {
  return <Button onClick={() => void navigator.clipboard.writeText(readPolicy)}>Copy policy</Button>
}

import type { ErrorValue } from '../../../contract/errors.ts'
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

/** What of AWS's records could not be read, and what is missing on the page for that. */
export function CloudProblem({ page: { cloud, cloudProblem } }: { page: TaskPage }) {
  const trail = cloudProblem ?? cloud?.problem
  return (
    <>
      {trail !== undefined && (
        <ReadProblem problem={trail} title="CloudTrail could not be read" need="cloudtrail:LookupEvents">
          Sessions of other people may be missing.
        </ReadProblem>
      )}
      {cloud?.endsProblem !== undefined && (
        <ReadProblem
          problem={cloud.endsProblem}
          title="When sessions ended could not be read"
          need="ssm:DescribeSessions"
        >
          Sessions of other people have no length.
        </ReadProblem>
      )}
    </>
  )
}

function ReadProblem({
  problem,
  title,
  need,
  children,
}: {
  problem: ErrorValue
  title: string
  need: string
  children: string
}) {
  const denied = problem.code === 'ACCESS_DENIED'
  return (
    <div className={styles.cloudProblem}>
      <Callout tone="warn" icon={CloudIcon} title={title} action={denied && <CopyPolicy />}>
        {children}{' '}
        {denied ? (
          <>
            Needs <code>{need}</code>.
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

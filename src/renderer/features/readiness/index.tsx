import type { ReadinessReport } from '../../../contract/readiness.ts'
import { useRunCommand } from '../../app/commands/use-commands.ts'
import type { TaskRef } from '../../app/documents/document.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorCallout } from '../../ui/callout.tsx'
import { displayText } from '../../ui/display-text.ts'
import { Spinner } from '../../ui/glyphs.tsx'
import { CheckIcon, CopyIcon, RefreshIcon, UsersIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import { Crumbs } from '../../ui/page.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import type { DocumentViewProps } from '../documents/document-views.ts'
import { AllChecks } from './all-checks.tsx'
import { FindingCard } from './finding-card.tsx'
import styles from './readiness.module.css'
import { reportText } from './report-text.ts'
import { findingsOf, placeOf, verdictOf } from './stations.ts'
import { useCopied } from './use-copied.ts'
import { type ReadinessCheck, useReadiness } from './use-readiness.ts'
import { Way } from './way.tsx'

/** Why a shell does not open in a task: the way to it, what bars it, and what to do, the likeliest first. */
export default function ReadinessView({ document: { task } }: DocumentViewProps<'readiness'>) {
  const check = useReadiness(task, true)
  const { report, problem } = check
  return (
    <div className={styles.view}>
      <Head task={task} check={check} />
      {problem !== undefined && (
        <div className={styles.problem}>
          <ErrorCallout error={problem} />
        </div>
      )}
      {report !== undefined && (
        <div className={styles.columns}>
          <main className={styles.main}>
            <Findings task={task} check={check} />
          </main>
          <AllChecks report={report} />
        </div>
      )}
    </div>
  )
}

function Head({ task, check: { report, checkAgain } }: { task: TaskRef; check: ReadinessCheck }) {
  const run = useRunCommand()
  const [copied, copy] = useCopied()
  const place = placeOf(task)
  const verdict = report && verdictOf(report, place)
  const isRunning = report !== undefined && report.finishedAt === undefined
  return (
    <header className={styles.head}>
      <Crumbs
        crumbs={[
          { text: task.accountName ?? task.scope.accountId },
          { text: task.clusterName },
          { text: task.serviceName ?? 'Standalone task' },
          { text: task.taskId.slice(0, 8), mono: true },
        ]}
      />
      <div className={styles.titleRow}>
        <h1>
          <Name text={verdict?.title ?? `Checking ${place}`} />
        </h1>
        <div className={styles.actions}>
          {report?.finishedAt !== undefined && (
            <span className={styles.age}>
              Checked <RelativeTime timestamp={report.finishedAt} />
            </span>
          )}
          {task.serviceName !== undefined && (
            <Button variant="ghost" onClick={() => run('readiness.entrants', { kind: 'task', task })}>
              <UsersIcon size={14} stroke={1.75} aria-hidden />
              Who may get in
            </Button>
          )}
          <Button
            variant="ghost"
            disabled={report === undefined}
            onClick={() => report !== undefined && copy(reportText(report, place))}
          >
            {copied ? (
              <CheckIcon size={14} stroke={1.75} aria-hidden />
            ) : (
              <CopyIcon size={14} stroke={1.75} aria-hidden />
            )}
            {copied ? 'Copied' : 'Copy report'}
          </Button>
          <Button busy={isRunning} onClick={checkAgain}>
            {!isRunning && <RefreshIcon size={14} stroke={1.75} aria-hidden />}
            Check again
          </Button>
        </div>
      </div>
      <p className={styles.lead} role="status">
        {displayText(verdict?.lead ?? 'Each check answers by itself.')}
      </p>
      {report !== undefined && <Way report={report} />}
    </header>
  )
}

/** Mending what was found helps little while its cause stays. */
function noteOn(id: string, { diagnosis, obstacles }: ReadinessReport): string | undefined {
  if (diagnosis === undefined || diagnosis.checkId !== id || diagnosis.rootCheckId === id) return undefined
  return `It happens again until cause ${obstacles.indexOf(diagnosis.rootCheckId) + 1} is fixed.`
}

function Findings({ task, check: { report } }: { task: TaskRef; check: ReadinessCheck }) {
  if (report === undefined) return null
  const findings = findingsOf(report)
  const loud = findings.filter(({ quiet }) => quiet !== true)
  const quiet = findings.filter((finding) => finding.quiet === true)
  return (
    <>
      {loud.length > 0 && <h2>{report.obstacles.length > 0 ? 'Most likely first' : 'Worth knowing'}</h2>}
      {loud.map((finding, index) => (
        <FindingCard
          key={finding.id}
          task={task}
          finding={finding}
          number={index + 1}
          note={noteOn(finding.id, report)}
        />
      ))}
      {loud.length === 0 && report.finishedAt === undefined && <Spinner size={16} />}
      {loud.length === 0 && report.finishedAt !== undefined && (
        <p className={styles.fine}>
          <CheckIcon size={14} stroke={2} aria-hidden /> All {report.checks.length} checks are in order.
        </p>
      )}
      {quiet.length > 0 && (
        <details className={styles.quiet} open={loud.length === 0 ? true : undefined}>
          <summary>{quiet.length === 1 ? '1 quiet hint' : `${quiet.length} quiet hints`}</summary>
          {quiet.map((finding, index) => (
            <FindingCard key={finding.id} task={task} finding={finding} number={loud.length + index + 1} />
          ))}
        </details>
      )}
    </>
  )
}

import { useMemo, useState } from 'react'
import type { HistoryLine } from '../../../contract/audit.ts'
import { useRunCommand } from '../../app/commands/use-commands.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorCallout } from '../../ui/callout.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { type Choice, Segments } from '../../ui/field.tsx'
import { AuditIcon, ExportIcon } from '../../ui/icons.ts'
import { useNow } from '../../ui/use-now.ts'
import { ActivityChart } from './activity-chart.tsx'
import styles from './audit.module.css'
import { type AuditFilter, filterEntries, type ListedEntry, listedEntries } from './audit-entries.ts'
import { AuditList } from './audit-list.tsx'
import { chartTime } from './chart-time.ts'
import { CloudProblem, CloudRead } from './cloud-read.tsx'
import { SpikeNote } from './spike-note.tsx'
import { namedSpikes } from './spike-words.ts'
import { type LogSpikesOfPage, useLogSpikes } from './use-log-spikes.ts'
import type { TaskPage } from './use-task-page.ts'

/** Everything that was done inside this task, as far as this computer and CloudTrail know. */
export function AuditSection({ page }: { page: TaskPage }) {
  const [filter, setFilter] = useState<AuditFilter>('all')
  const run = useRunCommand()
  const logs = useLogSpikes(page.ref, page.task?.taskDefinitionArn)
  const listed = useListed(page, logs)
  const shown = useMemo(() => filterEntries(listed, filter), [listed, filter])

  return (
    <section className={styles.audit}>
      <div className={styles.head}>
        <h2>Audit</h2>
        {listed.length > 0 && (
          <Segments label="Show" value={filter} choices={choicesOf(listed)} onChange={setFilter} />
        )}
        <CloudRead page={page} />
        {listed.length > 0 && (
          <Button
            variant="ghost"
            className={styles.export}
            onClick={() => run('audit.exportTask', { kind: 'task', task: page.ref })}
          >
            <ExportIcon size={14} stroke={1.75} aria-hidden />
            Export…
          </Button>
        )}
      </div>
      {page.auditProblem !== undefined && <ErrorCallout error={page.auditProblem} />}
      <CloudProblem page={page} />
      {listed.length > 0 && <Chart page={page} lines={page.lines ?? noLines} spikes={logs} />}
      {listed.length > 0 ? (
        <AuditList entries={shown} page={page} openLogs={logs.openLogs} filter={filter} />
      ) : (
        // Nothing is said before the first answer: an empty history is a finding.
        page.lines !== undefined &&
        (page.cloud?.reading === false || page.cloudProblem !== undefined) && <NothingYet page={page} />
      )}
    </section>
  )
}

const noLines: readonly HistoryLine[] = []

/** All that stands in the list, put together again only when part of it is new. */
function useListed({ lines = noLines, cloud, changes, task }: TaskPage, logs: LogSpikesOfPage) {
  const { startedAt, taskDefinition } = task ?? {}
  const events = cloud?.events
  const known = logs.state.known
  return useMemo(() => {
    const start =
      startedAt === undefined || taskDefinition === undefined ? undefined : { at: startedAt, taskDefinition }
    const spikes = known === undefined ? [] : namedSpikes(known)
    return listedEntries({ lines, events, changes, spikes, start })
  }, [lines, events, changes, known, startedAt, taskDefinition])
}

function choicesOf(listed: readonly ListedEntry[]): Choice<AuditFilter>[] {
  const choice = (value: AuditFilter, word: string): Choice<AuditFilter> => ({
    value,
    label: (
      <>
        {word} <span className={styles.count}>{filterEntries(listed, value).length}</span>
      </>
    ),
  })
  return [
    choice('all', 'All'),
    choice('sessions', 'Sessions'),
    choice('deployments', 'Deployments'),
    choice('refused', 'Refused'),
  ]
}

function Chart({
  page,
  lines,
  spikes,
}: {
  page: TaskPage
  lines: readonly HistoryLine[]
  spikes: LogSpikesOfPage
}) {
  const now = useNow('minute')
  const time = chartTime(page, lines, now)
  return (
    <>
      <ActivityChart page={page} lines={lines} spikes={spikes} time={time} now={now} />
      <SpikeNote spikes={spikes} onLookAgain={() => spikes.look(time)} now={now} />
    </>
  )
}

function NothingYet({ page: { cloud } }: { page: TaskPage }) {
  return (
    <div className={styles.empty}>
      <EmptyState icon={AuditIcon} title="No shell opened here yet">
        {cloud?.read === undefined || cloud.problem !== undefined
          ? 'Each shell opened from this computer is recorded and listed here.'
          : "What runs here is as it was built. Everyone's sessions appear here, also from the AWS CLI."}
      </EmptyState>
    </div>
  )
}

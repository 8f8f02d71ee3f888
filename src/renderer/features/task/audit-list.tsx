import { type KeyboardEvent, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { useNow } from '../../ui/use-now.ts'
import styles from './audit.module.css'
import { type AuditFilter, groupByDay, keyOf, type ListedEntry } from './audit-entries.ts'
import { AuditRow } from './audit-row.tsx'
import { useCommandSummaries } from './use-command-summaries.ts'
import type { TaskPage } from './use-task-page.ts'

/** Drawn at first; a task that lives for months has more than anyone reads at once. */
const entriesAtFirst = 100

/** The history, newest first. Arrow keys go from row to row, Enter opens the replay or the logs. */
export function AuditList({
  entries,
  page,
  openLogs,
  filter,
}: {
  entries: readonly ListedEntry[]
  page: TaskPage
  openLogs: (at: number) => void
  filter: AuditFilter
}) {
  const now = useNow('minute')
  const [shown, setShown] = useState(entriesAtFirst)
  const drawn = entries.slice(0, shown)
  const commands = useCommandSummaries(page.ref.taskArn, drawn)
  if (entries.length === 0) return <p className={styles.none}>{emptyWords[filter]}</p>
  const days = groupByDay(drawn, now)

  return (
    <>
      {days.map(({ label, entries: ofDay }) => (
        <section key={label} className={styles.day}>
          <h3>{label}</h3>
          <ol onKeyDown={moveWithArrows}>
            {ofDay.map((entry) => (
              <AuditRow
                key={keyOf(entry)}
                entry={entry}
                page={page}
                openLogs={openLogs}
                commands={entry.kind === 'session' ? commands.get(entry.sessionId) : undefined}
              />
            ))}
          </ol>
        </section>
      ))}
      {entries.length > shown && (
        <Button variant="ghost" className={styles.more} onClick={() => setShown(shown + entriesAtFirst)}>
          Show {Math.min(entriesAtFirst, entries.length - shown)} earlier
        </Button>
      )}
    </>
  )
}

const emptyWords: Record<AuditFilter, string> = {
  all: 'No shell opened here yet',
  sessions: 'No sessions',
  deployments: 'Nothing was deployed or replaced since this task started',
  refused: 'Nothing was refused here',
}

/** Up and down from row to row; left and right among what a row has beside its replay. */
function moveWithArrows(event: KeyboardEvent<HTMLElement>): void {
  const { key, target, currentTarget } = event
  const row = target instanceof Element ? target.closest('li') : null
  const upOrDown = key === 'ArrowDown' || key === 'ArrowUp'
  if (row === null || !(upOrDown || key === 'ArrowRight' || key === 'ArrowLeft')) return
  const stops = upOrDown
    ? [...(currentTarget.closest(`.${styles.audit}`)?.querySelectorAll('li') ?? [])].flatMap(firstButton)
    : [...row.querySelectorAll('button')]
  const here = stops.findIndex((stop) => (upOrDown ? stop.closest('li') === row : stop === target))
  const next = stops[here + (key === 'ArrowDown' || key === 'ArrowRight' ? 1 : -1)]
  if (next === undefined) return
  event.preventDefault()
  next.focus()
}

function firstButton(row: HTMLLIElement): HTMLButtonElement[] {
  return [...row.querySelectorAll('button')].slice(0, 1)
}

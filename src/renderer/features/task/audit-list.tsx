import { type KeyboardEvent, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { useNow } from '../../ui/use-now.ts'
import styles from './audit.module.css'
import { type AuditFilter, groupByDay, keyOf, type ListedEntry } from './audit-entries.ts'
import { AuditRow } from './audit-row.tsx'
import type { TaskPage } from './use-task-page.ts'

/** Drawn at first; a task that lives for months has more than anyone reads at once. */
const entriesAtFirst = 100

/** The history, newest first. Arrow keys go from row to row, Enter opens the replay. */
export function AuditList({
  entries,
  page,
  filter,
}: {
  entries: readonly ListedEntry[]
  page: TaskPage
  filter: AuditFilter
}) {
  const now = useNow('minute')
  const [shown, setShown] = useState(entriesAtFirst)
  if (entries.length === 0) return <p className={styles.none}>{emptyWords[filter]}</p>
  const days = groupByDay(entries.slice(0, shown), now)

  return (
    <>
      {days.map(({ label, entries: ofDay }) => (
        <section key={label} className={styles.day}>
          <h3>{label}</h3>
          <ol onKeyDown={moveWithArrows}>
            {ofDay.map((entry) => (
              <AuditRow key={keyOf(entry)} entry={entry} page={page} />
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

function moveWithArrows(event: KeyboardEvent<HTMLElement>): void {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (by === undefined) return
  const rows = [
    ...(event.currentTarget.closest(`.${styles.audit}`)?.querySelectorAll<HTMLElement>('li button') ?? []),
  ]
  const here = rows.findIndex((row) => row.matches(':focus'))
  const next = rows[here + by]
  if (next === undefined) return
  event.preventDefault()
  next.focus()
}

import { type FocusEvent, useCallback, useMemo, useRef, useState } from 'react'
import { useNow } from '../../ui/use-now.ts'
import styles from './audit.module.css'
import { type AuditFilter, groupByDay, keyOf, type ListedEntry, midnightBefore } from './audit-entries.ts'
import { AuditRow } from './audit-row.tsx'
import { drawnDays, itemsOf, keyOfItem, useListWindow } from './list-window.ts'
import { placeAttribute, useRowKeys } from './row-keys.ts'
import pageStyles from './task.module.css'
import { useKnownEntries } from './use-known-entries.ts'
import type { TaskPage } from './use-task-page.ts'

/**
 * The history, newest first, of which only what is in the window is drawn: a task that lives for
 * months has thousands of entries. Arrow keys go from row to row, Enter opens the replay or the logs.
 */
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
  const today = midnightBefore(useNow('minute'))
  const items = useMemo(() => itemsOf(groupByDay(entries, today)), [entries, today])
  const list = useRef<HTMLElement>(null)
  const scroller = useCallback(() => list.current?.closest<HTMLElement>(`.${pageStyles.columns}`) ?? null, [])
  const [focused, setFocused] = useState<string | undefined>(undefined)
  const kept = focused === undefined ? -1 : items.findIndex((item) => keyOfItem(item) === focused)
  const view = useListWindow(items, list, scroller, kept)
  const { days, end } = drawnDays(items, view.drawn, view.from)
  const known = useKnownEntries(page, seqsOf(days.flatMap((day) => day.entries.map(({ entry }) => entry))))
  const press = useRowKeys()
  const { ref, self, cloud } = page
  const rowPage = useMemo(() => ({ ref, self, cloud }), [ref, self, cloud])

  return (
    <section
      ref={list}
      className={styles.list}
      aria-label="History"
      style={{ paddingBottom: view.size - end }}
      onKeyDown={press}
      onFocus={(event) => setFocused(rowKey(event))}
      onBlur={() => setFocused(undefined)}
    >
      {entries.length === 0 && <p className={styles.none}>{emptyWords[filter]}</p>}
      {days.map(({ day, gap, hasHeading, entries: drawn }) => (
        <section key={day.label} className={styles.day} style={{ paddingTop: gap }}>
          {hasHeading && <h3>{day.label}</h3>}
          <ol>
            {drawn.map(({ entry, index, place, gap: above }) => (
              <li
                key={keyOf(entry)}
                data-key={keyOf(entry)}
                {...{ [placeAttribute]: place }}
                aria-setsize={day.entries.length}
                aria-posinset={index + 1}
                style={above === 0 ? undefined : { marginTop: above }}
              >
                <AuditRow
                  entry={entry}
                  page={rowPage}
                  openLogs={openLogs}
                  known={'seq' in entry ? known.entries.get(entry.seq) : undefined}
                  commands={entry.kind === 'session' ? known.commands.get(entry.sessionId) : undefined}
                />
              </li>
            ))}
          </ol>
        </section>
      ))}
    </section>
  )
}

function seqsOf(entries: readonly ListedEntry[]): Set<number> {
  return new Set(entries.flatMap((entry) => ('seq' in entry ? [entry.seq] : [])))
}

function rowKey({ target }: FocusEvent<HTMLElement>): string | undefined {
  return target.closest('li')?.dataset.key
}

const emptyWords: Record<AuditFilter, string> = {
  all: 'No shell opened here yet',
  sessions: 'No sessions',
  deployments: 'Nothing was deployed or replaced since this task started',
  refused: 'Nothing was refused here',
}

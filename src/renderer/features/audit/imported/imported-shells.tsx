import { useState } from 'react'
import type { ImportedShell } from '../../../../contract/cloud-audit.ts'
import { useServiceStore, useServices } from '../../../app/services.ts'
import { Button } from '../../../ui/button.tsx'
import { displayText } from '../../../ui/display-text.ts'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { TextInput } from '../../../ui/field.tsx'
import { ClockIcon, FileIcon, TaskIcon, UserIcon } from '../../../ui/icons.ts'
import { ActList } from '../act-row.tsx'
import styles from '../audit.module.css'
import { AuditFrame } from '../audit-frame.tsx'
import { Chip } from '../chip.tsx'
import { PartHead } from '../part-head.tsx'
import { PartPages } from '../part-pages.tsx'
import { type Range, rangeStart, rangeWords } from '../search-state.ts'
import { taskInView } from '../task-of-record.ts'
import { ImportedRow } from './imported-row.tsx'
import { useImportedShells } from './use-imports.ts'

interface Filter {
  text: string
  userName: string | undefined
  range: Range
}

const everything: Filter = { text: '', userName: undefined, range: 'all' }

/** Shells that only files told of, newest first, also in accounts that nobody here ever signed in to. */
export function ImportedShells({ now }: { now: number }) {
  const [filter, setFilter] = useState(everything)
  const { text, userName, range } = filter
  const query = useImportedShells({
    text,
    userName,
    from: rangeStart(range, now),
  })
  const { data } = query
  const pages = data?.pages ?? []
  const shells = pages.flatMap((page) => page.shells)
  const { total = 0, people = [] } = pages.at(-1) ?? {}
  const change = (changed: Partial<Filter>) => setFilter({ ...filter, ...changed })
  return (
    <AuditFrame
      head={
        <PartHead title="Sessions from CloudTrail files">
          <TextInput
            className={styles.partField}
            start={<TaskIcon size={14} stroke={1.75} aria-hidden />}
            aria-label="Task, cluster or container"
            placeholder="Task, cluster or container"
            maxLength={512}
            value={text}
            onChange={(event) => change({ text: event.target.value })}
          />
          <Chip
            icon={UserIcon}
            label={userName === undefined ? 'Anyone' : displayText(userName)}
            on={userName !== undefined}
            entries={people.map((person) => ({
              label: `${displayText(person.userName)}  ${person.count}`,
              checked: person.userName === userName,
              run: () => change({ userName: person.userName === userName ? undefined : person.userName }),
            }))}
          />
          <Chip
            icon={ClockIcon}
            label={rangeWords[range]}
            on={range !== 'all'}
            entries={(Object.keys(rangeWords) as Range[]).map((each) => ({
              label: rangeWords[each],
              checked: each === range,
              run: () => change({ range: each }),
            }))}
          />
          <span className={styles.summary} role="status">
            {data !== undefined && (total === 1 ? '1 session' : `${total.toLocaleString('en')} sessions`)}
          </span>
        </PartHead>
      }
    >
      <PartPages query={query} earlier={`Show earlier, ${(total - shells.length).toLocaleString('en')} more`}>
        {data !== undefined && shells.length === 0 && (
          <Nothing
            isFiltered={JSON.stringify(filter) !== JSON.stringify(everything)}
            onReset={() => setFilter(everything)}
          />
        )}
        {shells.length > 0 && <Shells shells={shells} now={now} onFilter={change} />}
      </PartPages>
    </AuditFrame>
  )
}

function Shells({
  shells,
  now,
  onFilter,
}: {
  shells: readonly ImportedShell[]
  now: number
  onFilter: (filter: Partial<Filter>) => void
}) {
  const { accounts: accountsStore, catalog } = useServices()
  // Read again when an account comes into view; which of its clusters are known changes nothing.
  useServiceStore('accounts', ({ accounts }) => accounts)
  return (
    <ActList label="Sessions from files">
      {shells.map((shell) => (
        <ImportedRow
          key={`${shell.accountId} ${shell.region} ${shell.eventId}`}
          shell={shell}
          now={now}
          canOpen={
            shell.taskArn !== undefined &&
            (shell.inLedger ||
              taskInView(shell.taskArn, accountsStore.getState(), catalog.getState()) !== undefined)
          }
          onFilter={onFilter}
        />
      ))}
    </ActList>
  )
}

function Nothing({ isFiltered, onReset }: { isFiltered: boolean; onReset: () => void }) {
  if (isFiltered)
    return (
      <EmptyState icon={FileIcon} title="Nothing found" action={<Button onClick={onReset}>Show all</Button>}>
        No session of an imported file fits.
      </EmptyState>
    )
  return (
    <EmptyState icon={FileIcon} title="Nothing that only a file tells">
      What AWS itself tells of is on the page of its task.
    </EmptyState>
  )
}

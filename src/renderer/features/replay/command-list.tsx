import { useMemo, useState } from 'react'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Segments, TextInput } from '../../ui/field.tsx'
import { CheckIcon, SearchIcon, ShellIcon } from '../../ui/icons.ts'
import styles from './command-list.module.css'
import { CommandRows } from './command-rows.tsx'
import { isFailed, shownCommands } from './commands.ts'
import type { Replay } from './replay.ts'
import { useReplay } from './use-replay.ts'

/** What was done in the session: each command leads to its moment in the replay. */
export function CommandList({ replay }: { replay: Replay }) {
  const commands = useReplay(replay, (state) => state.commands)
  const loading = useReplay(replay, ({ reading }) => reading.status === 'loading')
  const [filter, setFilter] = useState('')
  const [result, setResult] = useState<'all' | 'failed'>('all')
  const shown = useMemo(
    () => shownCommands(commands, { filter, failedOnly: result === 'failed' }),
    [commands, filter, result],
  )
  const failed = useMemo(() => commands.filter(isFailed).length, [commands])
  return (
    <section className={styles.side} aria-label="Commands">
      <div className={styles.tools}>
        <TextInput
          className={styles.filter}
          start={<SearchIcon size={14} stroke={1.75} aria-hidden />}
          placeholder="Filter commands"
          aria-label="Filter commands"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
        <Segments
          label="Result"
          value={result}
          choices={[
            { value: 'all', label: 'All' },
            { value: 'failed', label: `Failed ${failed}` },
          ]}
          onChange={setResult}
        />
      </div>
      {shown.length > 0 ? (
        <CommandRows replay={replay} shown={shown} />
      ) : (
        !loading && <NoCommands any={commands.length > 0} />
      )}
      <div className={styles.legend}>
        <span>
          <CheckIcon size={12} stroke={2} aria-hidden /> Exact, from shell marks
        </span>
        <span>
          <b aria-hidden>≈</b> Likely, read from the screen
        </span>
      </div>
    </section>
  )
}

function NoCommands({ any }: { any: boolean }) {
  return any ? (
    <EmptyState icon={SearchIcon} title="No command fits">
      Clear the filter to see all of them.
    </EmptyState>
  ) : (
    <EmptyState icon={ShellIcon} title="No commands found">
      The output is in the replay. Sessions recorded by an older Porthole have no list of commands.
    </EmptyState>
  )
}

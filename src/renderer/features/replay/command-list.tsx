import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { CommandEntry, RecordedCommand } from '../../../contract/command-marker.ts'
import { classNames } from '../../ui/class-names.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Segments, TextInput } from '../../ui/field.tsx'
import { CheckIcon, CredentialsIcon, PauseIcon, SearchIcon, ShellIcon } from '../../ui/icons.ts'
import { RedactedText } from '../../ui/redacted-text.tsx'
import styles from './command-list.module.css'
import { formatTook, isFailed, nameOfExit, type Shown, shownCommands } from './commands.ts'
import type { Replay } from './replay.ts'
import { formatPosition } from './time-text.ts'
import { useReplay } from './use-replay.ts'

/** As in the style sheet. */
const rowHeight = 28
const overscan = 10

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
        <Rows replay={replay} shown={shown} />
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

function Rows({ replay, shown }: { replay: Replay; shown: readonly Shown[] }) {
  const element = useRef<HTMLDivElement>(null)
  const current = useReplay(replay, ({ position, commands }) => indexAt(commands, position))
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => element.current,
    estimateSize: () => rowHeight,
    overscan,
  })
  const place = shown.findIndex(({ index }) => index === current)
  useEffect(() => {
    if (place !== -1) virtual.scrollToIndex(place, { align: 'auto' })
  }, [place, virtual])
  return (
    <div ref={element} className={styles.rows}>
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = shown[index]
          return (
            row && (
              <Row
                key={row.index}
                entry={row.entry}
                top={start}
                current={row.index === current}
                onOpen={() => replay.seek(row.entry.startedAt)}
              />
            )
          )
        })}
      </div>
    </div>
  )
}

function indexAt(commands: readonly CommandEntry[], position: number): number {
  return commands.findLastIndex(({ startedAt }) => startedAt <= position)
}

function Row({
  entry,
  top,
  current,
  onOpen,
}: {
  entry: CommandEntry
  top: number
  current: boolean
  onOpen: () => void
}) {
  return (
    <button
      type="button"
      className={classNames(styles.row, current && styles.current)}
      style={{ transform: `translateY(${top}px)` }}
      aria-current={current || undefined}
      onClick={onOpen}
    >
      <span className={styles.at}>{formatPosition(entry.startedAt)}</span>
      {entry.kind === 'command' ? <Command command={entry} /> : <Silence entry={entry} />}
    </button>
  )
}

/** Where something is missing on purpose. */
function Silence({ entry }: { entry: Exclude<CommandEntry, RecordedCommand> }) {
  if (entry.kind === 'secret-prompt')
    return (
      <span className={styles.secret}>
        <CredentialsIcon size={13} stroke={1.75} aria-hidden />
        Password prompt. What was typed is never stored
      </span>
    )
  const { startedAt, endedAt } = entry
  return (
    <span className={styles.gap}>
      <PauseIcon size={13} stroke={1.75} aria-hidden />
      Recording paused {endedAt === undefined ? 'until the end' : `for ${formatTook(endedAt - startedAt)}`}
    </span>
  )
}

function Command({ command }: { command: RecordedCommand }) {
  const { text, confidence, exitCode, startedAt, endedAt } = command
  const likely = confidence === 'likely'
  return (
    <>
      <span className={styles.text} title={text}>
        <RedactedText text={text.replaceAll('\n', ' ⏎ ')} />
      </span>
      <span
        className={classNames(styles.sure, likely && styles.likely)}
        title={likely ? 'Likely, read from the screen' : 'Exact'}
      >
        {likely ? '≈' : <CheckIcon size={12} stroke={2} aria-label="Exact" />}
      </span>
      <span className={styles.took}>{endedAt === undefined ? '' : formatTook(endedAt - startedAt)}</span>
      <span
        className={classNames(styles.exit, isFailed(command) && styles.failed)}
        title={nameOfExit(exitCode)}
      >
        {exitCode}
      </span>
    </>
  )
}

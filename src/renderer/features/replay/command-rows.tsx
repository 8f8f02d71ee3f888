import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type MouseEvent, useEffect, useRef } from 'react'
import type { CommandEntry, RecordedCommand } from '../../../contract/command-marker.ts'
import { useServices } from '../../app/services.ts'
import { IconButton } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { type MenuEntry, useContextMenu } from '../../ui/context-menu.tsx'
import { displayText } from '../../ui/display-text.ts'
import { CheckIcon, CopyIcon, CredentialsIcon, MoreIcon, PauseIcon } from '../../ui/icons.ts'
import { RedactedText } from '../../ui/redacted-text.tsx'
import styles from './command-list.module.css'
import {
  entryAt,
  focusedRow,
  formatTook,
  isFailed,
  nameOfExit,
  rowAttribute,
  type Shown,
} from './commands.ts'
import { copyCommand, copyOutput } from './copy-from-session.ts'
import type { Replay } from './replay.ts'
import { formatPosition } from './time-text.ts'
import { useReplay } from './use-replay.ts'

/** As in the style sheet. */
const rowHeight = 28
const overscan = 10

/** One row is reached with Tab: the one the replay is at, else the first. Arrows lead on, and the replay follows. */
export function CommandRows({ replay, shown }: { replay: Replay; shown: readonly Shown[] }) {
  const element = useRef<HTMLDivElement>(null)
  const focusWanted = useRef<number>(undefined)
  const current = useReplay(replay, ({ position, commands }) => entryAt(commands, position))
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
  // After every drawing: a row that is far away is drawn only once the list has scrolled to it.
  useEffect(() => {
    const row = element.current?.querySelector<HTMLElement>(`[${rowAttribute}="${focusWanted.current}"]`)
    if (row === undefined || row === null) return
    focusWanted.current = undefined
    row.focus({ preventScroll: true })
  })
  const press = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : undefined
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    const from = shown.findIndex(({ index }) => index === focusedRow())
    const next = shown[from + step]
    if (from === -1 || next === undefined) return
    focusWanted.current = next.index
    virtual.scrollToIndex(from + step, { align: 'auto' })
    replay.seek(next.entry.startedAt)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the rows in it act; this only moves between them
    <div ref={element} className={styles.rows} onKeyDown={press}>
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = shown[index]
          return (
            row && (
              <Row
                key={row.index}
                shown={row}
                top={start}
                current={row.index === current}
                reachable={place === -1 ? index === 0 : index === place}
                replay={replay}
              />
            )
          )
        })}
      </div>
    </div>
  )
}

function Row({
  shown: { entry, index },
  top,
  current,
  reachable,
  replay,
}: {
  shown: Shown
  top: number
  current: boolean
  reachable: boolean
  replay: Replay
}) {
  const { core } = useServices()
  const openMenu = useContextMenu()
  const { sessionId } = replay
  const entries: MenuEntry[] | undefined =
    entry.kind === 'command'
      ? [
          { label: 'Copy command', icon: CopyIcon, run: () => void copyCommand(entry) },
          ...(sessionId === undefined
            ? []
            : [{ label: 'Copy output', icon: CopyIcon, run: () => void copyOutput(core, sessionId, index) }]),
        ]
      : undefined
  const open = (event: MouseEvent) => entries !== undefined && openMenu(event, entries)
  return (
    <div className={styles.place} style={{ transform: `translateY(${top}px)` }}>
      <button
        type="button"
        tabIndex={reachable ? 0 : -1}
        className={classNames(styles.row, current && styles.current)}
        aria-current={current || undefined}
        {...{ [rowAttribute]: index }}
        onClick={() => replay.seek(entry.startedAt)}
        onContextMenu={open}
      >
        <span className={styles.at}>{formatPosition(entry.startedAt)}</span>
        {entry.kind === 'command' ? <Command command={entry} /> : <Silence entry={entry} />}
      </button>
      {entries !== undefined && (
        <IconButton
          className={styles.more}
          label="Copy…"
          tabIndex={reachable ? 0 : -1}
          aria-haspopup="menu"
          onClick={open}
        >
          <MoreIcon size={14} stroke={1.75} aria-hidden />
        </IconButton>
      )}
    </div>
  )
}

const secretWords = 'Password prompt. What was typed is never stored'

/** Where something is missing on purpose. */
function Silence({ entry }: { entry: Exclude<CommandEntry, RecordedCommand> }) {
  if (entry.kind === 'secret-prompt')
    return (
      <span className={styles.secret}>
        <CredentialsIcon size={13} stroke={1.75} aria-hidden />
        <span title={secretWords}>{secretWords}</span>
      </span>
    )
  const { startedAt, endedAt } = entry
  return (
    <span className={styles.gap}>
      <PauseIcon size={13} stroke={1.75} aria-hidden />
      <span title="What was shown meanwhile is nowhere. The history of the task says who paused it, and why">
        Recording paused {endedAt === undefined ? 'until the end' : `for ${formatTook(endedAt - startedAt)}`}
      </span>
    </span>
  )
}

function Command({ command }: { command: RecordedCommand }) {
  const { text, confidence, exitCode, startedAt, endedAt } = command
  const likely = confidence === 'likely'
  return (
    <>
      <span className={styles.text} title={displayText(text)}>
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

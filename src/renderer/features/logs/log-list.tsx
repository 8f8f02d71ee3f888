import { useVirtualizer } from '@tanstack/react-virtual'
import {
  type CSSProperties,
  type KeyboardEvent,
  type Ref,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ChevronDownIcon, LogsIcon } from '../../ui/icons.ts'
import type { FeedState, LogFeed } from './log-feed.ts'
import { LogRowView } from './log-row.tsx'
import styles from './logs.module.css'
import type { ViewOptions } from './options.ts'
import { isMark, type ShownRows } from './rows.ts'
import type { ShellMark } from './shell-marks.ts'

/** Height of a line that is not wrapped, as in the style sheet. */
const rowHeight = 22
const overscan = 20
/** Nearer to the end than this counts as at the end. */
const nearEndPixels = 30
/** Older lines are asked for before their place is in sight. */
const nearStartPixels = 600

export interface LogListHandle {
  /** Brings the first row from this moment on into sight. */
  scrollTo(at: number): void
  nextMatch(direction: 1 | -1): void
}

/** A list of many thousand lines of which a screenful is drawn. */
export function LogList({
  ref,
  feed,
  state,
  shown,
  options,
  onFollow,
  onView,
  onReplay,
  live,
}: {
  ref: Ref<LogListHandle>
  feed: LogFeed
  state: FeedState
  shown: ShownRows
  options: ViewOptions
  onFollow: (follow: boolean) => void
  onView: (view: { from: number; to: number } | undefined) => void
  onReplay: (mark: ShellMark) => void
  live: boolean
}) {
  const { rows } = shown
  const element = useRef<HTMLDivElement>(null)
  const [expanded, setExpanded] = useState<ReadonlySet<number>>(new Set())
  const [current, setCurrent] = useState<number | undefined>(undefined)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => element.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan,
  })
  const follow = options.follow && live
  const place = useKeptPlace(element, rows.length > 0 ? rows : [], follow, virtual)
  const unseen = useUnseen(rows, follow)

  const items = virtual.getVirtualItems()
  const height = virtual.scrollRect?.height ?? 0
  const offset = virtual.scrollOffset ?? 0
  const first = rows[items.find((item) => item.end > offset)?.index ?? -1]
  const last = rows[items.findLast((item) => item.start < offset + height)?.index ?? -1]
  const [viewFrom, viewTo] = [first?.at, last?.at]
  useEffect(() => {
    onView(viewFrom === undefined || viewTo === undefined ? undefined : { from: viewFrom, to: viewTo })
  }, [viewFrom, viewTo, onView])

  useImperativeHandle(ref, () => ({
    scrollTo(at) {
      const index = rows.findIndex((row) => row.at >= at)
      virtual.scrollToIndex(index === -1 ? rows.length - 1 : index, { align: 'center' })
    },
    nextMatch(direction) {
      const from = current ?? items.at(-1)?.index ?? 0
      const { matchRows } = shown
      const index =
        direction === 1
          ? (matchRows.find((row) => row > from) ?? matchRows[0])
          : (matchRows.findLast((row) => row < from) ?? matchRows.at(-1))
      if (index === undefined) return
      onFollow(false)
      setCurrent(index)
      virtual.scrollToIndex(index, { align: 'center' })
    },
  }))

  const scrolled = () => {
    const box = element.current
    if (box === null) return
    const isUp = box.scrollTop < place.lastTop() - 1
    place.remember()
    const fromEnd = box.scrollHeight - box.scrollTop - box.clientHeight
    if (isUp && fromEnd > nearEndPixels && follow) onFollow(false)
    if (box.scrollTop < nearStartPixels) void feed.loadOlder()
  }
  const press = (event: KeyboardEvent) => {
    if (event.key === 'End') onFollow(true)
    else if (event.key === 'Home') onFollow(false)
  }
  const toggle = (key: number) =>
    setExpanded((before) => {
      const next = new Set(before)
      if (!next.delete(key)) next.add(key)
      return next
    })

  return (
    <div
      className={styles.listFrame}
      style={{ '--source-width': sourceWidth(state, shown) } as CSSProperties}
    >
      <div
        ref={element}
        className={styles.list}
        role="log"
        aria-live="off"
        aria-label="Log lines"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by the keyboard
        tabIndex={0}
        onScroll={scrolled}
        onKeyDown={press}
      >
        {rows.length === 0 && <Nothing state={state} filtered={state.lines.length > 0} />}
        <div style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index]
            if (row === undefined) return null
            return (
              <div
                key={item.key}
                ref={virtual.measureElement}
                data-index={item.index}
                className={styles.place}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <LogRowView
                  row={row}
                  container={isMark(row) ? undefined : state.sources[row.source]?.container}
                  expression={shown.expression}
                  wrap={options.wrap}
                  expanded={!isMark(row) && expanded.has(row.key)}
                  current={item.index === current}
                  onToggle={toggle}
                  whole={(line) => feed.whole(line)}
                  onReplay={onReplay}
                />
              </div>
            )
          })}
        </div>
      </div>
      {!follow && live && unseen > 0 && (
        <Button className={styles.pill} size="small" onClick={() => onFollow(true)}>
          <ChevronDownIcon size={12} stroke={2} aria-hidden />
          {unseen === 1 ? '1 new line' : `${unseen} new lines`}
        </Button>
      )}
    </div>
  )
}

/** Wide enough for the longest name in the list: names are never cut. */
function sourceWidth({ sources }: FeedState, { rows }: ShownRows): string {
  const names = sources.map(({ container }) => container.length)
  const people = rows.flatMap((row) => (isMark(row) ? [row.userName.length + 1] : []))
  return `calc(${Math.max(8, ...names, ...people)}ch + 14px)`
}

function Nothing({ state, filtered }: { state: FeedState; filtered: boolean }) {
  if (state.loading) return <p className={styles.loading}>Reading the log…</p>
  return (
    <EmptyState icon={LogsIcon} title={filtered ? 'No line is left' : 'No lines in this time'}>
      {filtered
        ? 'Search, level and containers leave none of the lines.'
        : 'Choose a longer time, or wait: what is written from now on appears by itself.'}
    </EmptyState>
  )
}

/** What is in sight stays where it is when lines come in above; while following, the end stays in sight. */
function useKeptPlace(
  element: { readonly current: HTMLDivElement | null },
  rows: ShownRows['rows'],
  follow: boolean,
  virtual: {
    getTotalSize(): number
    scrollRect: { height: number } | null
  },
) {
  const top = useRef(0)
  const anchor = useRef<{ key: number | string; index: number } | undefined>(undefined)
  const total = virtual.getTotalSize()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height changes when rows are measured
  useLayoutEffect(() => {
    const box = element.current
    if (box === null) return
    if (follow && rows.length > 0) {
      // The list knows the height of a row that was just opened only after this.
      box.scrollTop = box.scrollHeight
      top.current = box.scrollTop
    }
  }, [rows, follow, total, virtual.scrollRect?.height])
  useLayoutEffect(() => {
    const box = element.current
    const before = anchor.current
    const index = before === undefined ? -1 : rows.findIndex(({ key }) => key === before.key)
    if (box !== null && before !== undefined && index !== -1 && index !== before.index && !follow) {
      box.scrollTop += (index - before.index) * rowHeight
      top.current = box.scrollTop
    }
    const kept = Math.min(rows.length - 1, Math.floor((box?.scrollTop ?? 0) / rowHeight))
    const row = rows[kept]
    anchor.current = row === undefined ? undefined : { key: row.key, index: kept }
  }, [rows, follow, element])
  return {
    lastTop: () => top.current,
    remember() {
      const box = element.current
      if (box === null) return
      top.current = box.scrollTop
      const index = Math.min(rows.length - 1, Math.floor(box.scrollTop / rowHeight))
      const row = rows[index]
      anchor.current = row === undefined ? undefined : { key: row.key, index }
    },
  }
}

/** Lines that came after following ended. */
function useUnseen(rows: ShownRows['rows'], follow: boolean): number {
  const lastKey = rows.findLast((row) => !isMark(row))?.key
  const [seen, setSeen] = useState(lastKey)
  useEffect(() => {
    if (follow) setSeen(lastKey)
  }, [follow, lastKey])
  if (follow || typeof seen !== 'number') return 0
  let count = 0
  for (const row of rows) if (!isMark(row) && row.key > seen) count += 1
  return count
}

import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import { classNames } from '../../ui/class-names.ts'
import { harmlessText } from '../../ui/display-text.ts'
import type { LineSearchState } from './line-search.tsx'
import styles from './transcript.module.css'

/** As `.line` in the style sheet. */
const lineHeight = 18
/** A line without end would stop the page. */
const longestShownLine = 4096

/** Plain lines, of which only those in sight are drawn. */
export function TextLines({ lines, search }: { lines: readonly string[]; search: LineSearchState }) {
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    overscan: 20,
  })
  const current = search.line
  useEffect(() => {
    if (current !== undefined) virtual.scrollToIndex(current, { align: 'center' })
  }, [current, virtual])

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a text that scrolls must be reachable by keyboard
    <div className={styles.scroller} ref={scroller} tabIndex={0} role="document" aria-label="Transcript text">
      <div className={styles.lines} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => (
          <div
            key={index}
            className={classNames(styles.line, index === current && styles.current)}
            style={{ transform: `translateY(${start}px)` }}
          >
            <Marked
              text={harmlessText((lines[index] ?? '').slice(0, longestShownLine))}
              query={search.query}
            />
          </div>
        ))}
      </div>
    </div>
  )
}

function Marked({ text, query }: { text: string; query: string }) {
  const at = query === '' ? -1 : text.toLowerCase().indexOf(query.toLowerCase())
  if (at === -1) return text
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, at + query.length)}</mark>
      {text.slice(at + query.length)}
    </>
  )
}

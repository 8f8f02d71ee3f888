import { defaultRangeExtractor, type Range, useVirtualizer, type VirtualItem } from '@tanstack/react-virtual'
import { type RefObject, useCallback, useLayoutEffect, useState } from 'react'
import { useFirstScreenDrawn } from '../../ui/use-first-screen.ts'
import { type Day, keyOf, type ListedEntry } from './audit-entries.ts'

/** As in the style sheet. */
const rowHeight = 33
const headingHeight = 23

/** Beyond the window at first, when what counts is that a screenful is there. */
const overscanAtFirst = 2
/** Then, so that arrow keys, a wheel and a find in the page meet rows that are drawn. */
const overscanAfterwards = 20

/** A day's heading, or one of its entries. */
export type ListItem =
  | { kind: 'heading'; day: Day }
  | { kind: 'entry'; day: Day; entry: ListedEntry; index: number }

export function itemsOf(days: readonly Day[]): ListItem[] {
  return days.flatMap((day) => [
    { kind: 'heading' as const, day },
    ...day.entries.map((entry, index) => ({ kind: 'entry' as const, day, entry, index })),
  ])
}

/** That it has over every change of the list. */
export function keyOfItem(item: ListItem | undefined): string | undefined {
  return item?.kind === 'entry' ? keyOf(item.entry) : item?.day.label
}

/** An entry that is drawn, after `gap` pixels of those that are not. */
export interface DrawnEntry {
  entry: ListedEntry
  /** Its place among those of its day. */
  index: number
  /** Its place among all items of the list. */
  place: number
  gap: number
}

export interface DrawnDay {
  day: Day
  gap: number
  hasHeading: boolean
  entries: DrawnEntry[]
}

/** The part of a long list that is in the window, by days, with the room that the rest takes. */
export function drawnDays(
  items: readonly ListItem[],
  drawn: readonly { index: number; start: number; end: number }[],
  from: number,
): { days: DrawnDay[]; end: number } {
  const days: DrawnDay[] = []
  let end = from
  for (const { index: place, start, end: itsEnd } of drawn) {
    const item = items[place]
    if (item === undefined) continue
    let gap = start - end
    end = itsEnd
    let day = days.at(-1)
    if (day?.day !== item.day) {
      day = { day: item.day, gap, hasHeading: item.kind === 'heading', entries: [] }
      days.push(day)
      gap = 0
    }
    if (item.kind === 'entry') day.entries.push({ entry: item.entry, index: item.index, place, gap })
  }
  return { days, end: end - from }
}

/**
 * Which items are in the window of the page's own scroller, in which the list is one part among others.
 * @param kept an item that stays drawn wherever the window goes: the keyboard is in it
 */
export function useListWindow(
  items: readonly ListItem[],
  list: RefObject<HTMLElement | null>,
  scroller: () => HTMLElement | null,
  kept: number,
): { drawn: readonly VirtualItem[]; from: number; size: number } {
  const from = usePlaceInScroller(list, scroller)
  const overscan = useFirstScreenDrawn() ? overscanAfterwards : overscanAtFirst
  const virtual = useVirtualizer<HTMLElement, Element>({
    count: items.length,
    getScrollElement: scroller,
    estimateSize: (index) => (items[index]?.kind === 'heading' ? headingHeight : rowHeight),
    // Another one makes the virtualizer place everything anew, as another list asks for.
    getItemKey: useCallback((index: number) => keyOfItem(items[index]) ?? index, [items]),
    overscan,
    scrollMargin: from ?? 0,
    rangeExtractor: (range) => withKept(range, kept),
  })
  // Without a place every row that is drawn may be one too many. It is known before the first paint.
  const drawn = from === undefined ? [] : virtual.getVirtualItems()
  return { drawn, from: from ?? 0, size: virtual.getTotalSize() }
}

function withKept(range: Range, kept: number): number[] {
  const indexes = defaultRangeExtractor(range)
  if (kept < 0 || kept >= range.count || indexes.includes(kept)) return indexes
  return [...indexes, kept].sort((left, right) => left - right)
}

/** Pixels from the top of what scrolls to the list: what stands above it grows and shrinks. */
function usePlaceInScroller(
  list: RefObject<HTMLElement | null>,
  scroller: () => HTMLElement | null,
): number | undefined {
  const [from, setFrom] = useState<number | undefined>(undefined)
  useLayoutEffect(() => {
    const box = scroller()
    if (box === null || list.current === null) return
    const measure = () => {
      if (list.current === null) return
      const top = list.current.getBoundingClientRect().top - box.getBoundingClientRect().top
      setFrom(Math.round(top + box.scrollTop))
    }
    measure()
    const changes = new ResizeObserver(measure)
    for (const part of box.children) changes.observe(part)
    return () => changes.disconnect()
  }, [list, scroller])
  return from
}

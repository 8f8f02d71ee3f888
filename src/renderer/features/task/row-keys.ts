import { type KeyboardEvent, useEffect, useRef } from 'react'

/** Names the place of a row among all items of the list, drawn or not. */
export const placeAttribute = 'data-place'

/** Between two rows may stand the heading of a day. */
const placesOverHeading = 2

/**
 * Arrow keys in a list of which a part is drawn: up and down from row to row, left and right among
 * what a row has beside its replay. From a row that was scrolled out of sight the list comes back to it.
 */
export function useRowKeys(): (event: KeyboardEvent<HTMLElement>) => void {
  const wanted = useRef<{ row: Element; step: 1 | -1 }>(undefined)
  // After every drawing: neighbours are drawn only once the list has scrolled to the row.
  useEffect(() => {
    if (wanted.current === undefined) return
    const next = nextStop(wanted.current.row, wanted.current.step)
    if (next === 'not drawn') return
    wanted.current = undefined
    next?.focus()
  })
  return (event) => {
    const { key, target } = event
    const row = target instanceof Element ? target.closest('li') : null
    const step = stepOf(key)
    if (row === null || step === undefined) return
    const isAlong = key === 'ArrowRight' || key === 'ArrowLeft'
    const next = isAlong ? besideOf(row, target, step) : nextStop(row, step)
    if (next === undefined) return
    event.preventDefault()
    if (next !== 'not drawn') return next.focus()
    wanted.current = { row, step }
    row.scrollIntoView({ block: 'center' })
  }
}

function stepOf(key: string): 1 | -1 | undefined {
  if (key === 'ArrowDown' || key === 'ArrowRight') return 1
  return key === 'ArrowUp' || key === 'ArrowLeft' ? -1 : undefined
}

function besideOf(row: Element, target: EventTarget, step: 1 | -1): HTMLElement | undefined {
  const buttons = [...row.querySelectorAll('button')]
  return buttons[buttons.indexOf(target as HTMLButtonElement) + step]
}

/** The first button of the next row that has one; undefined at the end of what is drawn. */
function nextStop(row: Element, step: 1 | -1): HTMLElement | 'not drawn' | undefined {
  const rows = [...(row.closest('section[aria-label]')?.querySelectorAll('li') ?? [])]
  let from: Element = row
  for (let at = rows.indexOf(row as HTMLLIElement) + step; ; at += step) {
    const next = rows[at]
    if (next === undefined) return undefined
    if (isFar(from, next)) return 'not drawn'
    const button = next.querySelector('button')
    if (button !== null) return button
    from = next
  }
}

function isFar(row: Element, next: Element): boolean {
  const places = Math.abs(placeOf(next) - placeOf(row))
  return places > (row.parentElement === next.parentElement ? 1 : placesOverHeading)
}

function placeOf(row: Element): number {
  return Number(row.getAttribute(placeAttribute))
}

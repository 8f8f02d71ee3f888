import type { Terminal } from '@xterm/xterm'
import { type RefObject, useEffect, useRef } from 'react'

/** A terminal that lives outside React and is shown in one place of the page at a time. */
interface PlacedTerminal {
  readonly terminal: Terminal
  show(parent: HTMLElement): void
  hide(): void
}

/** Shows a terminal inside the element that gets this ref, for as long as that is on the page. */
export function useTerminalPlace(placed: PlacedTerminal): RefObject<HTMLDivElement | null> {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const parent = place.current
    if (parent === null) return
    let shown = true
    // Cells are measured when the terminal opens, so its font must be there.
    void document.fonts.load(`${placed.terminal.options.fontSize}px "JetBrains Mono"`).finally(() => {
      if (shown) placed.show(parent)
    })
    return () => {
      shown = false
      placed.hide()
    }
  }, [placed])
  return place
}

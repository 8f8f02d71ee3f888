import type { Terminal } from '@xterm/xterm'

export interface Divider {
  /** Changes the words, e.g. once it is known who opened the session. */
  setText(text: string): void
}

/**
 * Draws a labelled hairline on a line of its own: where one session ended and
 * the next began, in a terminal that outlives both. The line is blank in the
 * buffer, so a copy of the screen does not contain it.
 */
export function writeDivider(terminal: Terminal, text: string): Divider {
  // A line inside the element: xterm sets the element's own layout at every draw.
  const line = document.createElement('div')
  line.className = 'terminal-divider'
  line.textContent = text
  const atLineStart = terminal.buffer.active.cursorX === 0
  terminal.write(atLineStart ? '' : '\r\n', () => {
    const marker = terminal.registerMarker(0)
    const decoration = terminal.registerDecoration({ marker, width: terminal.cols, layer: 'top' })
    decoration?.onRender((element) => {
      if (line.parentElement !== element) element.append(line)
    })
  })
  terminal.write('\r\n')
  return {
    setText(next) {
      line.textContent = next
    },
  }
}

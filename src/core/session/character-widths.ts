// CommonJS, like xterm's other packages: Node sees its names only through the default import.
import unicode11 from '@xterm/addon-unicode11'
import type headless from '@xterm/headless'

/**
 * Gives a terminal without a page the width tables of the page's terminals,
 * because xterm.js comes with those of Unicode 6, where most emoji take one
 * column: the cursor would be elsewhere after a reload, and so would what is read.
 */
export function setCharacterWidths(terminal: headless.Terminal): void {
  // The addon's typings want the browser's Terminal; it reads only what both have.
  terminal.loadAddon(new unicode11.Unicode11Addon() as headless.ITerminalAddon)
  terminal.unicode.activeVersion = '11'
}

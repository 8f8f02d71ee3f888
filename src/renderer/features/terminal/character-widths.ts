import { Unicode11Addon } from '@xterm/addon-unicode11'
import type { Terminal } from '@xterm/xterm'

/** The columns that characters take, as core's copy of the screen has them. */
export function setCharacterWidths(terminal: Terminal): void {
  terminal.loadAddon(new Unicode11Addon())
  terminal.unicode.activeVersion = '11'
}

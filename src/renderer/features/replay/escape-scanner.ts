/** Where in the terminal's input language a text has stopped. */
type ScannerState = 'text' | 'escape' | 'sequence' | 'string' | 'string-escape'

const escapeCode = 0x1b

/**
 * Tells text from control sequences, across any split of the input. Follows the
 * states of https://vt100.net/emu/dec_ansi_parser as far as needed for that.
 */
export class EscapeScanner {
  #state: ScannerState = 'text'

  /** No sequence is open: what comes next is understood without what came before. */
  get atRest(): boolean {
    return this.#state === 'text'
  }

  /** The text without its control sequences. Line breaks and other single controls stay. */
  plain(text: string): string {
    let plain = ''
    let from = 0
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index)
      if (this.#state === 'text') {
        if (code !== escapeCode && (code < 0x80 || code > 0x9f)) continue
        plain += text.slice(from, index)
        this.#state = stateAfterStart(code)
      } else this.#state = stateInside(this.#state, code)
      from = index + 1
    }
    return this.#state === 'text' ? plain + text.slice(from) : plain
  }
}

function stateAfterStart(code: number): ScannerState {
  switch (code) {
    case escapeCode:
      return 'escape'
    case 0x9b: // CSI
      return 'sequence'
    case 0x90: // DCS
    case 0x98: // SOS
    case 0x9d: // OSC
    case 0x9e: // PM
    case 0x9f: // APC
      return 'string'
    default:
      return 'text'
  }
}

function stateInside(state: Exclude<ScannerState, 'text'>, code: number): ScannerState {
  // CAN and SUB end whatever is open.
  if (code === 0x18 || code === 0x1a) return 'text'
  switch (state) {
    case 'escape':
      return stateAfterEscape(code)
    case 'sequence':
      if (code === escapeCode) return 'escape'
      return code >= 0x40 && code <= 0x7e ? 'text' : 'sequence'
    case 'string':
      if (code === escapeCode) return 'string-escape'
      return code === 0x07 || code === 0x9c ? 'text' : 'string'
    case 'string-escape':
      // ESC \ ends the string; any other escape begins a sequence of its own.
      return code === 0x5c ? 'text' : stateAfterEscape(code)
  }
}

function stateAfterEscape(code: number): ScannerState {
  if (code === 0x5b) return 'sequence'
  // P, X, ], ^ and _ are DCS, SOS, OSC, PM and APC.
  if (code === 0x50 || code === 0x58 || code === 0x5d || code === 0x5e || code === 0x5f) return 'string'
  // Intermediates, and controls that act inside a sequence.
  return code < 0x30 || code === escapeCode ? 'escape' : 'text'
}

/**
 * Turns terminal output into plain lines: escape sequences and control
 * characters go, also when a sequence is cut in two between calls. What a line
 * editor writes to wrap a long line is joined again, so that no word is torn.
 */
export class PlainText {
  #state: 'text' | 'escape' | 'sequence' | 'string' | 'string-escape' = 'text'
  /** A carriage return, or a space and one, whose meaning the next sign decides. */
  #held = ''

  push(chunk: string): string {
    const visible = this.#state === 'text' && !hasControl.test(chunk) ? chunk : this.#withoutSequences(chunk)
    const text = this.#held + visible.replace(controls, '')
    this.#held = heldAtEnd.exec(text)?.[0] ?? ''
    return settle(this.#held === '' ? text : text.slice(0, -this.#held.length))
  }

  /** The end: nothing follows what was held. */
  flush(): string {
    const rest = this.#held
    this.#held = ''
    return settle(rest)
  }

  #withoutSequences(text: string): string {
    let plain = ''
    let position = 0
    while (position < text.length) {
      if (this.#state === 'text') {
        starts.lastIndex = position
        const start = starts.exec(text)
        plain += text.slice(position, start?.index)
        if (start === null) break
        position = start.index + 1
        this.#state = stateAfter(start[0])
      } else {
        this.#step(text[position] ?? '')
        position += 1
      }
    }
    return plain
  }

  /** One sign inside a sequence; ECMA-48 says where each ends, and CAN or SUB break any of them off. */
  #step(sign: string): void {
    if (sign === '\x18' || sign === '\x1a') this.#state = 'text'
    else if (this.#state === 'escape') this.#state = afterEscape(sign)
    else if (this.#state === 'sequence') {
      if (sign === '\x1b') this.#state = 'escape'
      else if (sign >= '@' && sign <= '~') this.#state = 'text'
    } else if (this.#state === 'string-escape') this.#state = sign === '\\' ? 'text' : afterEscape(sign)
    else if (sign === '\x07' || sign === '\x9c') this.#state = 'text'
    else if (sign === '\x1b') this.#state = 'string-escape'
  }
}

/** Plain text of output that is complete. */
export function plainTextOf(output: string): string {
  const plain = new PlainText()
  return plain.push(output) + plain.flush()
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const hasControl = /[\x1b\x80-\x9f]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const starts = /[\x1b\x90\x98\x9b\x9d-\x9f]/g
const heldAtEnd = / ?\r+$| $/
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const controls = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g
const returns = /( ?)\r+(\n?)/g

function stateAfter(start: string) {
  if (start === '\x1b') return 'escape'
  return start === '\x9b' ? 'sequence' : 'string'
}

function afterEscape(sign: string) {
  if (sign === '[') return 'sequence'
  if (sign === '\x1b') return 'escape'
  if (']PX^_'.includes(sign)) return 'string'
  // Intermediates, as in ESC ( B, are followed by one more.
  return sign >= ' ' && sign <= '/' ? 'escape' : 'text'
}

/**
 * CR LF ends a line; a space and a CR are how readline wraps one; any other CR
 * writes over the line, which makes a new one here.
 */
function settle(text: string): string {
  return text.replace(returns, (_, space: string, lineFeed: string) => {
    if (lineFeed !== '') return `${space}\n`
    return space === '' ? '\n' : ''
  })
}

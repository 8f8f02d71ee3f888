/** What of typed bytes matters for finding commands. Nothing of it is kept. */

const carriageReturn = 0x0d
const lineFeed = 0x0a
const interrupt = 0x03
/** Ctrl-O of readline accepts a line too. */
const operateAndGetNext = 0x0f

/** What a terminal answers by itself, and the mouse: nobody typed it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are control sequences
const report = /^\x1b(?:\[(?:[IO]|[?>]?[\d;]*[Rcnyx]|<[\d;]*[Mm]|M.{3})|[\]P])/s

export function isReport(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1b && report.test(Buffer.from(bytes.subarray(0, 64)).toString('latin1'))
}

export function hasInterrupt(bytes: Uint8Array): boolean {
  return bytes.includes(interrupt)
}

const pasteBegins = Buffer.from('\x1b[200~', 'latin1')
const pasteEnds = Buffer.from('\x1b[201~', 'latin1')

/** Counts keys that send a line off; those within a bracketed paste only lengthen it. */
export class EnterCounter {
  #pasting = false

  push(chunk: Uint8Array): number {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    let count = 0
    for (let position = 0; position < bytes.length; ) {
      const border = bytes.indexOf(this.#pasting ? pasteEnds : pasteBegins, position)
      const end = border === -1 ? bytes.length : border
      if (!this.#pasting) count += entersIn(bytes.subarray(position, end))
      if (border === -1) break
      this.#pasting = !this.#pasting
      position = border + pasteBegins.length
    }
    return count
  }
}

function entersIn(bytes: Uint8Array): number {
  let count = 0
  for (const byte of bytes)
    if (byte === carriageReturn || byte === lineFeed || byte === operateAndGetNext) count++
  return count
}

/**
 * Tells whether output may carry marks of a shell's integration (`OSC 133`,
 * `OSC 633`), so that only then it is parsed at once. What a mark says is read
 * by the screen's own parser, in its place between the cells.
 */

const escapeByte = 0x1b
const bell = 0x07
const introducers = ['\x1b]133;', '\x1b]633;'].map((text) => Buffer.from(text, 'latin1'))
const introducerBytes = 6

export class MarkDetector {
  /** What may be the beginning of an introducer, from the chunks before. */
  #held: Uint8Array = new Uint8Array(0)
  /** Within a mark whose end has not come. */
  #open = false

  /** @returns whether a mark begins, goes on or ends in this chunk */
  push(chunk: Uint8Array): boolean {
    const wasOpen = this.#open
    // By far the most chunks: plain output, or colours.
    if (!wasOpen && this.#held.byteLength === 0 && !chunk.includes(escapeByte)) return false
    const bytes = Buffer.concat([this.#held, chunk])
    const last = Math.max(...introducers.map((introducer) => bytes.lastIndexOf(introducer)))
    this.#held = heldTail(bytes)
    if (last === -1) {
      if (wasOpen) this.#open = !endsString(bytes, 0)
      return wasOpen
    }
    this.#open = !endsString(bytes, last + introducerBytes)
    return true
  }
}

/** A string ends at BEL, at ST, or with any escape that breaks it off. */
function endsString(bytes: Buffer, from: number): boolean {
  const next = bytes.indexOf(escapeByte, from)
  // An escape that is the last byte may be half of an ST: the next chunk says.
  return bytes.indexOf(bell, from) !== -1 || (next !== -1 && next < bytes.length - 1)
}

function heldTail(bytes: Buffer): Uint8Array {
  const start = bytes.lastIndexOf(escapeByte)
  if (start === -1) return new Uint8Array(0)
  const tail = bytes.subarray(start)
  const begins = introducers.some((introducer) => introducer.subarray(0, tail.length).equals(tail))
  return begins && tail.length < introducerBytes ? tail.slice() : new Uint8Array(0)
}

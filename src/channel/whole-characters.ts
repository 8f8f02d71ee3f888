import { joinChunks } from './output-batcher.ts'

/**
 * Where UTF-8 may be cut. xterm.js 6 loses a character that comes in two
 * pieces when the first ends with the byte 0x80, as in `…`, `“` and the joiner
 * of emoji: it takes that byte, whose six bits are 0, for none.
 */

/** Longest beginning of a character that can stand at the end of a piece. */
const longestBeginning = 3

/** How many bytes at the end are the beginning of a character that may go on; what is no UTF-8 counts as whole. */
function beginningAtEnd(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(longestBeginning, bytes.byteLength); back += 1) {
    const byte = bytes[bytes.byteLength - back] ?? 0
    if (byte >= 0xc0) return lengthByFirstByte(byte) > back ? back : 0
    if (byte < 0x80) return 0
  }
  return 0
}

function lengthByFirstByte(byte: number): number {
  if (byte >= 0xf8) return 1
  if (byte >= 0xf0) return 4
  return byte >= 0xe0 ? 3 : 2
}

/** Pieces of at most `size` bytes (more than 3) that end with whole characters, but for the last. */
export function* wholePieces(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let start = 0; start < bytes.byteLength; ) {
    const piece = bytes.subarray(start, start + size)
    const isLast = start + size >= bytes.byteLength
    const whole = isLast ? piece : piece.subarray(0, piece.byteLength - beginningAtEnd(piece))
    yield whole
    start += whole.byteLength
  }
}

/** Passes bytes on as whole characters: keeps the beginning of one until the rest has come. */
export class WholeCharacters {
  #kept: Uint8Array = new Uint8Array(0)

  /** @returns what can be passed on; empty when it is all of it a beginning */
  push(bytes: Uint8Array): Uint8Array {
    const all =
      this.#kept.byteLength === 0
        ? bytes
        : joinChunks([this.#kept, bytes], this.#kept.byteLength + bytes.byteLength)
    const length = all.byteLength - beginningAtEnd(all)
    this.#kept = all.slice(length)
    return all.subarray(0, length)
  }

  /** What was kept, at the end. */
  rest(): Uint8Array {
    const rest = this.#kept
    this.#kept = new Uint8Array(0)
    return rest
  }
}

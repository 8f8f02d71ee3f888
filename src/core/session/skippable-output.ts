/**
 * Finds out how much of a flood a screen replica need not parse. Lines that
 * have scrolled off the end of the scrollback leave nothing behind, as long as
 * they were only text and colours: those can be dropped for a hundredth of the
 * price of parsing them.
 */

const lineFeed = 0x0a
const carriageReturn = 0x0d
const shiftOut = 0x0e
const shiftIn = 0x0f
const escapeByte = 0x1b
const csiIntroducer = 0x5b
const selectGraphicRendition = 0x6d
const eraseInLine = 0x4b
/** First UTF-8 byte of the C1 controls U+0080 to U+009F, which a terminal obeys. */
const c1Lead = 0xc2

/** Longest run of colour sequences worth carrying over; more than this without a reset is no usual log. */
const longestStyleBytes = 4096

export interface SkippableOutput {
  /** Bytes from the start that need not be parsed. */
  length: number
  /** Colour sequences that are still in force after them. */
  style: Uint8Array
}

/**
 * How much of `output` can be dropped when the terminal keeps `lineCount` lines
 * in all (scrollback and screen). Undefined when nothing can: too few lines, or
 * anything in it that moves the cursor, changes a mode or carries a string.
 */
export function findSkippable(output: Uint8Array, lineCount: number): SkippableOutput | undefined {
  const length = startOfLastLines(output, lineCount)
  if (length === 0 || output[length - 2] !== carriageReturn) return undefined
  if (!isPlain(output)) return undefined
  const style = styleAfter(output.subarray(0, length))
  return style === undefined ? undefined : { length, style }
}

function startOfLastLines(output: Uint8Array, lineCount: number): number {
  let position = output.byteLength
  for (let line = 0; line <= lineCount && position > 0; line++) {
    position = output.lastIndexOf(lineFeed, position - 1)
  }
  return Math.max(0, position + 1)
}

function isPlain(output: Uint8Array): boolean {
  for (let index = 0; index < output.byteLength; index++) {
    const byte = output[index]
    if (byte === shiftOut || byte === shiftIn) return false
    if (byte === c1Lead && isC1Tail(output[index + 1])) return false
    if (byte !== escapeByte) continue
    const end = endOfControlSequence(output, index)
    if (end === undefined || !leavesOnlyColour(output[end])) return false
    index = end
  }
  return true
}

function isC1Tail(byte: number | undefined): boolean {
  return byte === undefined || (byte >= 0x80 && byte <= 0x9f)
}

function leavesOnlyColour(final: number | undefined): boolean {
  return final === selectGraphicRendition || final === eraseInLine
}

/** Index of the final byte of the `ESC [` sequence at `start`; undefined for any other or an incomplete one. */
function endOfControlSequence(output: Uint8Array, start: number): number | undefined {
  if (output[start + 1] !== csiIntroducer) return undefined
  for (let index = start + 2; index < output.byteLength; index++) {
    const byte = output[index] ?? 0
    const isParameter = (byte >= 0x30 && byte <= 0x39) || byte === 0x3a || byte === 0x3b
    if (!isParameter) return index
  }
  return undefined
}

/** The colour sequences of plain `output` since its last reset, or undefined when there are too many. */
function styleAfter(output: Uint8Array): Uint8Array | undefined {
  let style: Uint8Array[] = []
  let length = 0
  for (let start = output.indexOf(escapeByte); start !== -1; start = output.indexOf(escapeByte, start + 1)) {
    const end = endOfControlSequence(output, start)
    if (end === undefined || output[end] !== selectGraphicRendition) continue
    const sequence = output.subarray(start, end + 1)
    if (isReset(sequence)) {
      style = []
      length = 0
    }
    style.push(sequence)
    length += sequence.byteLength
    if (length > longestStyleBytes) return undefined
  }
  return Buffer.concat(style)
}

/** `ESC [ m`, `ESC [ 0 m`, `ESC [ 0 ; ... m`, `ESC [ ; ... m`. */
function isReset(sequence: Uint8Array): boolean {
  const parameters = Buffer.from(sequence.subarray(2, -1)).toString('latin1')
  return Number(parameters.split(';', 1)[0]) === 0
}

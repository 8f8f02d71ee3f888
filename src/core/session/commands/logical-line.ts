import type headless from '@xterm/headless'
import { continuationOf } from './prompts.ts'

type Buffer = headless.IBuffer
type Line = headless.IBufferLine

/** Longest text that is read from a screen: a pasted script, not a file. */
const mostRows = 200

/** The row on which the logical line of `row` begins: rows that only wrapped belong to the one before. */
function firstRowOf(buffer: Buffer, row: number): number {
  let first = row
  while (first > 0 && row - first < mostRows && buffer.getLine(first)?.isWrapped === true) first--
  return first
}

/** Text of the logical line that ends with `row`, without what follows it on the screen. */
export function logicalLine(buffer: Buffer, row: number): string {
  return textOfRows(buffer, firstRowOf(buffer, row), row)
}

/** The rows joined: those that go on directly, others by \n; blanks at the end of a line are nothing. */
export function textOfRows(buffer: Buffer, from: number, to: number): string {
  let text = ''
  for (let row = Math.max(from, to - mostRows); row <= to; row++) {
    const line = buffer.getLine(row)
    if (line === undefined) continue
    const continues = row < to && goesOn(line, buffer.getLine(row + 1))
    text += line.translateToString(!continues)
    if (row < to && !continues) text += '\n'
  }
  return text
}

/** Line editors that wrap by themselves, as BusyBox does, leave a full row and no word to the terminal. */
function goesOn(line: Line, next: Line | undefined): boolean {
  if (next === undefined || next.isWrapped) return next !== undefined
  const isFull = (line.getCell(line.length - 1)?.getChars() ?? '') !== ''
  return isFull && continuationOf(next.translateToString(true)) === undefined
}

/** The logical line of the cursor up to the cursor. */
export function textBeforeCursor(buffer: Buffer): { text: string; firstRow: number } {
  const row = buffer.baseY + buffer.cursorY
  const firstRow = firstRowOf(buffer, row)
  const before = firstRow === row ? '' : textOfRows(buffer, firstRow, row - 1).padEnd(0)
  const last = buffer.getLine(row)?.translateToString(false, 0, buffer.cursorX) ?? ''
  return { text: before + last, firstRow }
}

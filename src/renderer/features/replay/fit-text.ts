import type { TerminalSize } from '../../../contract/session.ts'

/** Cell of the terminal's font, in em. */
export interface CellShape {
  readonly width: number
  readonly height: number
}

export interface FittedText {
  fontSize: number
  lineHeight: number
}

/** The terminal's own: 19 px rows at 12.5 px. */
const roomyLineHeight = 1.12

/**
 * Text that flows is read: a row that has no room is one scroll away, and the
 * view follows the cursor. A full-screen program is seen as a whole, and only
 * below the smallest size of the settings it is scrolled too.
 */
const smallestText = { flowing: 11, fullScreen: 9 }

/**
 * A recording keeps its columns and rows, so text gives way: first the space
 * between lines, then its size. What still does not fit is scrolled.
 */
export function fitText(
  { cols, rows }: TerminalSize,
  place: { width: number; height: number },
  cell: CellShape,
  wanted: number,
  content: keyof typeof smallestText,
): FittedText {
  const fits = (fontSize: number, lineHeight: number) =>
    cols * cell.width * fontSize <= place.width &&
    // xterm.js rounds a cell up to whole pixels before it adds the space between lines.
    rows * Math.floor(Math.ceil(cell.height * fontSize) * lineHeight) <= place.height
  if (fits(wanted, roomyLineHeight)) return { fontSize: wanted, lineHeight: roomyLineHeight }
  const smallest = Math.min(wanted, smallestText[content])
  for (let fontSize = wanted; fontSize > smallest; fontSize -= 0.5)
    if (fits(fontSize, 1)) return { fontSize, lineHeight: 1 }
  return { fontSize: smallest, lineHeight: 1 }
}

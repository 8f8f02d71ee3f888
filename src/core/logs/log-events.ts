import type { LogLine } from '../../contract/logs.ts'

/**
 * Characters of a line that travel to a page at once. Nobody reads more in a
 * list, and a page that keeps thousands of lines stays small; CloudWatch Logs
 * has lines of a megabyte.
 */
export const longestLineCharacters = 8192

/** One line as it travels. Ends of lines that came along with it are none of its text. */
export function toLine(source: number, at: number, message: string): LogLine {
  const text = message.replace(/[\r\n]+$/, '')
  if (text.length <= longestLineCharacters) return { source, at, text }
  return { source, at, text: text.slice(0, longestLineCharacters), length: text.length }
}

/** Sorts by time; lines of one moment stay in the order of their source, and within it as they came. */
export function compareLines(left: LogLine, right: LogLine): number {
  return left.at - right.at || left.source - right.source
}

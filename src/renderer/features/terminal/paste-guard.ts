import type { Settings } from '../../../contract/host.ts'
import type { Environment } from '../../../contract/identity.ts'

export interface PasteQuestion {
  readonly text: string
  /** As many as the shell would take as lines of input. */
  readonly lineCount: number
}

/**
 * Whether somebody is asked before a text goes into a shell. Only lines that would run at once are asked
 * about: a program that takes bracketed paste keeps them at its prompt until Enter is pressed there.
 */
export function pasteQuestion(
  text: string,
  where: { guard: Settings['pasteGuard']; environment: Environment; bracketed: boolean },
): PasteQuestion | undefined {
  const { guard, environment, bracketed } = where
  if (guard === 'never' || bracketed || !/[\r\n]/.test(text)) return undefined
  if (guard === 'production' && environment !== 'production') return undefined
  return { text, lineCount: text.replace(/[\r\n]+$/, '').split(/\r\n?|\n/).length }
}

/**
 * Text as it may go to a program that takes bracketed paste: an escape sequence in it could end the paste
 * before its end, and what follows would count as typed.
 */
export function harmlessPaste(text: string, bracketed: boolean): string {
  return bracketed ? text.replaceAll('\u001b', '') : text
}

/** Lines shown before somebody agrees to all of them. */
const mostShown = 12

/** The first lines of a text, and how many more there are. */
export function firstLines(text: string): { lines: string[]; more: number } {
  const lines = text.replace(/[\r\n]+$/, '').split(/\r\n?|\n/)
  return { lines: lines.slice(0, mostShown), more: Math.max(0, lines.length - mostShown) }
}

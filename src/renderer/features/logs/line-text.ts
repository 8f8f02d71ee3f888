import { harmlessText } from '../../ui/display-text.ts'

/**
 * Escape sequences that terminals act on: colours and other CSI, OSC up to its
 * end, and those of two characters. Log lines are no terminal, so all go.
 */
const escapeSequences =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is for
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[()][A-Z0-9]|[@-Z\\^_=>78])/g

/** Most lines: nothing in them needs care, and a search looks at all lines of a long list. */
const plainText = /^[ -~]*$/

/** A line of a container as it may be shown: one row, no colours, nothing hidden. */
export function lineText(text: string): string {
  if (plainText.test(text)) return text
  return harmlessText(text.replace(escapeSequences, '').replaceAll('\t', '  '))
}

/** The same over as many rows as the line itself has. */
export function lineTexts(text: string): string {
  return text.replace(escapeSequences, '').split(/\r?\n/).map(lineText).join('\n')
}

/** JSON over several rows; undefined for everything else. */
export function prettyJson(text: string): string | undefined {
  const trimmed = text.trim()
  if (!trimmed.startsWith('{') && !trimmed.startsWith('[')) return undefined
  try {
    return lineTexts(JSON.stringify(JSON.parse(trimmed), null, 2))
  } catch {
    return undefined
  }
}

import { unexpandedCommandText } from '../../../contract/shell-integration.ts'

/**
 * What a shell's integration says with `OSC 133` and `OSC 633`: FinalTerm's
 * letters, and the command's text as VS Code has it. Whatever a program prints
 * may look like one: marks are hints.
 */
export type ShellMark =
  | { kind: 'prompt-begins' }
  | { kind: 'prompt-ends' }
  | { kind: 'command-begins' }
  /** Without a code when the mark has none, or none that is a number. */
  | { kind: 'command-ends'; exitCode?: number }
  | { kind: 'command-text'; text: string }

/** Of one mark no more is read: the longest command that is kept, with each letter escaped. */
const longestMark = 16 * 1024

/** kitty's way to say that a prompt is for a further line of the same command. */
const furtherLine = 'k=s'

/** @param data what stands between `OSC 133;` and the end of the sequence; xterm.js passes on up to 10 MB */
export function parseShellMark(data: string): ShellMark | undefined {
  const [letter, first = '', ...more] = data.slice(0, longestMark).split(';')
  switch (letter) {
    case 'A':
      return [first, ...more].includes(furtherLine) ? undefined : { kind: 'prompt-begins' }
    case 'B':
      return { kind: 'prompt-ends' }
    case 'C':
      return { kind: 'command-begins' }
    case 'D':
      // Ten digits: Windows ends programs with codes of 32 bits.
      return { kind: 'command-ends', ...(/^\d{1,10}$/.test(first) && { exitCode: Number(first) }) }
    case 'E':
      return commandText(first)
    default:
      return undefined
  }
}

/** An empty text says nothing, and so does the call that should have been replaced by one. */
function commandText(escaped: string): ShellMark | undefined {
  if (escaped === '' || escaped.startsWith(unexpandedCommandText)) return undefined
  return { kind: 'command-text', text: unescapeText(escaped) }
}

/** As VS Code escapes a command line: `\\` and `\xHH`. */
function unescapeText(text: string): string {
  return text.replace(/\\(?:\\|x([0-9a-fA-F]{2}))/g, (_, hex: string | undefined) =>
    hex === undefined ? '\\' : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

/**
 * What a shell's integration says with `OSC 133` and `OSC 633`: FinalTerm's
 * letters, and the command's text as VS Code has it.
 */
export type ShellMark =
  | { kind: 'prompt-begins' }
  | { kind: 'prompt-ends' }
  | { kind: 'command-begins' }
  /** Without a code when the mark has none, or none that is a number. */
  | { kind: 'command-ends'; exitCode?: number }
  | { kind: 'command-text'; text: string }

/** @param data what stands between `OSC 133;` and the end of the sequence */
export function parseShellMark(data: string): ShellMark | undefined {
  const [letter, first = ''] = data.split(';', 2)
  switch (letter) {
    case 'A':
      return { kind: 'prompt-begins' }
    case 'B':
      return { kind: 'prompt-ends' }
    case 'C':
      return { kind: 'command-begins' }
    case 'D':
      return { kind: 'command-ends', ...(/^\d{1,5}$/.test(first) && { exitCode: Number(first) }) }
    case 'E':
      return { kind: 'command-text', text: unescapeText(first) }
    default:
      return undefined
  }
}

/** As VS Code escapes a command line: `\\` and `\xHH`. */
function unescapeText(text: string): string {
  return text.replace(/\\(?:\\|x([0-9a-fA-F]{2}))/g, (_, hex: string | undefined) =>
    hex === undefined ? '\\' : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

import type { DiagnosticRow, DiagnosticSection } from '../../contract/diagnostics.ts'

const toneMarks = { good: '', warn: '! ', bad: '!! ' } as const

/** The report as plain text: one fact a line, which reads well in an issue and in a chat. */
export function reportText(at: number, sections: readonly DiagnosticSection[]): string {
  const parts = sections.map(({ title, rows, problem }) =>
    [
      title,
      ...rows.map(rowText),
      ...(problem === undefined
        ? []
        : [`  !! ${[problem.message, problem.detail].filter(Boolean).map(String).map(oneLine).join(' ')}`]),
    ].join('\n'),
  )
  return `${[`Porthole diagnostics, ${new Date(at).toISOString()}`, ...parts].join('\n\n')}\n`
}

function rowText({ label, value, note, tone }: DiagnosticRow): string {
  const mark = tone === undefined ? '' : toneMarks[tone]
  const why = note === undefined ? '' : ` (${oneLine(note)})`
  return `  ${mark}${oneLine(label)}: ${oneLine(value)}${why}`
}

/** Text from files and servers must not look like lines of ours. */
function oneLine(text: string): string {
  return text.replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ')
}

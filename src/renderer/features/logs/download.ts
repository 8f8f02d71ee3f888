import type { ErrorValue } from '../../../contract/errors.ts'
import type { LogLine, LogRange, LogTask } from '../../../contract/logs.ts'
import type { CoreClient } from '../../app/core/core-link.ts'
import { displayText } from '../../ui/display-text.ts'

/** A file of more than this is for other tools, and the page has to hold all of it. */
const mostLines = 200_000
const linesPerCall = 5000
/** Each line that travelled cut is one more call for the rest of it. More of them stay as they are on screen. */
const mostWholeLines = 200

export interface DownloadOutcome {
  lines: number
  /** There was more than a file takes; the oldest lines are missing. */
  cut: boolean
  problem?: ErrorValue
}

/** Saves all lines of the range, oldest first, one a row: time, container, text as it was logged. */
export async function downloadLogs(
  core: CoreClient,
  request: { task: LogTask; range: LogRange; pattern: string | undefined },
): Promise<DownloadOutcome> {
  const range = { ...request.range, to: request.range.to ?? Date.now() }
  const opened = await core.call('logs.open', { ...request, range })
  if (!opened.ok) return { lines: 0, cut: false, problem: opened.error }
  const { id, sources } = opened.value
  const batches: LogLine[][] = []
  let wholeLines = 0
  let count = 0
  let complete = false
  try {
    while (!complete && count < mostLines) {
      const answer = await core.call('logs.older', { id, lines: linesPerCall })
      if (!answer.ok) return { lines: 0, cut: false, problem: answer.error }
      const lines: LogLine[] = []
      for (const line of answer.value.lines)
        lines.push(
          line.length !== undefined && wholeLines++ < mostWholeLines ? await whole(core, id, line) : line,
        )
      batches.unshift(lines)
      count += answer.value.lines.length
      complete = answer.value.complete
    }
  } finally {
    void core.call('logs.close', { id })
  }
  const rows = batches.map((batch) =>
    batch.map((line) => fileRow(line, sources[line.source]?.container ?? '')).join(''),
  )
  save(new Blob(rows, { type: 'text/plain' }), fileName(request.task, range.from))
  return { lines: count, cut: !complete }
}

/** With all of its text where that can be had. */
async function whole(core: CoreClient, id: string, line: LogLine): Promise<LogLine> {
  const { source, at, length } = line
  if (length === undefined) return line
  const answer = await core.call('logs.whole', { id, source, at, length })
  return answer.ok ? { source, at, text: answer.value.text } : line
}

/** A line of several rows goes on indented, so that none of them passes for a line of its own. */
export function fileRow({ at, text, length }: LogLine, container: string): string {
  const rest = length === undefined ? '' : ` [${length - text.length} more characters]`
  const rows = text.replace(/\r\n?|\n/g, '\n\t')
  return `${new Date(at).toISOString()} ${displayText(container)} ${rows}${rest}\n`
}

function fileName({ taskId }: LogTask, from: number): string {
  const moment = new Date(from).toISOString().slice(0, 19).replaceAll(':', '-')
  return `${taskId.slice(0, 8)}-${moment}.log`
}

function save(content: Blob, name: string): void {
  const url = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}

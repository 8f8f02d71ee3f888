import type { CommandEntry } from '../../../contract/command-marker.ts'
import type { SearchHit, TranscriptHit } from '../../../contract/search.ts'

export interface PieceRow {
  at: number
  text: string
  command: string | null
}

/** Of a command its text; of output the first line in which something was found. */
export function hitOf({ at, text, command }: PieceRow, words: RegExp): SearchHit | undefined {
  if (command === null) {
    const lines = text.split('\n')
    const line = lines.find((each) => each.search(words) !== -1) ?? lines.find((each) => each.trim() !== '')
    return line === undefined
      ? undefined
      : { kind: 'output', at, text: line, highlights: highlightsIn(line, words) }
  }
  const entry = JSON.parse(command) as CommandEntry
  if (entry.kind !== 'command') return undefined
  const { exitCode, confidence } = entry
  return {
    kind: 'command',
    at,
    text,
    highlights: highlightsIn(text, words),
    confidence,
    ...(exitCode !== undefined && { exitCode }),
  }
}

function highlightsIn(text: string, words: RegExp): [number, number][] {
  return [...text.matchAll(words)].map(({ 0: found, index }) => [index, index + found.length])
}

/** As `hitOf`, of a transcript: its lines are counted from 0, and it has no times. */
export function transcriptHitOf(row: PieceRow, words: RegExp): TranscriptHit | undefined {
  const hit = hitOf(row, words)
  if (hit === undefined) return undefined
  const { kind, text, highlights } = hit
  const lineInPiece = row.command === null ? row.text.split('\n').indexOf(text) : 0
  return { kind, line: row.at + lineInPiece, text, highlights }
}

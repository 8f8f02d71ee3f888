import type { ExportProgress } from '../../../contract/export.ts'
import { formatBytes } from '../../ui/bytes.ts'

const count = (value: number) => value.toLocaleString('en')

/** "Checking events: 1,200 of 9,214", "Writing recording 13 of 340: 14 MB of 80 MB". */
export function exportProgressText(progress: ExportProgress | undefined): string {
  if (progress === undefined) return 'Beginning…'
  const { phase, done, total, recordings } = progress
  if (phase === 'check-events') return `Checking events: ${count(done)} of ${count(total)}`
  if (phase === 'check-recordings')
    return `Checking recordings: ${formatBytes(done)} of ${formatBytes(total)}`
  if (recordings === undefined || recordings.total === 0) return 'Writing'
  const number = Math.min(recordings.done + 1, recordings.total)
  return `Writing recording ${count(number)} of ${count(recordings.total)}: ${formatBytes(done)} of ${formatBytes(total)}`
}

/** Of the step that is under way, 0 to 100. */
export function exportPercent({ done, total }: ExportProgress): number {
  return total === 0 ? 0 : Math.floor((Math.min(done, total) / total) * 100)
}

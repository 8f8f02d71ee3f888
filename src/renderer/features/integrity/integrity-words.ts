import type { ErrorValue } from '../../../contract/errors.ts'
import type {
  IntegrityFinding,
  IntegrityProgress,
  IntegrityReport,
  KeyStore,
} from '../../../contract/integrity.ts'
import { formatBytes } from '../../ui/bytes.ts'
import { formatMoment } from '../../ui/time.ts'

const count = (value: number) => value.toLocaleString('en')
/** "1 event", "9,214 events". */
export const counted = (value: number, one: string, many: string) =>
  `${count(value)} ${value === 1 ? one : many}`

export function statusWords(
  report: IntegrityReport | undefined,
  problems: readonly ErrorValue[],
): { title: string; tone: 'good' | 'bad' | 'unknown' } {
  if (report !== undefined && !report.intact) {
    const places = counted(report.findingCount, 'place', 'places')
    return { title: `Record differs in ${places}`, tone: 'bad' }
  }
  if (problems.length > 0) return { title: 'Record was changed', tone: 'bad' }
  if (report === undefined) return { title: 'Record not checked yet', tone: 'unknown' }
  return { title: 'Record is intact', tone: 'good' }
}

/** "Checked at 14:30, 9,214 events". */
export function checkedText(report: IntegrityReport, now: number): string {
  return `Checked at ${formatMoment(report.at, now)}, ${counted(report.events, 'event', 'events')}`
}

export function progressText(progress: IntegrityProgress | undefined): string {
  if (progress === undefined) return 'Beginning…'
  const { phase, done, total } = progress
  if (phase === 'events') return `Events: ${count(done)} of ${count(total)}`
  return `Recordings: ${formatBytes(done)} of ${formatBytes(total)}`
}

export function reportFacts(report: IntegrityReport, keyStore: KeyStore): { label: string; value: string }[] {
  const { outside } = report
  const unfinished = report.unfinished === 0 ? '' : `, ${report.unfinished} still being written`
  return [
    { label: 'Events', value: count(report.events) },
    { label: 'Recordings', value: `${count(report.recordings)}, ${formatBytes(report.bytes)}${unfinished}` },
    { label: 'Signed checkpoints', value: count(report.checkpoints) },
    {
      label: 'Outside the record',
      value: outside === undefined ? 'no checkpoint' : `checkpoint at event ${count(outside.seq)}`,
    },
    {
      label: 'Keys and checkpoint',
      value: keyStore === 'keychain' ? 'in this computer’s keychain' : 'in files that only you can read',
    },
  ]
}

/** Where exactly, for whoever goes to look. */
export function placeOf({ sessionId, offset, bytes }: IntegrityFinding): string | undefined {
  if (sessionId === undefined) return undefined
  const range =
    offset === undefined ? '' : `, from byte ${count(offset)}${bytes ? `, ${count(bytes)} bytes` : ''}`
  return `session ${sessionId}${range}`
}

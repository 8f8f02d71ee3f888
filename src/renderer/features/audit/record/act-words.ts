import type { RecordAct, RecordActKind, RecordMatter } from '../../../../contract/record-acts.ts'
import { type ActivityWords, activityWords } from '../../../ui/activity-words.ts'
import { formatBytes } from '../../../ui/bytes.ts'
import { AlertIcon, CredentialsIcon, LostIcon, SettingsIcon, VerifiedIcon } from '../../../ui/icons.ts'
import { formatDay } from '../../../ui/time.ts'

export const matterWords: Record<RecordMatter, string> = {
  taken: 'Exports and imports',
  removed: 'Removed',
  kept: 'Holds and limits',
  checked: 'Checks',
  gaps: 'Gaps',
  viewed: 'Looks',
  around: 'Services',
}

/** `alone` stands by itself where nobody did it. */
export const actWords: Record<RecordActKind, ActivityWords & { alone?: string }> = {
  ...activityWords,
  'recording.shredded': { icon: LostIcon, words: 'destroyed a recording', alone: 'Recording destroyed' },
  'record.doubted': { icon: AlertIcon, words: '', alone: 'Record found changed' },
  'key.changed': { icon: CredentialsIcon, words: '', alone: 'Signing key made anew' },
  'schema.migrated': { icon: SettingsIcon, words: '', alone: 'Record goes on in a later format' },
  'ledger.created': { icon: VerifiedIcon, words: '', alone: 'Record begun' },
  'recording.failed': { icon: AlertIcon, words: '', alone: 'Recording stopped early' },
  'recording.recovered': { icon: AlertIcon, words: '', alone: 'Recording recovered after a crash' },
  'session.interrupted': { icon: AlertIcon, words: '', alone: 'Session cut off' },
}

type Detail = Readonly<Record<string, string | undefined>>

const number = (text: string | undefined) => Number(text ?? 0) || 0
const counted = (text: string | undefined, one: string, many: string) =>
  `${number(text).toLocaleString('en')} ${number(text) === 1 ? one : many}`

const selectionWords: Record<string, string> = {
  all: 'everything',
  task: 'one task',
  session: 'one session',
  range: 'a span of time',
  recording: 'one recording',
}

/** What an export was of; `code`, of one that failed, is why. */
const exportFacts = ({ selection = '', forms, from, to, code }: Detail) => [
  selectionWords[selection] ?? selection,
  from !== undefined && to !== undefined ? `${dayOf(from)} to ${dayOf(to)}` : undefined,
  forms,
  code,
]

const exact: Partial<Record<RecordActKind, (detail: Detail) => (string | undefined)[]>> = {
  'audit.exported': exportFacts,
  'export.started': exportFacts,
  'export.cancelled': exportFacts,
  'export.failed': exportFacts,
  'audit.imported': ({ file, shells, records, sha256 }) => [
    file,
    `${counted(shells, 'shell', 'shells')} of ${counted(records, 'event', 'events')}`,
    digest(sha256),
  ],
  'recording.shredded': ({ cause, bytes }) => [
    cause === 'retention' ? 'older or more than is kept' : 'on request',
    bytesOf(bytes),
  ],
  'transcript.shredded': ({ bytes, awsSessionId, sha256 }) => [bytesOf(bytes), awsSessionId, digest(sha256)],
  'cloud.pruned': ({ events, before, sha256 }) => [
    counted(events, 'event', 'events'),
    before === undefined ? undefined : `from before ${dayOf(before)}`,
    digest(sha256),
  ],
  'retention.changed': ({ days, megabytes }) => [
    Number.isNaN(Number(days)) ? days : counted(days, 'day', 'days'),
    Number.isNaN(Number(megabytes)) ? megabytes : `at most ${number(megabytes).toLocaleString('en')} MB`,
  ],
  'audit.verified': ({ events, findings }) => [
    counted(events, 'event', 'events'),
    number(findings) === 0 ? 'intact' : `differs in ${counted(findings, 'place', 'places')}`,
  ],
  'record.doubted': ({ detail }) => [detail],
  'schema.migrated': ({ from = '?', to = '?' }) => [`format ${from} to ${to}`],
  'ledger.created': ({ file, reason }) => [
    file === undefined ? undefined : `in the place of ${file}`,
    reason,
  ],
  'recording.failed': ({ problem }) => [problem],
  'recording.recovered': ({ cutBytes }) => [
    number(cutBytes) === 0 ? 'nothing is missing' : `${bytesOf(cutBytes)} of a torn last line cut off`,
  ],
}

/** How much, which and why. Untrusted text. */
export function howMuch({ kind, detail }: Pick<RecordAct, 'kind' | 'detail'>): string {
  const words = exact[kind]?.(detail) ?? [
    detail.sessionOf === undefined ? undefined : `of ${detail.sessionOf}`,
    detail.reason,
  ]
  return words.filter((word) => word !== undefined && word !== '').join(', ')
}

/** What must not be overlooked. */
export function isAlarming({ kind, detail }: Pick<RecordAct, 'kind' | 'detail'>): boolean {
  if (kind === 'audit.verified') return number(detail.findings) > 0
  return kind === 'record.doubted' || kind === 'key.changed' || kind === 'recording.failed'
}

function bytesOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : formatBytes(number(text))
}

/** Of an ISO time its day, of anything else what it is. */
function dayOf(text: string): string {
  const date = new Date(text)
  return Number.isNaN(date.getTime()) ? text : `${formatDay(date)} ${date.getFullYear()}`
}

function digest(sha256: string | undefined): string | undefined {
  return sha256 === undefined ? undefined : `SHA-256 ${sha256.slice(0, 8)}`
}

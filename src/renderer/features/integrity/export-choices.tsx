import type { ExportSelection, ExportWish, RecordingForm } from '../../../contract/export.ts'
import styles from './integrity.module.css'

export interface ExportChoice {
  /** An archive that checks itself, or a session's recording alone. */
  as: 'archive' | RecordingForm
  /** How far back; everything when absent. */
  days: number | undefined
  redacted: boolean
  text: boolean
  asciicastV2: boolean
}

export const usualChoice: ExportChoice = {
  as: 'archive',
  days: undefined,
  redacted: false,
  text: true,
  asciicastV2: false,
}

const dayMilliseconds = 24 * 60 * 60_000

export function wishOf(
  { as, days, ...forms }: ExportChoice,
  selection: ExportSelection | undefined,
  now: number,
): ExportWish {
  if (as !== 'archive' && selection?.kind === 'session') {
    const { sessionId } = selection
    return { kind: 'recording', request: { sessionId, form: as, redacted: forms.redacted } }
  }
  const recent: ExportSelection =
    days === undefined ? { kind: 'all' } : { kind: 'range', from: now - days * dayMilliseconds, to: now }
  return { kind: 'archive', request: { ...forms, selection: selection ?? recent } }
}

const spans: { days: number | undefined; label: string }[] = [
  { days: undefined, label: 'Everything' },
  { days: 90, label: 'Last 90 days' },
  { days: 30, label: 'Last 30 days' },
  { days: 7, label: 'Last 7 days' },
]

const wholes: { as: ExportChoice['as']; label: string; about?: string }[] = [
  {
    as: 'archive',
    label: 'Archive',
    about: 'Events and recording, with a verifier that needs only Node.js.',
  },
  { as: 'asciicast-v3', label: 'Recording as asciicast v3', about: 'For asciinema and other players.' },
  { as: 'asciicast-v2', label: 'Recording as asciicast v2', about: 'For older players.' },
  { as: 'text', label: 'Recording as plain text' },
]

interface ChoicesProps {
  choice: ExportChoice
  onChange: (choice: ExportChoice) => void
}

export function ExportChoices({
  choice,
  selection,
  onChange,
}: ChoicesProps & {
  /** One task or session; of the whole history when absent. */
  selection: ExportSelection | undefined
}) {
  const isArchive = choice.as === 'archive'
  return (
    <>
      {selection?.kind === 'session' && (
        <>
          <p>One session: its events and its recording.</p>
          <Choices
            legend="As"
            name="as"
            options={wholes.map(({ as, ...words }) => ({ value: as, ...words }))}
            chosen={choice.as}
            onChoose={(as) => onChange({ ...choice, as })}
          />
        </>
      )}
      {selection?.kind === 'task' && (
        <p>One task: every session in it from this computer, and what else was done to it.</p>
      )}
      {selection === undefined && (
        <Choices
          legend="Sessions from"
          name="span"
          options={spans.map(({ days, label }) => ({ value: days, label }))}
          chosen={choice.days}
          onChoose={(days) => onChange({ ...choice, days })}
        />
      )}
      <Choices
        legend="What is in it"
        name="form"
        options={isArchive ? archiveContents : recordingContents}
        chosen={choice.redacted}
        onChoose={(redacted) => onChange({ ...choice, redacted })}
      />
      {isArchive && !choice.redacted && <AlsoAs choice={choice} onChange={onChange} />}
      <p className={styles.quiet}>{isArchive ? archiveNote : recordingNote}</p>
    </>
  )
}

const archiveContents = [
  {
    value: false,
    label: 'Recordings as they are',
    about: 'What the screens showed, secrets included. Every byte can be checked.',
  },
  {
    value: true,
    label: 'Redacted text',
    about: 'Known kinds of secrets taken out, no recordings. The chain can be checked, the text cannot.',
  },
]
const recordingContents = [
  { value: false, label: 'Everything the screen showed', about: 'Secrets included.' },
  {
    value: true,
    label: 'Redacted',
    about: 'Known kinds of secrets taken out, and with them colours and full-screen programs.',
  },
]
const archiveNote =
  'The archive holds a verifier that needs only Node.js, and the hashes of the whole history. That somebody exported it is noted in the history.'
const recordingNote =
  'A recording alone cannot be checked; the archive can. That somebody exported it is noted in the history.'

function AlsoAs({ choice, onChange }: ChoicesProps) {
  const { text, asciicastV2 } = choice
  return (
    <fieldset className={styles.choices}>
      <legend>Recordings also as</legend>
      <label>
        <input type="checkbox" checked={text} onChange={() => onChange({ ...choice, text: !text })} />
        Plain text
      </label>
      <label>
        <input
          type="checkbox"
          checked={asciicastV2}
          onChange={() => onChange({ ...choice, asciicastV2: !asciicastV2 })}
        />
        asciicast v2, for older players
      </label>
    </fieldset>
  )
}

function Choices<Value>({
  legend,
  name,
  options,
  chosen,
  onChoose,
}: {
  legend: string
  name: string
  options: { value: Value; label: string; about?: string }[]
  chosen: Value
  onChoose: (value: Value) => void
}) {
  return (
    <fieldset className={styles.choices}>
      <legend>{legend}</legend>
      {options.map(({ value, label, about }) => (
        <label key={label}>
          <input type="radio" name={name} checked={chosen === value} onChange={() => onChoose(value)} />
          <span>
            {label}
            {about !== undefined && <small>{about}</small>}
          </span>
        </label>
      ))}
    </fieldset>
  )
}

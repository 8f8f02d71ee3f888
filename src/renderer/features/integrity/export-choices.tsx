import type { ExportSelection } from '../../../contract/export.ts'
import styles from './integrity.module.css'

export interface ExportChoice {
  /** How far back; everything when absent. */
  days: number | undefined
  redacted: boolean
  text: boolean
  asciicastV2: boolean
}

const spans: { days: number | undefined; label: string }[] = [
  { days: undefined, label: 'Everything' },
  { days: 90, label: 'Last 90 days' },
  { days: 30, label: 'Last 30 days' },
  { days: 7, label: 'Last 7 days' },
]

export function ExportChoices({
  choice,
  selection,
  onChange,
}: {
  choice: ExportChoice
  /** One task or session; of the whole history when absent. */
  selection: ExportSelection | undefined
  onChange: (choice: ExportChoice) => void
}) {
  const { redacted, text, asciicastV2 } = choice
  return (
    <>
      {selection?.kind === 'session' && <p>One session: its events and its recording.</p>}
      {selection?.kind === 'task' && (
        <p>One task: every session in it from this computer, and what else was done to it.</p>
      )}
      {selection === undefined && (
        <fieldset className={styles.choices}>
          <legend>Sessions from</legend>
          {spans.map(({ days, label }) => (
            <label key={label}>
              <input
                type="radio"
                name="span"
                checked={choice.days === days}
                onChange={() => onChange({ ...choice, days })}
              />
              {label}
            </label>
          ))}
        </fieldset>
      )}
      <fieldset className={styles.choices}>
        <legend>What is in it</legend>
        <label>
          <input
            type="radio"
            name="form"
            checked={!redacted}
            onChange={() => onChange({ ...choice, redacted: false })}
          />
          <span>
            Recordings as they are
            <small>What the screens showed, secrets included. Every byte can be checked.</small>
          </span>
        </label>
        <label>
          <input
            type="radio"
            name="form"
            checked={redacted}
            onChange={() => onChange({ ...choice, redacted: true })}
          />
          <span>
            Redacted text
            <small>
              Known kinds of secrets taken out, no recordings. The chain can be checked, the text cannot.
            </small>
          </span>
        </label>
      </fieldset>
      {!redacted && (
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
      )}
      <p className={styles.quiet}>
        The archive holds a verifier that needs only Node.js, and the hashes of the whole history. That
        somebody exported it is noted in the history.
      </p>
    </>
  )
}

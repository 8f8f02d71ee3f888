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
  isWhole,
  onChange,
}: {
  choice: ExportChoice
  /** Of the whole history, not of one task or session. */
  isWhole: boolean
  onChange: (choice: ExportChoice) => void
}) {
  const { redacted, text, asciicastV2 } = choice
  return (
    <>
      {isWhole && (
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

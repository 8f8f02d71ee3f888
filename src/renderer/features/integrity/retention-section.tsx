import type { Settings } from '../../../contract/host.ts'
import type { RetentionSettings } from '../../../contract/retention.ts'
import { type Choice, Segments } from '../../ui/field.tsx'
import styles from '../settings/settings.module.css'

const forEver = 'for ever'

const ages: Choice<string>[] = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
  { value: forEver, label: 'For ever' },
]

const sizes: Choice<string>[] = [
  { value: '1024', label: '1 GB' },
  { value: '10240', label: '10 GB' },
  { value: forEver, label: 'No limit' },
]

/** How long recordings are kept; the events stay for good. */
export function RetentionSection({
  retention,
  onChange,
}: {
  retention: RetentionSettings
  onChange: (change: Partial<Settings>) => void
}) {
  const { days, megabytes } = retention
  return (
    <>
      <div className={styles.row}>
        <b>
          Keep recordings <span>Older ones are destroyed; who was where when stays in the history</span>
        </b>
        <Segments
          label="Keep recordings"
          value={String(days ?? forEver)}
          choices={withOwn(ages, days, (value) => `${value} days`)}
          onChange={(value) => onChange({ retention: { ...retention, days: numberOf(value) } })}
        />
      </div>
      <div className={styles.row}>
        <b>
          Room for recordings <span>The oldest go first; held ones never</span>
        </b>
        <Segments
          label="Room for recordings"
          value={String(megabytes ?? forEver)}
          choices={withOwn(sizes, megabytes, (value) => `${value} MB`)}
          onChange={(value) => onChange({ retention: { ...retention, megabytes: numberOf(value) } })}
        />
      </div>
    </>
  )
}

function numberOf(value: string): number | undefined {
  return value === forEver ? undefined : Number(value)
}

/** What somebody wrote into the settings file is a choice like the others. */
function withOwn(
  choices: Choice<string>[],
  own: number | undefined,
  label: (value: number) => string,
): Choice<string>[] {
  if (own === undefined || choices.some(({ value }) => value === String(own))) return choices
  return [{ value: String(own), label: label(own) }, ...choices]
}

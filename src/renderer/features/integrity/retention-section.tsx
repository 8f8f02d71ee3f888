import { type Choice, Segments } from '../../ui/field.tsx'
import { SettingRow } from '../settings/setting-row.tsx'
import { useSettings } from '../settings/use-settings.ts'

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
export function RetentionSection() {
  const [{ retention }, change] = useSettings()
  const { days, megabytes } = retention
  return (
    <>
      <SettingRow
        name="Keep recordings"
        help="Older ones are destroyed; who was where when stays in the history"
      >
        <Segments
          label="Keep recordings"
          value={String(days ?? forEver)}
          choices={withOwn(ages, days, (value) => `${value} days`)}
          onChange={(value) => change({ retention: { ...retention, days: numberOf(value) } })}
        />
      </SettingRow>
      <SettingRow name="Room for recordings" help="The oldest go first; held ones never">
        <Segments
          label="Room for recordings"
          value={String(megabytes ?? forEver)}
          choices={withOwn(sizes, megabytes, (value) => `${value} MB`)}
          onChange={(value) => change({ retention: { ...retention, megabytes: numberOf(value) } })}
        />
      </SettingRow>
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

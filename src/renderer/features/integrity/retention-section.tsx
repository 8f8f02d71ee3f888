import { Segments } from '../../ui/field.tsx'
import { ages, limitOf, limitValue, sizes, withOwn } from '../settings/setting-choices.ts'
import { SettingRow } from '../settings/setting-row.tsx'
import { useSettings } from '../settings/use-settings.ts'

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
          value={limitValue(days)}
          choices={withOwn(ages, days, (value) => `${value} days`)}
          onChange={(value) => change({ retention: { ...retention, days: limitOf(value) } })}
        />
      </SettingRow>
      <SettingRow name="Room for recordings" help="The oldest go first; held ones never">
        <Segments
          label="Room for recordings"
          value={limitValue(megabytes)}
          choices={withOwn(sizes, megabytes, (value) => `${value} MB`)}
          onChange={(value) => change({ retention: { ...retention, megabytes: limitOf(value) } })}
        />
      </SettingRow>
    </>
  )
}

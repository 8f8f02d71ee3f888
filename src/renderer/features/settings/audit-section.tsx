import { Segments } from '../../ui/field.tsx'
import { Switch } from '../../ui/switch.tsx'
import { RetentionSection } from '../integrity/retention-section.tsx'
import { pauses } from './setting-choices.ts'
import { SettingRow } from './setting-row.tsx'
import { useSettings } from './use-settings.ts'

/** What is recorded, and for how long it is kept. */
export function AuditSection() {
  const [{ recordingRequired, recordingPause }, change] = useSettings()
  return (
    <>
      <SettingRow
        name="Open shells only when they are recorded"
        help={
          recordingRequired
            ? 'Keys and output are held until the recording is on the disk; a shell whose recording fails is ended'
            : 'A shell whose recording fails goes on, and says so; in production keys and output are held until the recording has begun or failed'
        }
      >
        <Switch
          checked={recordingRequired}
          label="Open shells only when they are recorded"
          onChange={(checked) => change({ recordingRequired: checked })}
        />
      </SettingRow>
      <SettingRow name="Pausing a recording" help="The history notes every pause">
        <Segments
          label="Pausing a recording"
          value={recordingPause}
          choices={pauses}
          onChange={(chosen) => change({ recordingPause: chosen })}
        />
      </SettingRow>
      <RetentionSection />
    </>
  )
}

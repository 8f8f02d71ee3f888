import { Segments } from '../../ui/field.tsx'
import { scrollbacks, themes } from './setting-choices.ts'
import { SettingRow } from './setting-row.tsx'
import { useSettings } from './use-settings.ts'

/** Measured: a terminal of 120 columns keeps 1,000 lines in about 2.5 MB. */
const megabytesPerThousandLines = 2.5

export function AppearanceSection() {
  const [settings, change] = useSettings()
  const megabytes = Math.round((settings.scrollback / 1000) * megabytesPerThousandLines)
  return (
    <>
      <SettingRow name="Theme">
        <Segments
          label="Theme"
          value={settings.theme}
          choices={themes}
          onChange={(theme) => change({ theme })}
        />
      </SettingRow>
      <SettingRow name="Terminal text" help={`${settings.terminalFontSize} px`}>
        <input
          type="range"
          aria-label="Terminal text size"
          min={9}
          max={24}
          step={0.5}
          value={settings.terminalFontSize}
          onChange={(event) => change({ terminalFontSize: Number(event.target.value) })}
        />
      </SettingRow>
      <SettingRow name="Lines kept per terminal" help={`Up to ${megabytes} MB each`}>
        <Segments
          label="Lines kept per terminal"
          value={String(settings.scrollback)}
          choices={scrollbacks}
          onChange={(lines) => change({ scrollback: Number(lines) })}
        />
      </SettingRow>
    </>
  )
}

import type { Settings } from '../../../contract/host.ts'
import { Segments } from '../../ui/field.tsx'
import { Switch } from '../../ui/switch.tsx'
import { PluginSection } from '../plugin/plugin-section.tsx'
import { integrationHint } from '../shells/shell-fields.tsx'
import { engines, pasteGuards } from './setting-choices.ts'
import { SettingRow } from './setting-row.tsx'
import { useSettings } from './use-settings.ts'

const engineHelp: Record<Settings['engine'], string> = {
  auto: 'The plugin when a supported one is installed, else built-in.',
  'built-in': 'Porthole’s own client. Needs nothing installed.',
  plugin: 'AWS’s session-manager-plugin. Porthole can install it.',
}

/** How shells are opened. */
export function SessionsSection() {
  const [{ engine, pasteGuard, shellIntegration }, change] = useSettings()
  return (
    <>
      <SettingRow name="Engine" help={engineHelp[engine]}>
        <Segments
          label="Engine"
          value={engine}
          choices={engines}
          onChange={(chosen) => change({ engine: chosen })}
        />
      </SettingRow>
      <SettingRow
        name="Show lines before they are pasted"
        help="Where the shell would run them at once, without bracketed paste"
      >
        <Segments
          label="Show lines before they are pasted"
          value={pasteGuard}
          choices={pasteGuards}
          onChange={(chosen) => change({ pasteGuard: chosen })}
        />
      </SettingRow>
      <SettingRow name="Shell integration" help={integrationHint}>
        <Switch
          checked={shellIntegration}
          label="Shell integration"
          onChange={(on) => change({ shellIntegration: on })}
        />
      </SettingRow>
      <PluginSection />
    </>
  )
}

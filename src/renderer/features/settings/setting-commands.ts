import type { Settings } from '../../../contract/host.ts'
import type { Command } from '../../app/commands/command-registry.ts'
import type { Services } from '../../app/services.ts'
import { changeSettings } from '../../app/stores/settings-store.ts'
import { OrderIcon, SettingsIcon } from '../../ui/icons.ts'
import { sectionTitles } from './section-titles.ts'
import { type SettingEntry, settingList } from './setting-list.ts'

/** How the navigator looks, each way a command of its own. */
const navigatorChoices: readonly { title: string; change: Partial<Settings> }[] = [
  { title: 'Sort by name', change: { navigatorOrder: 'name' } },
  { title: 'Sort by number of tasks', change: { navigatorOrder: 'size' } },
  { title: 'Sort newest first', change: { navigatorOrder: 'newest' } },
  { title: 'Sort trouble first', change: { navigatorOrder: 'trouble' } },
  { title: 'Group by cluster', change: { navigatorGrouping: 'cluster' } },
  { title: 'Group by Copilot application and environment', change: { navigatorGrouping: 'copilot' } },
]

type Needed = Pick<Services, 'core' | 'settings' | 'interface'>

export function settingCommands(services: Needed): Command[] {
  const { core, settings } = services
  return [
    ...navigatorChoices.map(({ title, change }) => ({
      id: `setting.${Object.entries(change).flat().join('.')}`,
      title,
      group: 'Navigator',
      icon: OrderIcon,
      inShortcuts: false,
      run: () => void changeSettings(core, settings, change),
    })),
    ...settingList.map((entry) => settingCommand(services, entry)),
  ]
}

/** Switches what is off or on, asks which of several, and opens the dialog for all else. */
function settingCommand({ core, settings, interface: interfaceStore }: Needed, entry: SettingEntry): Command {
  const { id, name, section, value, choices } = entry
  const run = () => {
    const all = choices?.(settings.getState().settings) ?? []
    const other = all.length === 2 ? all.find(({ current }) => !current) : undefined
    if (other !== undefined) return void changeSettings(core, settings, other.change)
    interfaceStore.setState({
      dialog:
        all.length === 0
          ? { kind: 'settings', section }
          : { kind: 'palette', mode: { setting: id }, text: '' },
    })
  }
  return {
    id: `setting.${id}`,
    title: `Settings: ${name}`,
    group: sectionTitles[section],
    icon: SettingsIcon,
    inShortcuts: false,
    value: () => value(settings.getState().settings),
    run,
  }
}

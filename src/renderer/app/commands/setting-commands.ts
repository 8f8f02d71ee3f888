import type { Settings } from '../../../contract/host.ts'
import { OrderIcon, SettingsIcon } from '../../ui/icons.ts'
import type { Services } from '../services.ts'
import { changeSettings } from '../stores/settings-store.ts'
import type { Command } from './command-registry.ts'

/** Settings that are one choice among a few, so that the palette reaches each value. */
const choices: readonly { title: string; group: string; change: Partial<Settings> }[] = [
  { title: 'Sort by name', group: 'Navigator', change: { navigatorOrder: 'name' } },
  { title: 'Sort by number of tasks', group: 'Navigator', change: { navigatorOrder: 'size' } },
  { title: 'Sort newest first', group: 'Navigator', change: { navigatorOrder: 'newest' } },
  { title: 'Sort trouble first', group: 'Navigator', change: { navigatorOrder: 'trouble' } },
  { title: 'Group by cluster', group: 'Navigator', change: { navigatorGrouping: 'cluster' } },
  {
    title: 'Group by Copilot application and environment',
    group: 'Navigator',
    change: { navigatorGrouping: 'copilot' },
  },
  { title: 'Engine: automatic', group: 'Settings', change: { engine: 'auto' } },
  { title: 'Engine: built-in', group: 'Settings', change: { engine: 'built-in' } },
  { title: 'Engine: session-manager-plugin', group: 'Settings', change: { engine: 'plugin' } },
]

export function settingCommands({ core, settings }: Pick<Services, 'core' | 'settings'>): Command[] {
  return choices.map(({ title, group, change }) => ({
    id: `setting.${Object.entries(change).flat().join('.')}`,
    title,
    group,
    icon: group === 'Navigator' ? OrderIcon : SettingsIcon,
    inShortcuts: false,
    run: () => void changeSettings(core, settings, change),
  }))
}

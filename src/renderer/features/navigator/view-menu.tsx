import type { Settings } from '../../../contract/host.ts'
import { useServices } from '../../app/services.ts'
import { changeSettings } from '../../app/stores/settings-store.ts'
import { IconButton } from '../../ui/button.tsx'
import { type MenuEntry, useContextMenu } from '../../ui/context-menu.tsx'
import { OrderIcon } from '../../ui/icons.ts'

const orders: readonly [Settings['navigatorOrder'], string][] = [
  ['name', 'Name'],
  ['size', 'Most tasks first'],
  ['newest', 'Newest first'],
  ['trouble', 'Trouble first'],
]

const groupings: readonly [Settings['navigatorGrouping'], string][] = [
  ['cluster', 'Cluster'],
  ['copilot', 'Copilot application and environment'],
]

/** How the tree is sorted and grouped. */
export function ViewMenuButton() {
  const { core, settings } = useServices()
  const openMenu = useContextMenu()
  const entries = (): MenuEntry[] => {
    const now = settings.getState().settings
    const change = (change: Partial<Settings>) => () => void changeSettings(core, settings, change)
    return [
      { heading: 'Sort by' },
      ...orders.map(([navigatorOrder, label]) => ({
        label,
        checked: now.navigatorOrder === navigatorOrder,
        run: change({ navigatorOrder }),
      })),
      { heading: 'Group by' },
      ...groupings.map(([navigatorGrouping, label]) => ({
        label,
        checked: now.navigatorGrouping === navigatorGrouping,
        run: change({ navigatorGrouping }),
      })),
    ]
  }
  return (
    <IconButton label="Sort and group" onClick={(event) => openMenu(event, entries())}>
      <OrderIcon size={14} stroke={1.75} aria-hidden />
    </IconButton>
  )
}

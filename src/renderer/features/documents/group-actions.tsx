import type { IDockviewHeaderActionsProps } from 'dockview-react'
import { useRunCommand } from '../../app/commands/use-commands.ts'
import { useServices } from '../../app/services.ts'
import { IconButton } from '../../ui/button.tsx'
import { useContextMenu } from '../../ui/context-menu.tsx'
import { MoreIcon, PlusIcon } from '../../ui/icons.ts'
import styles from './documents.module.css'

/** The plus after the last tab: another shell where the front one is, or the palette to choose. */
export function NewTabButton({ activePanel, panels }: IDockviewHeaderActionsProps) {
  const run = useRunCommand()
  if (panels.length === 0) return null
  return (
    <button
      type="button"
      className={styles.newTab}
      aria-label="New shell"
      title="New shell"
      onClick={() => {
        // The command is about the front tab of this group, whichever group has the focus.
        activePanel?.api.setActive()
        run('shell.new')
      }}
    >
      <PlusIcon size={14} stroke={1.75} aria-hidden />
    </button>
  )
}

/** What can be done with a group of tabs. */
export function GroupActions({ activePanel, panels, containerApi }: IDockviewHeaderActionsProps) {
  const { workspace } = useServices()
  const openMenu = useContextMenu()
  if (activePanel === undefined) return null
  return (
    <div className={styles.groupActions}>
      <IconButton
        label="More for these tabs"
        onClick={(event) =>
          openMenu(event, [
            {
              label: 'Split right',
              disabled: panels.length < 2,
              run: () => workspace.stage?.moveToSplit(activePanel.id, 'right'),
            },
            {
              label: 'Split down',
              disabled: panels.length < 2,
              run: () => workspace.stage?.moveToSplit(activePanel.id, 'down'),
            },
            {
              label: containerApi.hasMaximizedGroup() ? 'Restore size' : 'Maximise',
              disabled: containerApi.groups.length < 2,
              run: () =>
                containerApi.hasMaximizedGroup()
                  ? containerApi.exitMaximizedGroup()
                  : containerApi.maximizeGroup(activePanel),
            },
            'divider',
            {
              label: 'Close all here',
              run: () => {
                for (const { id } of [...panels]) workspace.close(id)
              },
            },
          ])
        }
      >
        <MoreIcon size={14} stroke={1.75} aria-hidden />
      </IconButton>
    </div>
  )
}

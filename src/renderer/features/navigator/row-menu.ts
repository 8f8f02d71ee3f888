import { useCallback } from 'react'
import { keyCaps } from '../../app/commands/keys.ts'
import { useCommandContext } from '../../app/commands/use-commands.ts'
import type { Target } from '../../app/documents/target.ts'
import { useServices } from '../../app/services.ts'
import type { MenuEntry } from '../../ui/context-menu.tsx'
import type { TreeRow } from './tree-rows.ts'

/** Commands that a row offers, in order; the registry says which of them can be done. */
const commandsOf: Partial<Record<TreeRow['kind'], readonly string[]>> = {
  account: [
    'role.change',
    'region.change',
    'account.favourite',
    'account.remove',
    'profile.write',
    'catalog.refresh',
  ],
  'choose-account': ['account.choose'],
  service: [
    'readiness.open',
    'readiness.entrants',
    'logs.open',
    'audit.service',
    'exec.enable',
    'exec.disable',
    'awsCommand.copy',
    'catalog.refresh',
  ],
  task: [
    'task.open',
    'logs.open',
    'readiness.open',
    'readiness.entrants',
    'task.replace',
    'exec.enable',
    'exec.disable',
    'link.copy',
    'awsCommand.copy',
  ],
  container: [
    'shell.open',
    'shell.openWith',
    'logs.open',
    'task.open',
    'readiness.open',
    'task.replace',
    'container.favourite',
    'link.copy',
    'awsCommand.copy',
  ],
  problem: ['role.change', 'catalog.refresh'],
}

/** The menu of a row: a view of the commands, plus copying what the row is called. */
export function useRowMenu(): (row: TreeRow) => MenuEntry[] {
  const entriesOf = useCommandEntries()
  return useCallback(
    (row) => {
      const entries = entriesOf(commandsOf[row.kind] ?? ['catalog.refresh'], row.target)
      const copies = copiesOf(row).map(
        ([label, text]): MenuEntry => ({ label, run: () => void navigator.clipboard.writeText(text) }),
      )
      return copies.length === 0 ? entries : [...entries, 'divider', ...copies]
    },
    [entriesOf],
  )
}

/** The same commands for a container that has no row of the tree. */
export function useContainerMenu(): (target: Target) => MenuEntry[] {
  const entriesOf = useCommandEntries()
  return useCallback((target) => entriesOf(commandsOf.container ?? [], target), [entriesOf])
}

function useCommandEntries(): (ids: readonly string[], target: Target | undefined) => MenuEntry[] {
  const { commands, host } = useServices()
  const context = useCommandContext()
  return useCallback(
    (ids, target) => {
      const now = context(target)
      return ids.flatMap((id): MenuEntry[] => {
        const command = commands.get(id)
        if (command === undefined || command.when?.(now) === false) return []
        const binding = commands.bindings(command)[0]
        return [
          {
            label: command.title,
            icon: command.icon,
            caps: binding && keyCaps(binding.key, host),
            run: () => command.run(now),
          },
        ]
      })
    },
    [commands, host, context],
  )
}

function copiesOf(row: TreeRow): [string, string][] {
  switch (row.kind) {
    case 'account':
      return [['Copy account ID', row.view.account.accountId]]
    case 'cluster':
      return [['Copy cluster ARN', row.arn]]
    case 'service':
      return [['Copy service ARN', row.service.arn]]
    case 'task':
      return [
        ['Copy task ID', row.task.id],
        ['Copy task ARN', row.task.arn],
      ]
    case 'container':
      return [['Copy image', row.container.image]]
    default:
      return []
  }
}

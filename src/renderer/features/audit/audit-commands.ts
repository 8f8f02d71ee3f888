import type { SavedSearch } from '../../../contract/host.ts'
import type { Command, CommandContext } from '../../app/commands/command-registry.ts'
import type { Services } from '../../app/services.ts'
import { AuditIcon, FileIcon, MarkIcon } from '../../ui/icons.ts'
import { openAudit } from './audit-parts.ts'
import { importChosenFiles } from './imported/importing.ts'
import { openActivity, openSearch } from './open-activity.ts'
import { nameOf } from './saved-searches.ts'

export function auditCommands(services: Services): Command[] {
  return [
    {
      id: 'audit.service',
      title: 'Activity of the service',
      group: 'Task',
      icon: AuditIcon,
      when: (context) => serviceOf(context) !== undefined,
      run: (context) => {
        const service = serviceOf(context)
        if (service !== undefined) openActivity(services, { services: [service] })
      },
    },
    {
      id: 'audit.task',
      title: 'Search in the sessions of this task',
      group: 'Task',
      icon: AuditIcon,
      when: ({ target }) => target?.kind === 'task' || target?.kind === 'container',
      run: ({ target }) => {
        const taskId = target?.kind === 'task' ? target.task.taskId : undefined
        const ofContainer = target?.kind === 'container' ? target.container.taskId : undefined
        openSearch(services, { range: 'all', filters: { tasks: [taskId ?? ofContainer ?? ''] } })
      },
    },
    {
      id: 'audit.open',
      title: 'Search the audit history',
      group: 'View',
      icon: AuditIcon,
      keys: {
        mac: [{ key: 'Shift+Meta+A' }],
        other: [{ key: 'Ctrl+Shift+A' }],
        browser: [{ key: 'Alt+Shift+A' }],
      },
      run: () => openAudit(services, 'search'),
    },
    {
      id: 'audit.import',
      title: 'Import CloudTrail files…',
      group: 'File',
      icon: FileIcon,
      run: () => void importChosenFiles(services),
    },
    {
      id: 'audit.record',
      title: 'What was done to the audit record',
      group: 'App',
      icon: AuditIcon,
      run: () => openAudit(services, 'record'),
    },
  ]
}

/** The saved searches, for the palette: they come and go with the settings, so they are in no registry. */
export function savedSearchCommands(services: Services, saved: readonly SavedSearch[]): Command[] {
  return saved.map((search) => ({
    id: `audit.saved.${JSON.stringify(search)}`,
    title: `Saved search: ${nameOf(search)}`,
    group: 'Audit',
    icon: MarkIcon,
    run: () => openSearch(services, search),
  }))
}

function serviceOf({ target }: CommandContext): string | undefined {
  if (target?.kind === 'task') return target.task.serviceName
  if (target?.kind === 'container') return target.container.serviceName
  return target?.kind === 'service' ? target.service.serviceName : undefined
}

import type { Command, CommandContext } from '../../app/commands/command-registry.ts'
import { auditDocument } from '../../app/documents/document.ts'
import type { Services } from '../../app/services.ts'
import { AuditIcon } from '../../ui/icons.ts'
import { openActivity } from './open-activity.ts'

export function auditCommands(services: Services): Command[] {
  const { workspace } = services
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
      id: 'audit.open',
      title: 'Search the audit history',
      group: 'View',
      icon: AuditIcon,
      keys: {
        mac: [{ key: 'Shift+Meta+A' }],
        other: [{ key: 'Ctrl+Shift+A' }],
        browser: [{ key: 'Alt+Shift+A' }],
      },
      run: () => workspace.open(auditDocument),
    },
  ]
}

function serviceOf({ target }: CommandContext): string | undefined {
  if (target?.kind === 'task') return target.task.serviceName
  if (target?.kind === 'container') return target.container.serviceName
  return target?.kind === 'service' ? target.service.serviceName : undefined
}

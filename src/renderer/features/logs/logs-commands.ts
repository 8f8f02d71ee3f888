import type { Command, CommandContext } from '../../app/commands/command-registry.ts'
import { logsDocument, taskRefOf } from '../../app/documents/document.ts'
import type { Services } from '../../app/services.ts'
import { LogsIcon } from '../../ui/icons.ts'

/** The logs of the task, or of the container, that a row, a tab or a page is about. */
export function logsCommands({ workspace }: Pick<Services, 'workspace'>): Command[] {
  return [
    {
      id: 'logs.open',
      title: 'Logs',
      group: 'Task',
      icon: LogsIcon,
      keys: { mac: [{ key: 'Shift+Meta+L' }], other: [{ key: 'Ctrl+Shift+L' }] },
      when: (context) => documentOf(context) !== undefined,
      run: (context) => {
        const document = documentOf(context)
        if (document !== undefined) workspace.open(document)
      },
    },
  ]
}

function documentOf({ target }: CommandContext) {
  if (target?.kind === 'task') return logsDocument(target.task)
  if (target?.kind === 'service') return target.task && logsDocument(target.task)
  if (target?.kind === 'container')
    return logsDocument(taskRefOf(target.container), target.container.containerName)
  return undefined
}

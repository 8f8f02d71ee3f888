import type { Command } from '../../app/commands/command-registry.ts'
import { taskDocument, taskRefOf } from '../../app/documents/document.ts'
import { withProductionRules } from '../../app/stores/production-places.ts'
import { ReplaceIcon, ShellIcon, TaskIcon } from '../../ui/icons.ts'
import { requestShell, type ShellServices } from './open-shell.ts'

/** What can be done with a task or a container from anywhere. */
export function shellCommands(services: ShellServices): Command[] {
  const { workspace, interface: interfaceStore } = services
  return [
    {
      id: 'shell.open',
      title: 'Open shell',
      group: 'Container',
      icon: ShellIcon,
      // The palette has the containers themselves, and "New shell".
      inPalette: false,
      when: ({ target }) => target?.kind === 'container',
      run: ({ target }) => {
        if (target?.kind === 'container') requestShell(services, target.container)
      },
    },
    {
      id: 'shell.new',
      title: 'New shell',
      group: 'Container',
      icon: ShellIcon,
      keys: {
        mac: [{ key: 'Meta+T' }],
        other: [{ key: 'Ctrl+Shift+T' }],
        browser: [{ key: 'Alt+Shift+T' }],
      },
      when: ({ signedIn }) => signedIn,
      run: ({ target }) => {
        if (target?.kind === 'container') requestShell(services, target.container)
        else interfaceStore.setState({ dialog: { kind: 'palette', mode: 'all', text: '' } })
      },
    },
    {
      id: 'shell.openWith',
      title: 'Open shell with…',
      group: 'Container',
      icon: ShellIcon,
      when: ({ target }) => target?.kind === 'container',
      run: ({ target }) => {
        if (target?.kind === 'container')
          interfaceStore.setState({
            dialog: {
              kind: 'open-shell',
              container: withProductionRules(services, target.container),
              split: undefined,
            },
          })
      },
    },
    {
      id: 'task.open',
      title: 'Task page',
      group: 'Task',
      icon: TaskIcon,
      keys: {
        mac: [{ key: 'Alt+Enter', outsideTerminal: true }],
        other: [{ key: 'Alt+Enter', outsideTerminal: true }],
      },
      when: ({ target }) => target?.kind === 'task' || target?.kind === 'container',
      run: ({ target }) => {
        if (target?.kind === 'task') workspace.open(taskDocument(target.task))
        else if (target?.kind === 'container') workspace.open(taskDocument(taskRefOf(target.container)))
      },
    },
    {
      id: 'task.replace',
      title: 'Replace task…',
      group: 'Task',
      icon: ReplaceIcon,
      when: ({ target }) => taskIn(target) !== undefined,
      run: ({ target }) => {
        const task = taskIn(target)
        if (task !== undefined)
          interfaceStore.setState({
            dialog: { kind: 'replace-task', task: withProductionRules(services, task) },
          })
      },
    },
  ]
}

function taskIn(target: Parameters<Command['run']>[0]['target']) {
  if (target?.kind === 'task') return target.task
  return target?.kind === 'container' ? taskRefOf(target.container) : undefined
}

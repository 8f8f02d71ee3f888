import type { Command } from '../../app/commands/command-registry.ts'
import type { Target } from '../../app/documents/target.ts'
import type { Services } from '../../app/services.ts'
import { ExportIcon } from '../../ui/icons.ts'

/** Exports of the task or the session in front; that of everything is with the record as a whole. */
export function exportCommands({
  interface: interfaceStore,
  workspace,
}: Pick<Services, 'interface' | 'workspace'>): Command[] {
  const frontSession = () => {
    const { documents, activeId } = workspace.store.getState()
    const front = activeId === undefined ? undefined : documents[activeId]
    return front?.kind === 'replay' ? front.sessionId : undefined
  }
  return [
    {
      id: 'audit.exportTask',
      title: "Export this task's history…",
      group: 'Task',
      icon: ExportIcon,
      when: ({ target }) => taskArnOf(target) !== undefined,
      run: ({ target }) => {
        const taskArn = taskArnOf(target)
        if (taskArn !== undefined)
          interfaceStore.setState({
            dialog: { kind: 'export-history', selection: { kind: 'task', taskArn } },
          })
      },
    },
    {
      id: 'audit.exportSession',
      title: 'Export this session…',
      group: 'Replay',
      icon: ExportIcon,
      when: () => frontSession() !== undefined,
      run: () => {
        const sessionId = frontSession()
        if (sessionId !== undefined)
          interfaceStore.setState({
            dialog: { kind: 'export-history', selection: { kind: 'session', sessionId } },
          })
      },
    },
  ]
}

function taskArnOf(target: Target | undefined): string | undefined {
  if (target?.kind === 'task') return target.task.taskArn
  return target?.kind === 'container' ? target.container.taskArn : undefined
}

import type { Command, CommandContext } from '../../app/commands/command-registry.ts'
import { readinessDocument, type ServiceRef, taskRefOf } from '../../app/documents/document.ts'
import type { Services } from '../../app/services.ts'
import { ReadinessIcon, SettingsIcon, UsersIcon } from '../../ui/icons.ts'

/** Why a shell does not open here, who may open one, and turning exec on or off. */
export function readinessCommands({
  workspace,
  catalog,
  interface: interfaceStore,
}: Pick<Services, 'workspace' | 'catalog' | 'interface'>): Command[] {
  const isExecOn = (context: CommandContext) => {
    const service = serviceOf(context)
    const clusters = Object.values(catalog.getState().clusters)
    const cluster = clusters.find(({ arn }) => arn === service?.clusterArn)
    return cluster?.services.find(({ name }) => name === service?.serviceName)?.execEnabled
  }
  const switchExec = (context: CommandContext, on: boolean) => {
    const service = serviceOf(context)
    if (service !== undefined) interfaceStore.setState({ dialog: { kind: 'switch-exec', service, on } })
  }
  return [
    {
      id: 'readiness.open',
      title: 'Why can’t I connect?',
      group: 'Task',
      icon: ReadinessIcon,
      when: (context) => taskOf(context) !== undefined,
      run: (context) => {
        const task = taskOf(context)
        if (task !== undefined) workspace.open(readinessDocument(task))
      },
    },
    {
      id: 'readiness.entrants',
      title: 'Who may get in…',
      group: 'Task',
      icon: UsersIcon,
      when: (context) => serviceOf(context) !== undefined,
      run: (context) => {
        const service = serviceOf(context)
        if (service !== undefined) interfaceStore.setState({ dialog: { kind: 'entrants', service } })
      },
    },
    {
      id: 'exec.enable',
      title: 'Turn exec on…',
      group: 'Task',
      icon: SettingsIcon,
      when: (context) => isExecOn(context) === false,
      run: (context) => switchExec(context, true),
    },
    {
      id: 'exec.disable',
      title: 'Turn exec off…',
      group: 'Task',
      icon: SettingsIcon,
      when: (context) => isExecOn(context) === true,
      run: (context) => switchExec(context, false),
    },
  ]
}

function taskOf({ target }: CommandContext) {
  if (target?.kind === 'task' || target?.kind === 'service') return target.task
  return target?.kind === 'container' ? taskRefOf(target.container) : undefined
}

function serviceOf(context: CommandContext): ServiceRef | undefined {
  const { target } = context
  if (target?.kind === 'service') return target.service
  const task = taskOf(context)
  return task?.serviceName === undefined ? undefined : task
}

import { formatLink } from '../../../contract/link.ts'
import type { ContainerRef } from '../../../contract/session.ts'
import { shellCommand } from '../../../contract/shell-command.ts'
import type { Command, CommandContext } from '../../app/commands/command-registry.ts'
import { findTask, placeOf, toggledFavouriteContainer } from '../../app/stores/places.ts'
import { changeSettings } from '../../app/stores/settings-store.ts'
import { CopyIcon, MarkIcon, MatchedIcon } from '../../ui/icons.ts'
import { describeServiceLine, describeTaskLine, executeCommandLine } from './aws-command.ts'
import type { ShellServices } from './open-shell.ts'
import { rememberedChoice, systemOfContainer } from './shell-choice.ts'

/** Keeping a place at hand, and handing it on to others and to other programs. */
export function placeCommands(
  services: Omit<ShellServices, 'interface' | 'workspace'>,
  copy: (text: string) => void = (text) => void navigator.clipboard.writeText(text),
): Command[] {
  const { core, settings, catalog } = services
  const copied = (textOf: (context: CommandContext) => string | undefined) => (context: CommandContext) => {
    const text = textOf(context)
    if (text !== undefined) copy(text)
  }
  const isTaskOrContainer = ({ target }: CommandContext) =>
    target?.kind === 'task' || target?.kind === 'container'
  return [
    {
      id: 'container.favourite',
      title: 'Mark or unmark container as favourite',
      group: 'Container',
      icon: MarkIcon,
      when: ({ target }) => target?.kind === 'container',
      run: ({ target }) => {
        if (target?.kind === 'container') toggleFavourite({ core, settings, catalog }, target.container)
      },
    },
    {
      id: 'link.copy',
      title: 'Copy link',
      group: 'Task',
      icon: MatchedIcon,
      when: isTaskOrContainer,
      run: copied(linkTo),
    },
    {
      id: 'awsCommand.copy',
      title: 'Copy AWS CLI command',
      group: 'Task',
      icon: CopyIcon,
      when: (context) => isTaskOrContainer(context) || context.target?.kind === 'service',
      run: copied(({ target }) => {
        if (target?.kind === 'service') return describeServiceLine(target.service)
        if (target?.kind === 'task') return describeTaskLine(target.task)
        return target?.kind === 'container' ? shellLine(services, target.container) : undefined
      }),
    },
  ]
}

function toggleFavourite(
  { core, settings, catalog }: Pick<ShellServices, 'core' | 'settings' | 'catalog'>,
  container: ContainerRef,
): void {
  const place = placeOf(container, findTask(catalog.getState(), container))
  void changeSettings(core, settings, toggledFavouriteContainer(settings.getState().settings, place))
}

function linkTo({ target }: CommandContext): string | undefined {
  if (target?.kind !== 'task' && target?.kind !== 'container') return undefined
  const ref = target.kind === 'task' ? target.task : target.container
  const { scope, clusterName, taskId } = ref
  const place = { accountId: scope.accountId, region: scope.region, clusterName, taskId }
  return formatLink(
    target.kind === 'task'
      ? { kind: 'task', ...place }
      : { kind: 'shell', ...place, containerName: target.container.containerName },
  )
}

/** With the shell or command that this app would start there. */
function shellLine(
  { settings, catalog }: Pick<ShellServices, 'settings' | 'catalog'>,
  ref: ContainerRef,
): string {
  const known = catalog.getState()
  const choice = rememberedChoice(settings.getState().settings, placeOf(ref, findTask(known, ref)))
  return executeCommandLine(ref, shellCommand(choice, systemOfContainer(known, ref)))
}

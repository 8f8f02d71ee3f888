import type { Menu, MenuItem } from '../../../contract/window.ts'
import type { Command, CommandContext, CommandRegistry } from '../commands/command-registry.ts'

/** Menus in the order people look for them, and the groups of commands in each. */
const menus = [
  { title: 'Porthole', groups: ['App'] },
  { title: 'File', groups: ['File'] },
  { title: 'Shell', groups: ['Container', 'Task', 'Terminal'] },
  { title: 'View', groups: ['View', 'Navigator', 'Replay'] },
  { title: 'Tab', groups: ['Tab'] },
] as const

/** Commands of features that came later and named no group above. */
const otherMenu = 'View'

/** The native menus as they should be now: the registry's commands, with their keys. */
export function buildMenu(registry: CommandRegistry, context: CommandContext): Menu {
  const known = new Set<string>(menus.flatMap(({ groups }) => groups))
  const shown = registry.all().filter((command) => command.inPalette !== false || menuOnly.has(command.id))
  return menus.map(({ title, groups }) => ({
    title,
    groups: [
      ...groups.map((group) => shown.filter((command) => command.group === group)),
      ...(title === otherMenu ? [shown.filter((command) => !known.has(command.group))] : []),
    ]
      .filter((commands) => commands.length > 0)
      .map((commands) => commands.map((command) => itemFor(command, registry, context))),
  }))
}

/** The palette does not list these; a menu does. */
const menuOnly = new Set(['palette.open', 'shell.open'])

function itemFor(command: Command, registry: CommandRegistry, context: CommandContext): MenuItem {
  const key = registry.bindings(command)[0]?.key
  return {
    commandId: command.id,
    title: command.title,
    ...(key === undefined ? {} : { key }),
    enabled: command.when?.(context) ?? true,
  }
}

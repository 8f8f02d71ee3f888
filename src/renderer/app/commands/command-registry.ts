import type { ComponentType } from 'react'
import type { IconProps } from '../../ui/icons.ts'
import type { Target } from '../documents/target.ts'
import {
  bindingsFor,
  type KeyBinding,
  type KeyBindings,
  type Keyboard,
  type KeyPress,
  matchesKey,
} from './keys.ts'

/** What a command is about and where it was called from. */
export interface CommandContext {
  /** The row under the pointer, the selected row, or the task of the front tab. */
  readonly target: Target | undefined
  readonly signedIn: boolean
}

/**
 * An action of the app. Palette, menus, buttons and the shortcuts dialog are
 * views of these; nothing that a person can do has a second home.
 */
export interface Command {
  /** `area.action`, stable. */
  readonly id: string
  readonly title: string
  /** Shown beside the title: "Tab", "View". */
  readonly group: string
  readonly icon?: ComponentType<IconProps>
  readonly keys?: KeyBindings
  /** False for commands that only make sense on a key, such as going to the third tab. */
  readonly inPalette?: boolean
  /** False for all but the first of a row of keys that stand for one thing. */
  readonly inShortcuts?: boolean
  /** What it would change, as it is now. */
  readonly value?: () => string
  /** Whether it can be done now. Absent: always. */
  readonly when?: (context: CommandContext) => boolean
  readonly run: (context: CommandContext) => void
}

export interface CommandRegistry {
  register(commands: readonly Command[]): Disposable
  all(): readonly Command[]
  get(id: string): Command | undefined
  /** Commands that can be done now, in the order they were registered. */
  available(context: CommandContext): Command[]
  /** @throws {Error} for an id that nobody registered: a mistake in the code */
  run(id: string, context: CommandContext): void
  /** The command for a key press, if one is bound and can be done. */
  find(press: KeyPress, place: { inTerminal: boolean }, context: CommandContext): Command | undefined
  /** The keys to show for a command on this keyboard. */
  bindings(command: Command): readonly KeyBinding[]
}

export function createCommandRegistry(keyboard: Keyboard): CommandRegistry {
  const commands = new Map<string, Command>()
  const isPossible = (command: Command, context: CommandContext) => command.when?.(context) ?? true

  return {
    register(added) {
      for (const command of added) {
        if (commands.has(command.id)) throw new Error(`Command ${command.id} is registered twice`)
        commands.set(command.id, command)
      }
      return {
        [Symbol.dispose]() {
          for (const command of added) commands.delete(command.id)
        },
      }
    },
    all: () => [...commands.values()],
    get: (id) => commands.get(id),
    available: (context) => [...commands.values()].filter((command) => isPossible(command, context)),
    run(id, context) {
      const command = commands.get(id)
      if (command === undefined) throw new Error(`There is no command ${id}`)
      if (isPossible(command, context)) command.run(context)
    },
    find(press, { inTerminal }, context) {
      for (const command of commands.values()) {
        const bound = bindingsFor(command.keys, keyboard).some(
          ({ key, outsideTerminal }) => !(inTerminal && outsideTerminal) && matchesKey(press, key),
        )
        if (bound && isPossible(command, context)) return command
      }
      return undefined
    },
    bindings: (command) => bindingsFor(command.keys, keyboard),
  }
}

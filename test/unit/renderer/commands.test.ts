import { describe, expect, it } from 'vitest'
import { appCommands } from '../../../src/renderer/app/commands/app-commands.ts'
import { type Command, createCommandRegistry } from '../../../src/renderer/app/commands/command-registry.ts'
import { bindingsFor, type Keyboard } from '../../../src/renderer/app/commands/keys.ts'
import { createWorkspace } from '../../../src/renderer/app/documents/workspace.ts'
import type { Services } from '../../../src/renderer/app/services.ts'
import { createCatalogStore } from '../../../src/renderer/app/stores/catalog-store.ts'
import { createInterfaceStore } from '../../../src/renderer/app/stores/interface-store.ts'
import { createNavigatorStore } from '../../../src/renderer/app/stores/navigator-store.ts'
import { createPluginStore } from '../../../src/renderer/app/stores/plugin-store.ts'
import { createSettingsStore } from '../../../src/renderer/app/stores/settings-store.ts'
import { logsCommands } from '../../../src/renderer/features/logs/logs-commands.ts'
import { shellCommands } from '../../../src/renderer/features/shells/shell-commands.ts'

const keyboards: Record<string, Keyboard> = {
  mac: { platform: 'darwin', abilities: { allShortcuts: true } },
  linux: { platform: 'linux', abilities: { allShortcuts: true } },
  'browser on a Mac': { platform: 'darwin', abilities: { allShortcuts: false } },
  'browser on Linux': { platform: 'linux', abilities: { allShortcuts: false } },
}

function allCommands(): Command[] {
  const services = {
    core: {} as Services['core'],
    host: { abilities: { newWindows: true } } as Services['host'],
    plugin: createPluginStore(),
    settings: createSettingsStore(),
    interface: createInterfaceStore(),
    catalog: createCatalogStore(),
    navigator: createNavigatorStore(),
    workspace: createWorkspace(),
  }
  return [...shellCommands(services), ...logsCommands(services), ...appCommands(services)]
}

const nowhere = { target: undefined, signedIn: true }

const press = (key: string, code: string, ...held: string[]) => ({
  key,
  code,
  ctrlKey: held.includes('ctrl'),
  metaKey: held.includes('meta'),
  altKey: held.includes('alt'),
  shiftKey: held.includes('shift'),
})

describe('the keys of the app', () => {
  it.each(Object.entries(keyboards))('give every key to one command: %s', (_, keyboard) => {
    const owners = new Map<string, string[]>()
    for (const command of allCommands())
      for (const { key } of bindingsFor(command.keys, keyboard))
        owners.set(key, [...(owners.get(key) ?? []), command.id])
    expect([...owners].filter(([, ids]) => ids.length > 1)).toEqual([])
  })

  it('leave plain Ctrl keys to the shell inside a terminal', () => {
    for (const command of allCommands())
      for (const { key, outsideTerminal } of command.keys?.other ?? [])
        if (/^Ctrl\+[A-Z]$/.test(key))
          expect({ key, outsideTerminal }).toEqual({ key, outsideTerminal: true })
  })

  it('are never ones that a browser keeps for itself', () => {
    const kept =
      /^(Ctrl\+(Shift\+)?[TWN]|(Shift\+)?Meta\+[TWN]|Ctrl\+Page(Up|Down)|Ctrl\+Tab|Meta\+[1-9]|Shift\+Meta\+[[\]])$/
    for (const name of ['browser on a Mac', 'browser on Linux']) {
      const keyboard = keyboards[name]
      if (keyboard === undefined) throw new Error(name)
      const keys = allCommands().flatMap((command) =>
        bindingsFor(command.keys, keyboard).map(({ key }) => key),
      )
      expect(keys.filter((key) => kept.test(key))).toEqual([])
    }
  })
})

describe('createCommandRegistry', () => {
  const keyboard: Keyboard = { platform: 'linux', abilities: { allShortcuts: true } }
  const command = (id: string, more: Partial<Command> = {}): Command => ({
    id,
    title: id,
    group: 'Test',
    run: () => {},
    ...more,
  })

  it('refuses a second command of the same name, and forgets a disposed one', () => {
    const registry = createCommandRegistry(keyboard)
    const registered = registry.register([command('a.b')])
    expect(() => registry.register([command('a.b')])).toThrow('a.b')
    registered[Symbol.dispose]()
    expect(registry.get('a.b')).toBeUndefined()
    registry.register([command('a.b')])
  })

  it('runs a command only when it can be done', () => {
    const ran: string[] = []
    const registry = createCommandRegistry(keyboard)
    registry.register([
      command('can', { run: () => ran.push('can') }),
      command('cannot', { when: () => false, run: () => ran.push('cannot') }),
    ])
    registry.run('can', nowhere)
    registry.run('cannot', nowhere)
    expect(ran).toEqual(['can'])
    expect(registry.available(nowhere).map(({ id }) => id)).toEqual(['can'])
    expect(() => registry.run('nothing', nowhere)).toThrow('nothing')
  })

  it('finds commands by key and leaves the terminal its own', () => {
    const registry = createCommandRegistry(keyboard)
    const keys = { mac: [], other: [{ key: 'Ctrl+K', outsideTerminal: true }, { key: 'Ctrl+Shift+K' }] }
    registry.register([command('search', { keys })])
    const find = (inTerminal: boolean, ...held: string[]) =>
      registry.find(press('k', 'KeyK', ...held), { inTerminal }, nowhere)?.id
    expect(find(false, 'ctrl')).toBe('search')
    expect(find(true, 'ctrl')).toBeUndefined()
    expect(find(true, 'ctrl', 'shift')).toBe('search')
  })

  it('passes over a bound command that cannot be done', () => {
    const registry = createCommandRegistry(keyboard)
    const keys = { mac: [], other: [{ key: 'Ctrl+K' }] }
    registry.register([command('first', { keys, when: () => false }), command('second', { keys })])
    expect(registry.find(press('k', 'KeyK', 'ctrl'), { inTerminal: false }, nowhere)?.id).toBe('second')
  })
})

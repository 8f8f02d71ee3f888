import { describe, expect, it } from 'vitest'
import { menuSchema } from '../../../../src/contract/window.ts'
import {
  type Command,
  createCommandRegistry,
} from '../../../../src/renderer/app/commands/command-registry.ts'
import { buildMenu } from '../../../../src/renderer/app/window/native-menu.ts'

const run = () => {}
const commands: Command[] = [
  { id: 'settings.open', title: 'Settings', group: 'App', run },
  { id: 'palette.open', title: 'Search', group: 'View', inPalette: false, run },
  { id: 'tab.3', title: 'Tab 3', group: 'Tab', inPalette: false, run },
  {
    id: 'tab.close',
    title: 'Close tab',
    group: 'Tab',
    keys: { mac: [{ key: 'Meta+W' }], other: [{ key: 'Ctrl+Shift+W' }] },
    when: () => false,
    run,
  },
  { id: 'novel.thing', title: 'Novel thing', group: 'Something new', run },
]

function menuOf(registered: readonly Command[]) {
  const registry = createCommandRegistry({ platform: 'linux', abilities: { allShortcuts: true } })
  registry.register(registered)
  return buildMenu(registry, { target: undefined, signedIn: true })
}

describe('the native menu', () => {
  it('is a view of the registry, by group', () => {
    const titles = menuOf(commands).map(({ title, groups }) => [
      title,
      groups.map((items) => items.map((item) => item.title)),
    ])
    expect(titles).toEqual([
      ['Porthole', [['Settings']]],
      ['File', []],
      ['Shell', []],
      ['View', [['Search'], ['Novel thing']]],
      ['Tab', [['Close tab']]],
    ])
  })

  it('shows keys, and what cannot be done now as such', () => {
    expect(menuOf(commands)[4]?.groups[0]?.[0]).toEqual({
      commandId: 'tab.close',
      title: 'Close tab',
      key: 'Ctrl+Shift+W',
      enabled: false,
    })
  })

  it('fits the contract', () => {
    expect(menuSchema.safeParse(menuOf(commands)).success).toBe(true)
  })
})

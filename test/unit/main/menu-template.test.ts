import { describe, expect, it } from 'vitest'
import type { Menu } from '../../../src/contract/window.ts'
import { acceleratorOf, menuTemplate } from '../../../src/main/menu-template.ts'

const menu: Menu = [
  { title: 'Porthole', groups: [[{ commandId: 'settings.open', title: 'Settings', enabled: true }]] },
  { title: 'File', groups: [[{ commandId: 'recordingFile.open', title: 'Open…', enabled: true }]] },
  { title: 'Shell', groups: [] },
  {
    title: 'Tab',
    groups: [
      [{ commandId: 'tab.close', title: 'Close tab', key: 'Ctrl+Shift+W', enabled: false }],
      [{ commandId: 'tab.next', title: 'Next tab', enabled: true }],
    ],
  },
]

function template(platform: NodeJS.Platform, development = false, run: (id: string) => void = () => {}) {
  return menuTemplate({ menu, platform, development, run })
}

describe('the native menu', () => {
  it('has the window’s commands between what every app has', () => {
    const labels = template('linux').map(({ label, role }) => label ?? role)
    expect(labels).toEqual(['Porthole', 'File', 'Edit', 'Tab', 'windowMenu'])
    expect(template('linux', true).at(-1)?.label).toBe('Develop')
  })

  it('runs a command and leaves its key to the page', () => {
    const ran: string[] = []
    const tab = template('linux', false, (id) => ran.push(id)).find(({ label }) => label === 'Tab')
    const items = tab?.submenu
    if (!Array.isArray(items)) throw new Error('Tab has no items')
    expect(items.map(({ label, type }) => label ?? type)).toEqual(['Close tab', 'separator', 'Next tab'])
    expect(items[0]).toMatchObject({
      accelerator: 'Control+Shift+W',
      registerAccelerator: false,
      enabled: false,
    })
    const click = items[2]?.click as (() => void) | undefined
    click?.()
    expect(ran).toEqual(['tab.next'])
  })

  it('can quit everywhere, and hide on a Mac', () => {
    const roles = (platform: NodeJS.Platform) => {
      const first = template(platform)[0]?.submenu
      return Array.isArray(first) ? first.flatMap(({ role }) => (role === undefined ? [] : [role])) : []
    }
    expect(roles('win32')).toEqual(['about', 'quit'])
    expect(roles('darwin')).toContain('hide')
    expect(roles('darwin')).toContain('quit')
  })
})

describe('acceleratorOf', () => {
  it.each([
    ['Ctrl+Shift+K', 'Control+Shift+K'],
    ['Meta+,', 'Command+,'],
    ['Alt+ArrowUp', 'Alt+Up'],
    ['Ctrl++', 'Control+Plus'],
    ['Shift+Meta+]', 'Shift+Command+]'],
    ['Ctrl+PageDown', 'Control+PageDown'],
    [' ', 'Space'],
  ])('writes %s as %s', (key, accelerator) => {
    expect(acceleratorOf(key)).toBe(accelerator)
  })
})

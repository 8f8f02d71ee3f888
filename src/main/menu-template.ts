import type { MenuItemConstructorOptions } from 'electron'
import type { Menu, MenuItem } from '../contract/window.ts'

const keyNames: Record<string, string> = {
  Ctrl: 'Control',
  Meta: 'Command',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
  ' ': 'Space',
}

/**
 * A key of the command registry as Electron writes it: `Ctrl+Shift+K` is
 * `Control+Shift+K`, `Ctrl++` is `Control+Plus`.
 */
export function acceleratorOf(key: string): string {
  const parts = key.endsWith('++') ? [...key.slice(0, -2).split('+'), 'Plus'] : key.split('+')
  return parts.map((part) => keyNames[part] ?? part).join('+')
}

/**
 * The native menu: what the system expects of every app, and the window's own
 * commands. Keys are only shown: the page hears them first and knows whether a
 * terminal has the keyboard.
 */
export function menuTemplate(options: {
  menu: Menu
  platform: NodeJS.Platform
  /** Developer tools are for those who build Porthole. */
  development: boolean
  run: (commandId: string) => void
}): MenuItemConstructorOptions[] {
  const { menu, platform, development, run } = options
  const own = menu.map(({ title, groups }) => ({
    label: title,
    submenu: groups.flatMap((items, index) => [
      ...(index > 0 ? [{ type: 'separator' } as const] : []),
      ...items.map((item) => itemTemplate(item, run)),
    ]),
  }))
  const [first, ...rest] = own
  const [files, others] = [rest.filter(isFileMenu), rest.filter((each) => !isFileMenu(each))]
  return [
    { label: first?.label ?? 'Porthole', submenu: [...(first?.submenu ?? []), ...appItems(platform)] },
    ...files.filter(({ submenu }) => submenu.length > 0),
    editMenu,
    ...others.filter(({ submenu }) => submenu.length > 0),
    { role: 'windowMenu' },
    ...(development ? [{ label: 'Develop', submenu: [{ role: 'toggleDevTools' } as const] }] : []),
  ]
}

/** Every system has it before Edit. */
function isFileMenu({ label }: { label: string }): boolean {
  return label === 'File'
}

function itemTemplate(item: MenuItem, run: (commandId: string) => void): MenuItemConstructorOptions {
  return {
    id: item.commandId,
    label: item.title,
    enabled: item.enabled,
    ...(item.key === undefined ? {} : { accelerator: acceleratorOf(item.key) }),
    registerAccelerator: false,
    click: () => run(item.commandId),
  }
}

function appItems(platform: NodeJS.Platform): MenuItemConstructorOptions[] {
  if (platform !== 'darwin') return [{ type: 'separator' }, { role: 'about' }, { role: 'quit' }]
  return [
    { type: 'separator' },
    { role: 'about' },
    { role: 'services' },
    { type: 'separator' },
    { role: 'hide' },
    { role: 'hideOthers' },
    { role: 'unhide' },
    { type: 'separator' },
    { role: 'quit' },
  ]
}

/** By roles, so that text fields and terminals get what the system's keyboard gives everywhere. */
const editMenu: MenuItemConstructorOptions = {
  label: 'Edit',
  submenu: [
    { role: 'undo' },
    { role: 'redo' },
    { type: 'separator' },
    // Ctrl+C and its kin belong to the shell where they are not Command keys.
    { role: 'cut', registerAccelerator: false },
    { role: 'copy', registerAccelerator: false },
    { role: 'paste', registerAccelerator: false },
    { role: 'pasteAndMatchStyle', label: 'Paste as text', accelerator: 'CommandOrControl+Shift+V' },
    { role: 'selectAll', registerAccelerator: false },
  ],
}

import { PortholeError } from '../contract/errors.ts'
import type { ArrivedLink, Menu, Notice } from '../contract/window.ts'

/** The window around one page, for hosts that have windows of their own. */
export interface WindowHost {
  setMenu(menu: Menu): void
  notify(notice: Notice): void
  openAnother(): void
  /** Links followed into this window since the last call. */
  takeLinks(): ArrivedLink[]
  onCommand(listener: (commandId: string) => void): Disposable
  onLinksWaiting(listener: () => void): Disposable
}

/** A page in somebody's browser: the browser owns the window. */
export const pageInBrowser: WindowHost = {
  setMenu: () => refuse('menus of its own'),
  notify: () => refuse('notices'),
  openAnother: () => refuse('windows of its own'),
  takeLinks: () => [],
  onCommand: () => ({ [Symbol.dispose]() {} }),
  onLinksWaiting: () => ({ [Symbol.dispose]() {} }),
}

function refuse(ability: string): never {
  throw new PortholeError({ code: 'INVALID_REQUEST', message: `Porthole in a browser has no ${ability}.` })
}

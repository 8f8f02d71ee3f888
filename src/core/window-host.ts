import { PortholeError } from '../contract/errors.ts'
import type { ArrivedLink, Menu, Notice } from '../contract/window.ts'

/** What the system's own dialog asks when a file is to be kept. */
export interface SaveQuestion {
  title: string
  /** Absolute path that is offered. */
  suggestion: string
  /** What kind of file it is, in words, and what its name usually ends in. */
  kind: string
  extension: string
}

/** The window around one page, for hosts that have windows of their own. */
export interface WindowHost {
  /** A page that reloads finds the same window; a page in somebody's browser is all there is. */
  readonly outlivesPage: boolean
  setMenu(menu: Menu): void
  notify(notice: Notice): void
  openAnother(): void
  /** Links and recordings that came into this window from outside since the last call. */
  takeLinks(): ArrivedLink[]
  /**
   * Asks the person where a file is to be kept, and whether one that is there may go.
   * @returns an absolute path; nothing when they would rather not
   */
  chooseSaveTarget(question: SaveQuestion): Promise<string | undefined>
  showInFolder(path: string): void
  onCommand(listener: (commandId: string) => void): Disposable
  onLinksWaiting(listener: () => void): Disposable
}

/** A page in somebody's browser: the browser owns the window. */
export function createPageInBrowser(): WindowHost {
  return {
    outlivesPage: false,
    setMenu: () => refuse('menus of its own'),
    notify: () => refuse('notices'),
    openAnother: () => refuse('windows of its own'),
    takeLinks: () => [],
    chooseSaveTarget: () => refuse('dialogs of the system'),
    showInFolder: () => refuse('folders to show'),
    onCommand: () => ({ [Symbol.dispose]() {} }),
    onLinksWaiting: () => ({ [Symbol.dispose]() {} }),
  }
}

function refuse(ability: string): never {
  throw new PortholeError({ code: 'INVALID_REQUEST', message: `Porthole in a browser has no ${ability}.` })
}

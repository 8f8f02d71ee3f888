import type { Locator, Page } from '@playwright/test'
import type { LaunchedApp } from '../launch/launch.ts'
import { ApprovalPage } from './approval-page.ts'
import { Terminal } from './terminal.ts'

/** The prompt of the demo's containers, waiting for input at the end of the screen. */
export const prompt = /root@[\w.-]+:[^\n]*#$/

/** What a person sees and does in a window, in their words. */
export class Porthole {
  readonly app: LaunchedApp
  readonly window: Page
  readonly terminal: Terminal

  constructor(app: LaunchedApp) {
    this.app = app
    this.window = app.window
    this.terminal = new Terminal(app.window)
  }

  get navigator(): Locator {
    return this.window.getByRole('navigation', { name: 'Navigator' })
  }

  get palette(): Locator {
    return this.window.getByRole('dialog', { name: 'Search' })
  }

  get dialog(): Locator {
    return this.window.getByRole('dialog')
  }

  /** Clicks sign-in and hands back the page that opens for it. */
  async beginSignIn(): Promise<ApprovalPage> {
    const opened = this.app.context.waitForEvent('page')
    await this.window.getByRole('button', { name: /^Sign in to/ }).click()
    return new ApprovalPage(await opened)
  }

  /** Signs in as ana and waits for the first clusters. */
  async signIn(): Promise<void> {
    const approval = await this.beginSignIn()
    await approval.allow()
    await this.navigator.getByText('storefront').first().waitFor()
  }

  /** A command by the beginning of its title, through the palette. */
  async runCommand(title: string): Promise<void> {
    await this.window.getByRole('button', { name: /^Search containers/ }).click()
    await this.palette.getByRole('combobox').fill(`>${title}`)
    await this.window
      .getByRole('option', { name: new RegExp(`^${title}`) })
      .first()
      .click()
  }

  /** A row of the navigator by its name, the first one when several accounts have it. */
  row(name: string): Locator {
    return this.navigator
      .getByRole('treeitem')
      .filter({ has: this.window.getByText(name, { exact: true }) })
      .first()
  }

  async expand(name: string): Promise<void> {
    const row = this.row(name)
    await row.click()
    if ((await row.getAttribute('aria-expanded')) === 'false') await this.window.keyboard.press('ArrowRight')
  }

  /** The offer to install the plugin, in the tab of a shell that needs it. */
  get pluginCard(): Locator {
    return this.window.getByRole('region', { name: 'session-manager-plugin', exact: true })
  }

  /** From a few letters to a tab, whatever then is in it. Not for production, which asks. */
  async requestShell(search: string): Promise<void> {
    await this.search(search)
    await this.window.keyboard.press('Enter')
  }

  async openSettings(page: 'Appearance' | 'Sessions' | 'Audit' | 'Production'): Promise<Locator> {
    await this.window.keyboard.press('Control+,')
    const dialog = this.window.getByRole('dialog', { name: 'Settings' })
    await dialog.getByRole('tab', { name: page }).click()
    return dialog
  }

  /** From a few letters to a shell; production asks and is answered. */
  async openShell(search: string): Promise<void> {
    await this.search(search)
    await this.window.keyboard.press('Enter')
    const guard = this.dialog.getByRole('button', { name: /^Open shell/ })
    await guard.or(this.terminal.rows).first().waitFor()
    if (await guard.isVisible()) await guard.click()
    await this.terminal.waitForText(prompt)
  }

  async search(text: string): Promise<void> {
    await this.window.getByRole('button', { name: /^Search containers/ }).click()
    await this.palette.getByRole('combobox').fill(text)
    await this.palette.getByRole('option').first().waitFor()
  }

  /** From the task page to the replay of the newest session of somebody. */
  async openReplay(userName: string, containerName = ''): Promise<void> {
    await this.window
      .getByRole('listitem')
      .filter({ hasText: `${userName} in ${containerName}` })
      .first()
      .getByTitle('Open the replay')
      // Where the time stands: names and commands in the row lead elsewhere.
      .click({ position: { x: 20, y: 16 } })
    await this.window.getByRole('button', { name: /^(Play|Pause)/ }).waitFor()
  }

  /** Opens the page of a task by way of one of its containers. */
  async openTaskPage(search: string): Promise<void> {
    await this.search(search)
    await this.window.keyboard.press('Alt+Enter')
    await this.window.getByRole('heading', { name: 'Audit' }).waitFor()
  }
}

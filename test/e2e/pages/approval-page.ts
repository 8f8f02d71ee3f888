import type { Page } from '@playwright/test'

/** Identity Center's page, which belongs to AWS (here: the sandbox) and not to the app. */
export class ApprovalPage {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  /** @param user who says so; the page offers ana first */
  async allow(user?: string): Promise<void> {
    if (user !== undefined) await this.page.getByRole('combobox').selectOption(user)
    await this.page.getByRole('button', { name: 'Allow' }).click()
    await this.page
      .getByText(/Signed in|You can close this page/)
      .first()
      .waitFor()
    await this.page.close()
  }

  async deny(): Promise<void> {
    await this.page.getByRole('button', { name: 'Deny' }).click()
  }
}

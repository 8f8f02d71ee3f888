import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Browser, chromium, type Page } from '@playwright/test'
import type * as Electron from 'electron'
import { FakeElectron } from '../../fixtures/electron/drive/fake-electron.ts'
import { pageOfTarget } from '../../fixtures/electron/drive/page-of-target.ts'

/** What a function that a test sends into the main process finds there. */
export interface InMain<Argument> {
  electron: typeof Electron
  /** For what a later function of the same test needs. */
  kept: Record<string, unknown>
  /** The app's events so far, in order. */
  events: string[]
  argument: Argument
  folder: string
  path: typeof path
  /** Imports a module of ours, which then finds the fake as its `electron`. */
  load: (file: string) => Promise<unknown>
}

/** The test app on the fake, with its own user data. */
export class FakeApp implements AsyncDisposable {
  readonly fake: FakeElectron
  readonly userData: string
  #browser: Browser | undefined

  private constructor(fake: FakeElectron, userData: string) {
    this.fake = fake
    this.userData = userData
  }

  static async start(
    options: {
      args?: string[]
      mainFile?: string
      userData?: string
      environment?: Record<string, string>
    } = {},
  ): Promise<FakeApp> {
    const app = await FakeApp.spawn(options)
    try {
      await app.fake.ready
      return app
    } catch (error) {
      await app[Symbol.asyncDispose]()
      throw error
    }
  }

  /** Does not wait for `ready`. */
  static async spawn(
    options: {
      args?: string[]
      mainFile?: string
      userData?: string
      environment?: Record<string, string>
    } = {},
  ): Promise<FakeApp> {
    const userData = options.userData ?? (await mkdtemp(path.join(tmpdir(), 'fake-app-')))
    const fake = await FakeElectron.spawn({
      app: options.mainFile ?? path.join(import.meta.dirname, 'app/main.ts'),
      args: [`--user-data=${userData}`, ...(options.args ?? [])],
      environment: options.environment,
    })
    return new FakeApp(fake, userData)
  }

  /** Runs a function in the main process. It may use its parameter and nothing else of the test. */
  run<Answer, Argument = undefined>(
    code: (context: InMain<Argument>) => Answer,
    argument?: Argument,
  ): Promise<Awaited<Answer>> {
    return this.fake.inMain('run', { code: String(code), argument })
  }

  /** Opens a window with the test's preload on one page, served by the app's own scheme. */
  async openWindow(html: string, options: { headers?: Record<string, string> } = {}): Promise<Page> {
    const contents = await this.run(
      async ({ electron, argument, folder, path }) => {
        const { protocol, BrowserWindow } = electron
        if (protocol.isProtocolHandled('test-app')) protocol.unhandle('test-app')
        protocol.handle('test-app', (request) =>
          new URL(request.url).pathname === '/'
            ? new Response(argument.html, { headers: { 'Content-Type': 'text/html', ...argument.headers } })
            : new Response('nothing here', { status: 404 }),
        )
        const window = new BrowserWindow({ webPreferences: { preload: path.join(folder, 'preload.cjs') } })
        await window.loadURL('test-app://app/')
        return window.webContents.id
      },
      { html, headers: options.headers ?? {} },
    )
    return this.page(contents)
  }

  /** The page of a window, by Playwright. */
  async page(contents: number): Promise<Page> {
    const { endpoint, windows } = await this.fake.windows()
    this.#browser ??= await chromium.connectOverCDP(endpoint)
    const target = windows.find((window) => window.contents === contents)?.target
    if (target === undefined) throw new Error(`There is no window ${contents}`)
    return pageOfTarget(this.#browser, target)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser?.close()
    await this.fake[Symbol.asyncDispose]()
    await rm(this.userData, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  }
}

import path from 'node:path'
import type { Browser, BrowserType, Page } from '@playwright/test'
import { FakeElectron } from '../../fixtures/electron/drive/fake-electron.ts'
import { pageOfTarget } from '../../fixtures/electron/drive/page-of-target.ts'
import type { DesktopApp } from './desktop.ts'
import { desktopArguments, splitFlags } from './desktop-flags.ts'
import type { StartOptions } from './launch.ts'
import { type LocalAws, startLocalAws } from './local-aws.ts'

const projectFolder = path.resolve(import.meta.dirname, '../../..')

/** The built desktop app, unchanged, on the fake of Electron. */
export async function launchDesktopOnFake(chromium: BrowserType, options: StartOptions): Promise<DesktopApp> {
  const resources = new AsyncDisposableStack()
  try {
    const flags = splitFlags(options)
    const aws = options.demo === false ? undefined : resources.use(await startLocalAws(flags.aws))
    const args = desktopArguments(flags.app, aws && path.join(aws.folder, 'data'))
    const start = {
      app: projectFolder,
      args,
      environment: { ...aws?.environment, ...options.environment },
    }
    const fake = resources.use(await FakeElectron.start(start))
    return await FakeDesktop.open({ chromium, fake, aws, start, resources })
  } catch (error) {
    await resources.disposeAsync()
    throw error
  }
}

interface Parts {
  chromium: BrowserType
  fake: FakeElectron
  aws: LocalAws | undefined
  start: Parameters<typeof FakeElectron.spawn>[0]
  resources: AsyncDisposableStack
}

/** What Playwright sees of the app: its newest window, and the browser beside it. */
interface View {
  connection: Browser
  window: Page
  context: DesktopApp['context']
}

async function connect({ chromium, fake, resources }: Parts): Promise<View> {
  const { endpoint } = await fake.windows()
  const connection = resources.adopt(await chromium.connectOverCDP(endpoint), (it) => it.close())
  const context = await connection.newContext({ reducedMotion: 'reduce' })
  const window = await pageOf(fake, connection)
  await window.emulateMedia({ reducedMotion: 'reduce' })
  return { connection, window, context }
}

class FakeDesktop implements DesktopApp {
  readonly fake: FakeElectron
  readonly exited: Promise<number | null>
  readonly #parts: Parts
  #connection: Browser
  window: Page
  context: DesktopApp['context']

  private constructor(parts: Parts, view: View) {
    this.#parts = parts
    this.fake = parts.fake
    this.exited = parts.fake.waitForExit().then(({ code }) => code)
    this.#connection = view.connection
    this.window = view.window
    this.context = view.context
    // The person's browser, in which links of the app open. Whether it can show them, or is
    // closed meanwhile, is nothing to the app; a test that wants the page waits for it.
    this.fake.onOpened((address) => void this.#openInBrowser(address).catch(() => {}))
  }

  static async open(parts: Parts): Promise<FakeDesktop> {
    await parts.fake.firstWindow
    const view = await connect(parts)
    await view.window.setViewportSize({ width: 1440, height: 900 })
    return new FakeDesktop(parts, view)
  }

  messages = () => this.fake.output

  async kill(): Promise<void> {
    this.fake.kill('SIGKILL')
    await this.fake.waitForExit()
  }

  killSandbox(): void {
    this.#parts.aws?.kill()
  }

  async windowFacts(): Promise<{ url: string; visible: boolean; focused: boolean }[]> {
    return (await this.fake.windowStates()).map(({ url, visible, focused }) => ({ url, visible, focused }))
  }

  newestWindow(): Promise<Page> {
    return pageOf(this.fake, this.#connection)
  }

  opened = () => this.fake.opened()
  dialogs = () => this.fake.dialogs()
  answerDialog = (button: number) => this.fake.answerDialog(button)
  answerSaveDialog = (filePath: string) => this.fake.answerSaveDialog(filePath)
  saveDialogs = () => this.fake.saveDialogs()
  clickMenu = (...labels: string[]) => this.fake.clickMenu(...labels)
  openUrl = (url: string) => this.fake.openUrl(url)
  power = (event: 'suspend' | 'resume' | 'unlock-screen') => this.fake.power(event)
  quit = () => this.fake.quit()

  async menuLabels(): Promise<string[]> {
    return (await this.fake.menu()).flatMap(({ label, items }) => [
      label,
      ...items.map((item) => `${label} > ${item.label}`),
    ])
  }

  async startAgain(args: string[]): Promise<void> {
    const { start } = this.#parts
    await using second = await FakeElectron.spawn({ ...start, args: [...(start.args ?? []), ...args] })
    await second.waitForExit()
  }

  async leaveWindow(how: 'blur' | 'minimize'): Promise<void> {
    const [first] = await this.fake.windowStates()
    if (first !== undefined) await this.fake.windowAction(first.id, how)
  }

  async crashPage(): Promise<Page> {
    const [first] = await this.fake.windowStates()
    const loaded = this.fake.inMain('nextLoad', { contents: first?.contents })
    // Playwright gives a page up that crashed once, and a connection that saw it hampers the next.
    await this.#connection.close()
    await this.fake.crashRenderer(first?.contents ?? 0)
    await loaded
    await this.#connect()
    return this.window
  }

  async killProcess(serviceName: string): Promise<void> {
    const killed = await this.fake.killUtility(serviceName)
    if (killed !== 1) throw new Error(`${killed} processes are called ${serviceName}`)
  }

  async closeWindow(): Promise<void> {
    const [first] = await this.fake.windowStates()
    if (first !== undefined) await this.fake.windowAction(first.id, 'close')
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#parts.resources.disposeAsync()
  }

  async #connect(): Promise<void> {
    const { connection, window, context } = await connect(this.#parts)
    this.#connection = connection
    this.window = window
    this.context = context
  }

  async #openInBrowser(address: string): Promise<void> {
    const page = await this.context.newPage()
    await page.goto(address)
  }
}

/** The page of the newest window. */
async function pageOf(fake: FakeElectron, browser: Browser): Promise<Page> {
  const target = (await fake.windows()).windows.at(-1)?.target
  if (target === undefined) throw new Error('No window is open')
  return pageOfTarget(browser, target)
}

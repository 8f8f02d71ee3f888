import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import type { ElectronApplication, Page, PlaywrightWorkerArgs } from '@playwright/test'
import { chromiumArguments, launchChromium } from './browser-launcher.ts'
import type { DesktopApp } from './desktop.ts'
import { desktopArguments, splitFlags } from './desktop-flags.ts'
import { electronBinary } from './electron-binary.ts'
import type { StartOptions } from './launch.ts'
import { type LocalAws, startLocalAws } from './local-aws.ts'

const projectFolder = path.resolve(import.meta.dirname, '../../..')

type Playwright = PlaywrightWorkerArgs['playwright']

/** What main notes for the test, on its own global object. */
interface Noted {
  portholeTest: {
    opened: string[]
    dialogs: { message: string; detail: string; buttons: string[] }[]
    answers: number[]
    waiting: ((button: number) => void)[]
    saves: { title: string; defaultPath: string; properties: string[] }[]
    saveAnswers: string[]
    savesWaiting: ((filePath: string) => void)[]
  }
}

/** Said on main's console when a link was handed over, for the test to open it. */
const openedPrefix = 'porthole-test-opened '

/** The built desktop app in a real Electron. */
export async function launchElectron(playwright: Playwright, options: StartOptions): Promise<DesktopApp> {
  const executablePath = electronBinary()
  if (executablePath === undefined) throw new Error('There is no Electron binary')
  const resources = new AsyncDisposableStack()
  try {
    const flags = splitFlags(options)
    const aws = options.demo === false ? undefined : resources.use(await startLocalAws(flags.aws))
    const environment = { ...process.env, ...aws?.environment, ...options.environment } as Record<
      string,
      string
    >
    const args = [
      // The same as Chromium's: root has no sandbox of its own to give.
      ...chromiumArguments.filter((argument) => argument === '--no-sandbox'),
      projectFolder,
      ...desktopArguments(flags.app, aws && path.join(aws.folder, 'data')),
    ]
    const application = await playwright._electron.launch({ executablePath, args, env: environment })
    resources.defer(() => application.close())
    const messages: string[] = []
    for (const stream of [application.process().stdout, application.process().stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => messages.push(text))
    await noteWhatIsShown(application)
    const window = await application.firstWindow()
    await window.emulateMedia({ reducedMotion: 'reduce' })
    const browser = resources.adopt(await launchChromium(playwright.chromium), (it) => it.close())
    const context = await browser.newContext()
    application.on('console', (message) => {
      const text = message.text()
      if (!text.startsWith(openedPrefix)) return
      void context.newPage().then((page) => page.goto(text.slice(openedPrefix.length)))
    })
    const again = { executablePath, args, environment }
    return new ElectronDesktop({ application, window, context, aws, messages, again, resources })
  } catch (error) {
    await resources.disposeAsync()
    throw error
  }
}

/** Links are noted instead of opened, and boxes wait for the test instead of a person. */
async function noteWhatIsShown(application: ElectronApplication): Promise<void> {
  await application.evaluate(({ shell, dialog }, prefix) => {
    const noted: Noted['portholeTest'] = {
      opened: [],
      dialogs: [],
      answers: [],
      waiting: [],
      saves: [],
      saveAnswers: [],
      savesWaiting: [],
    }
    Object.assign(globalThis, { portholeTest: noted })
    shell.openExternal = async (url) => {
      noted.opened.push(url)
      console.log(prefix + url)
    }
    const show = async (...shown: unknown[]) => {
      const { message, detail = '', buttons = [] } = shown.at(-1) as Electron.MessageBoxOptions
      noted.dialogs.push({ message, detail, buttons })
      const response =
        noted.answers.shift() ?? (await new Promise<number>((resolve) => noted.waiting.push(resolve)))
      return { response, checkboxChecked: false }
    }
    dialog.showMessageBox = show
    dialog.showSaveDialog = async (...shown: unknown[]) => {
      const { title = '', defaultPath = '', properties = [] } = shown.at(-1) as Electron.SaveDialogOptions
      noted.saves.push({ title, defaultPath, properties })
      const filePath =
        noted.saveAnswers.shift() ??
        (await new Promise<string>((resolve) => noted.savesWaiting.push(resolve)))
      return { canceled: filePath === '', filePath }
    }
    shell.showItemInFolder = (shownPath) => void noted.opened.push(`folder:${shownPath}`)
  }, openedPrefix)
}

interface Parts {
  application: ElectronApplication
  window: Page
  context: DesktopApp['context']
  aws: LocalAws | undefined
  messages: string[]
  again: { executablePath: string; args: string[]; environment: Record<string, string> }
  resources: AsyncDisposableStack
}

class ElectronDesktop implements DesktopApp {
  readonly fake = undefined
  readonly exited: Promise<number | null>
  readonly context: DesktopApp['context']
  readonly #parts: Parts
  window: Page

  constructor(parts: Parts) {
    this.#parts = parts
    this.window = parts.window
    this.context = parts.context
    this.exited = once(parts.application.process(), 'exit').then(([code]) => code)
  }

  get #application(): ElectronApplication {
    return this.#parts.application
  }

  messages = () => this.#parts.messages.join('')

  async kill(): Promise<void> {
    this.#application.process().kill('SIGKILL')
    await this.exited
  }

  killSandbox(): void {
    this.#parts.aws?.kill()
  }

  windowFacts(): Promise<{ url: string; visible: boolean; focused: boolean }[]> {
    return this.#application.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map((window) => ({
        url: window.webContents.getURL(),
        visible: window.isVisible(),
        focused: window.isFocused(),
      })),
    )
  }

  async newestWindow(): Promise<Page> {
    const newest = this.#application.windows().at(-1)
    if (newest === undefined) throw new Error('No window is open')
    return newest
  }

  opened(): Promise<string[]> {
    return this.#application.evaluate(() => (globalThis as unknown as Noted).portholeTest.opened)
  }

  dialogs(): Promise<{ message: string; detail: string; buttons: string[] }[]> {
    return this.#application.evaluate(() => (globalThis as unknown as Noted).portholeTest.dialogs)
  }

  saveDialogs(): Promise<Noted['portholeTest']['saves']> {
    return this.#application.evaluate(() => (globalThis as unknown as Noted).portholeTest.saves)
  }

  answerSaveDialog(filePath: string): Promise<void> {
    return this.#application.evaluate((_electron, answer) => {
      const { savesWaiting, saveAnswers } = (globalThis as unknown as Noted).portholeTest
      const next = savesWaiting.shift()
      if (next === undefined) saveAnswers.push(answer)
      else next(answer)
    }, filePath)
  }

  answerDialog(button: number): Promise<void> {
    return this.#application.evaluate((_electron, answer) => {
      const { waiting, answers } = (globalThis as unknown as Noted).portholeTest
      const next = waiting.shift()
      if (next === undefined) answers.push(answer)
      else next(answer)
    }, button)
  }

  clickMenu(...labels: string[]): Promise<void> {
    return this.#application.evaluate(({ Menu }, path) => {
      let items = Menu.getApplicationMenu()?.items ?? []
      for (const [depth, label] of path.entries()) {
        const item = items.find((candidate) => candidate.label === label)
        if (item === undefined) throw new Error(`No menu item ${label}`)
        if (depth === path.length - 1) item.click()
        items = item.submenu?.items ?? []
      }
    }, labels)
  }

  menuLabels(): Promise<string[]> {
    return this.#application.evaluate(({ Menu }) =>
      (Menu.getApplicationMenu()?.items ?? []).flatMap(({ label, submenu }) => [
        label,
        ...(submenu?.items ?? []).map((item) => `${label} > ${item.label}`),
      ]),
    )
  }

  async startAgain(args: string[]): Promise<void> {
    const { executablePath, args: first, environment } = this.#parts.again
    const second = spawn(executablePath, [...first, ...args], { env: environment, stdio: 'ignore' })
    await once(second, 'exit')
  }

  async openUrl(url: string): Promise<void> {
    await this.#application.evaluate(
      ({ app }, link) => void app.emit('open-url', { preventDefault() {} }, link),
      url,
    )
  }

  async power(event: 'suspend' | 'resume' | 'unlock-screen'): Promise<void> {
    await this.#application.evaluate(({ powerMonitor }, name) => void powerMonitor.emit(name), event)
  }

  async leaveWindow(how: 'blur' | 'minimize'): Promise<void> {
    await this.#application.evaluate(
      ({ BrowserWindow }, way) => BrowserWindow.getAllWindows()[0]?.[way](),
      how,
    )
  }

  async crashPage(): Promise<Page> {
    const fresh = this.#application.waitForEvent('window')
    await this.#application.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer(),
    )
    this.window = await fresh
    return this.window
  }

  async killProcess(serviceName: string): Promise<void> {
    await this.#application.evaluate(({ app }, name) => {
      const found = app.getAppMetrics().find((metric) => metric.name === name)
      if (found === undefined) throw new Error(`No process is called ${name}`)
      process.kill(found.pid, 'SIGKILL')
    }, serviceName)
  }

  async closeWindow(): Promise<void> {
    await this.#application.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
  }

  async quit(): Promise<void> {
    await this.#application.evaluate(({ app }) => app.quit())
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#parts.resources.disposeAsync()
  }
}

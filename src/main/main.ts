import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { app, dialog, powerMonitor, session } from 'electron'
import { linkScheme } from '../contract/link.ts'
import { defaultDataFolder } from '../core/data-folder.ts'
import { readPageFiles } from '../core/page/page-files.ts'
import type { AppWindow } from './app-window.ts'
import type { DesktopCore } from './desktop-core.ts'
import { guardAllContents, guardSession } from './guards.ts'
import { HandedRecordings } from './handed-recordings.ts'
import { readLaunchOptions } from './launch-options.ts'
import { confirmEnding } from './leaving.ts'
import { loadCore } from './load-core.ts'
import { registerPageScheme, servePage } from './page-protocol.ts'
import { serveWindowPorts } from './window-ports.ts'
import { Windows } from './windows.ts'

/** Calls to AWS and writes on the way out; after that the app ends all the same. */
const quitLimitMilliseconds = 10_000

const here = import.meta.dirname
const options = readLaunchOptions(process.argv, process.cwd())
const environment = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
)
const homeFolder = environment.HOME ?? homedir()
const dataFolder = path.resolve(options.dataFolder ?? defaultDataFolder(environment, homeFolder))
const development = !app.isPackaged
/** On a Mac an app stays when its last window goes, and opens one again from the dock. */
const livesWithoutWindows = process.platform === 'darwin'

const log = (message: string) => void process.stderr.write(`${message}\n`)
const logRefusal = (what: string) => log(`Refused ${what}.`)

keepWithOurData()
app.enableSandbox()
registerPageScheme()

if (app.requestSingleInstanceLock()) void run().catch(giveUp)
else app.exit(0)

/**
 * What Chromium keeps lies with our own data: two Portholes with two data
 * folders are two apps. Where that cannot be written, Electron's own folder
 * serves; the history says by itself that it cannot be kept.
 */
function keepWithOurData(): void {
  const folder = path.join(dataFolder, 'desktop')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    app.setPath('userData', folder)
  } catch (thrown) {
    log(`${folder} cannot be used: ${String(thrown)}`)
  }
}

/** From here on this is the one app of its data folder. */
async function run(): Promise<void> {
  process.on('uncaughtException', giveUp)
  process.on('unhandledRejection', giveUp)
  let core: Promise<DesktopCore> | undefined
  /** Set when the person agreed to quit, or has nothing to lose. */
  let leaving = false

  const windows = new Windows({
    preloadFile: path.join(here, 'preload.cjs'),
    platform: process.platform,
    development,
    mayClose: (window) => leaving || closeWindow(window),
    onClosed: (window) => void core?.then((desktop) => desktop.forgetWindow(window)),
    onHopeless: () => giveUp(new Error('The page of the window keeps crashing.')),
    log,
  })
  const closeWindow = async (window: AppWindow) => {
    const { core: services } = await coreOnce()
    const live = services.windowSessions.liveIn(window)
    const exporting = services.windowExports.runningIn(window)
    if (!(await confirmEnding({ live, exporting }, { action: 'Close window', over: window }))) return false
    // The last window takes the app along, which waits for its sessions to end.
    leaving = windows.all.length === 1 && !livesWithoutWindows
    void services.windowSessions.closeAll(window)
    return true
  }
  const coreOnce = () => {
    core ??= loadCore().then(({ createDesktopCore }) =>
      createDesktopCore({
        version: app.getVersion(),
        environment,
        homeFolder,
        dataFolder,
        demo: options.demo,
        endpointUrl: options.endpointUrl,
        auditKeysInFiles: options.auditKeysInFiles,
        entriesFolder: here,
        log,
      }),
    )
    return core
  }

  guardAllContents(app, logRefusal)
  const recordings = new HandedRecordings()
  const openRecordings = async (files: readonly string[]) => {
    for (const file of files) windows.arrive(await recordings.hand(file))
  }
  app.on('second-instance', (_event, commandLine, workingFolder) => {
    const asked = readLaunchOptions(commandLine, workingFolder)
    windows.follow(asked.links)
    void openRecordings(asked.recordings)
    windows.show()
  })
  app.on('open-file', (event, file) => {
    event.preventDefault()
    void openRecordings([file])
    if (app.isReady()) windows.show()
  })
  app.on('open-url', (event, url) => {
    event.preventDefault()
    windows.follow([url])
    if (app.isReady()) windows.show()
  })
  app.on('activate', () => windows.show())
  app.on('window-all-closed', () => {
    if (!livesWithoutWindows) app.quit()
  })
  app.on('before-quit', (event) => {
    if (leaving || core === undefined) return
    event.preventDefault()
    void core.then(async ({ core: services }) => {
      const live = services.sessions.list().filter(({ state }) => state !== 'ended')
      const exporting = services.windowExports.running().length > 0
      leaving = await confirmEnding({ live, exporting }, { action: 'Quit', over: windows.all[0] })
      if (leaving) app.quit()
    })
  })
  app.on('will-quit', (event) => {
    if (core === undefined) return
    event.preventDefault()
    const late = setTimeout(() => app.exit(1), quitLimitMilliseconds)
    void core
      .then((desktop) => desktop[Symbol.asyncDispose]())
      .catch((thrown) => log(`Quitting: ${String(thrown)}`))
      .finally(() => {
        clearTimeout(late)
        app.exit(0)
      })
  })

  await app.whenReady()
  if (app.isPackaged) app.setAsDefaultProtocolClient(linkScheme)
  servePage(session.defaultSession.protocol, readPageFiles(path.join(here, '../renderer')), recordings)
  guardSession(session.defaultSession, logRefusal)
  serveWindowPorts({
    windowOf: (contentsId) => windows.byContentsId(contentsId),
    connect: (window, ports) => void coreOnce().then((desktop) => desktop.connectWindow(window, ports)),
    log: logRefusal,
  })
  windows.follow(options.links)
  void openRecordings(options.recordings)
  windows.openWindow()

  const { core: services } = await coreOnce()
  powerMonitor.on('resume', () => services.resumed())
  powerMonitor.on('unlock-screen', () => services.resumed())
  // Nobody is there to be asked.
  const leaveUnasked = () => {
    leaving = true
    app.quit()
  }
  powerMonitor.on('shutdown', leaveUnasked)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, leaveUnasked)
}

/** Something that nobody expected: say it where the person sees it, and end. A half broken app would lie. */
function giveUp(thrown: unknown): void {
  const reason = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
  log(`Porthole failed: ${reason}`)
  dialog.showErrorBox('Porthole has to close', reason)
  app.exit(1)
}

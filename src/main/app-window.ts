import { BrowserWindow, Menu, Notification, shell } from 'electron'
import { pageOrigin } from '../contract/ports.ts'
import type { ArrivedLink, Menu as MenuModel, Notice } from '../contract/window.ts'
import { createListeners } from '../core/listeners.ts'
import type { SaveQuestion, WindowHost } from '../core/window-host.ts'
import { menuTemplate } from './menu-template.ts'
import { chooseSaveTarget } from './save-dialog.ts'

/** The interface's smallest window. */
const smallest = { minWidth: 900, minHeight: 600 }
const usual = { width: 1440, height: 900 }

/** What a window shows before its page has drawn: the page's own background, so that nothing flashes. */
const backgrounds = { light: '#fcfdfd', dark: '#101419' }

export interface AppWindowOptions {
  /** Under which Electron keeps position and size; no two open windows share one. */
  name: string
  preloadFile: string
  dark: boolean
  platform: NodeJS.Platform
  development: boolean
  openAnother: () => void
}

/** One window of the app, and what its page may ask of it. */
export class AppWindow implements WindowHost {
  readonly name: string
  readonly browserWindow: BrowserWindow
  readonly outlivesPage = true
  readonly #options: AppWindowOptions
  readonly #commands = createListeners<string>()
  readonly #linksWaiting = createListeners<void>()
  readonly #notices = new Set<Notification>()
  #links: ArrivedLink[] = []
  #menu: MenuModel = []

  constructor(options: AppWindowOptions) {
    this.#options = options
    this.name = options.name
    this.browserWindow = new BrowserWindow({
      ...usual,
      ...smallest,
      name: options.name,
      windowStatePersistence: true,
      show: false,
      title: 'Porthole',
      backgroundColor: options.dark ? backgrounds.dark : backgrounds.light,
      autoHideMenuBar: true,
      ...(options.platform === 'darwin' ? { titleBarStyle: 'hiddenInset' as const } : {}),
      webPreferences: {
        preload: options.preloadFile,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        allowRunningInsecureContent: false,
        experimentalFeatures: false,
        webviewTag: false,
        navigateOnDragDrop: false,
        spellcheck: false,
        devTools: options.development,
        // A hidden terminal goes on drawing: held back, it would hold the program in the container back.
        backgroundThrottling: false,
      },
    })
    this.browserWindow.once('ready-to-show', () => this.browserWindow.show())
    this.browserWindow.on('focus', () => this.#showMenu())
    // Until the page has said what it can do; Electron's own menu could reload it and worse.
    this.#showMenu()
  }

  load(): Promise<void> {
    return this.browserWindow.loadURL(`${pageOrigin}/`)
  }

  /** Brings it to the front, out of the dock if need be. */
  focus(): void {
    if (this.browserWindow.isMinimized()) this.browserWindow.restore()
    this.browserWindow.show()
    this.browserWindow.focus()
  }

  /** A link was followed into the app; the page takes it when it can. */
  arrive(link: ArrivedLink): void {
    this.#links.push(link)
    this.#linksWaiting.emit()
  }

  setMenu(menu: MenuModel): void {
    this.#menu = menu
    if (this.browserWindow.isFocused()) this.#showMenu()
  }

  notify({ title, body }: Notice): void {
    if (!Notification.isSupported()) return
    const notification = new Notification({ title, body })
    // Kept until it is gone: a collected notification loses its click.
    this.#notices.add(notification)
    notification.once('click', () => {
      this.#notices.delete(notification)
      if (!this.browserWindow.isDestroyed()) this.focus()
    })
    notification.once('close', () => this.#notices.delete(notification))
    notification.show()
  }

  openAnother(): void {
    this.#options.openAnother()
  }

  chooseSaveTarget(question: SaveQuestion): Promise<string | undefined> {
    return chooseSaveTarget(this.browserWindow, question)
  }

  showInFolder(path: string): void {
    shell.showItemInFolder(path)
  }

  takeLinks(): ArrivedLink[] {
    return this.#links.splice(0)
  }

  onCommand(listener: (commandId: string) => void): Disposable {
    return this.#commands.add(listener)
  }

  onLinksWaiting(listener: () => void): Disposable {
    return this.#linksWaiting.add(listener)
  }

  /** The system has one menu, and it is the focused window's. */
  #showMenu(): void {
    const { platform, development } = this.#options
    const template = menuTemplate({
      menu: this.#menu,
      platform,
      development,
      run: (commandId) => this.#commands.emit(commandId),
    })
    Menu.setApplicationMenu(Menu.buildFromTemplate(template))
  }
}

import type { Page } from '@playwright/test'
import type { FakeElectron } from '../../fixtures/electron/drive/fake-electron.ts'
import { type LaunchedApp, type StartOptions, test as suite } from './launch.ts'

/** What a desktop app can be asked and told beyond what every host can, on the fake as on Electron. */
export interface DesktopApp extends LaunchedApp {
  /** Set on the fake, for what only it can show: counted messages, played attackers. */
  readonly fake: FakeElectron | undefined
  windowFacts(): Promise<{ url: string; visible: boolean; focused: boolean }[]>
  /** The page of the window that was opened last. */
  newestWindow(): Promise<Page>
  /** Addresses that were handed to the system, in order. */
  opened(): Promise<string[]>
  /** Message boxes so far, in order. */
  dialogs(): Promise<{ message: string; detail: string; buttons: string[] }[]>
  /** Answers the box that is open, or else the next one, with a button. */
  answerDialog(button: number): Promise<void>
  /** Chooses a path in the save dialog that is open, or else in the next one; an empty one cancels it. */
  answerSaveDialog(filePath: string): Promise<void>
  /** Save dialogs so far, in order. */
  saveDialogs(): Promise<{ title: string; defaultPath: string; properties: string[] }[]>
  /** By the labels on the way to it. */
  clickMenu(...labels: string[]): Promise<void>
  menuLabels(): Promise<string[]>
  /** Starts the app once more on the same data and waits until that second one has ended. */
  startAgain(args: string[]): Promise<void>
  /** A link arrives as macOS hands it over. */
  openUrl(url: string): Promise<void>
  power(event: 'suspend' | 'resume' | 'unlock-screen'): Promise<void>
  /** Takes focus from all windows, or minimizes the first. */
  leaveWindow(how: 'blur' | 'minimize'): Promise<void>
  /** Ends the page's process, and gives the page that comes in its place. */
  crashPage(): Promise<Page>
  /** Ends a utility process as a crash does. */
  killProcess(serviceName: string): Promise<void>
  closeWindow(): Promise<void>
  /** Asks the app to quit, and does not wait. */
  quit(): Promise<void>
  /** Resolves with the exit code of the app. */
  readonly exited: Promise<number | null>
}

/** `test` for what only the desktop has. */
export const test = suite.extend<{
  desktop: DesktopApp
  /** For a test that brings its own local AWS. */
  launchDesktop: (options: StartOptions) => Promise<DesktopApp>
}>({
  desktop: async ({ app }, use) => use(asDesktop(app)),
  launchDesktop: async ({ launch }, use) => use(async (options) => asDesktop(await launch(options))),
})

function asDesktop(app: LaunchedApp): DesktopApp {
  if (!('windowFacts' in app)) throw new Error('These tests are for the desktop hosts')
  return app as DesktopApp
}

export { expect } from '@playwright/test'

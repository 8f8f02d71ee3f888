import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser, Page } from '@playwright/test'
import { type ReadySandbox, startSandboxProcess } from '../../src/cli/sandbox-process.ts'
import type { Settings } from '../../src/contract/host.ts'
import type { LaunchedApp } from '../e2e/launch/launch.ts'
import { PortholeProcess } from '../e2e/launch/porthole-process.ts'
import { Porthole } from '../e2e/pages/porthole.ts'
import type { BenchContext } from './bench-result.ts'
import { installProbe } from './terminal-probe.ts'

/** A local AWS in a process of its own, whose output is not held to AWS's pace. */
export interface LocalAws extends AsyncDisposable {
  readonly ready: ReadySandbox
}

export async function startLocalAws(options: { tasks?: number; accounts?: number } = {}): Promise<LocalAws> {
  await using started = new AsyncDisposableStack()
  const folder = await temporaryFolder(started)
  const sandbox = started.use(
    await startSandboxProcess({ ...options, folder, unpaced: true, stop: new AbortController().signal }),
  )
  const running = started.move()
  return { ready: sandbox.ready, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

export interface BenchAppOptions {
  aws: LocalAws
  /** Where the product finds AWS, when something stands in between. */
  endpoint?: string
  settings?: Partial<Settings>
  /** Further environment variables of the product. */
  environment?: Record<string, string>
  /** Fills the product's data folder before it starts. */
  prepareData?: (dataFolder: string) => Promise<unknown>
}

/** The built product in its browser host, in front of a local AWS, with one window. */
export interface BenchApp extends LaunchedApp {
  readonly porthole: Porthole
  readonly browser: Browser
  /** Without the one-time token: what a window that was let in once loads again. */
  readonly address: string
}

export async function startBenchApp(context: BenchContext, options: BenchAppOptions): Promise<BenchApp> {
  await using started = new AsyncDisposableStack()
  const folder = await temporaryFolder(started)
  const dataFolder = path.join(folder, 'data')
  await mkdir(dataFolder)
  await writeFile(path.join(dataFolder, 'settings.json'), JSON.stringify(options.settings ?? {}))
  await options.prepareData?.(dataFolder)
  const environment = { ...(await awsEnvironment(folder, options)), ...options.environment }
  const process = started.use(
    await PortholeProcess.start(['web', '--no-open', '--data-folder', dataFolder], environment),
  )
  const browser = await context.launchChromium()
  started.defer(() => browser.close())
  const browserContext = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
  })
  await browserContext.addInitScript(installProbe)
  const window = await browserContext.newPage()
  await window.goto(process.url)
  const running = started.move()
  const app: LaunchedApp = {
    window,
    context: browserContext,
    messages: () => process.messages,
    kill: () => process.kill(),
    killSandbox() {
      throw new Error('The local AWS is shared; dispose it instead.')
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
  return { ...app, browser, porthole: new Porthole(app), address: addressOf(window) }
}

function addressOf(window: Page): string {
  return new URL('/', window.url()).href
}

/** What makes any AWS client talk to the local AWS, by the standard variables; nothing of the person's is read. */
async function awsEnvironment(
  folder: string,
  { aws, endpoint }: BenchAppOptions,
): Promise<Record<string, string>> {
  const { startUrl, region } = aws.ready
  const configFile = path.join(folder, 'config')
  await writeFile(
    configFile,
    [
      '[sso-session example-corp]',
      `sso_start_url = ${startUrl}`,
      `sso_region = ${region}`,
      'sso_registration_scopes = sso:account:access',
      '',
    ].join('\n'),
  )
  return {
    HOME: folder,
    AWS_CONFIG_FILE: configFile,
    AWS_SHARED_CREDENTIALS_FILE: path.join(folder, 'credentials'),
    AWS_ENDPOINT_URL: endpoint ?? aws.ready.endpoint,
    AWS_REGION: region,
  }
}

async function temporaryFolder(resources: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'porthole-bench-'))
  resources.defer(() => rm(folder, { recursive: true, force: true }))
  return folder
}

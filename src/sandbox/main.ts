import { existsSync } from 'node:fs'
import { access, constants, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createContainerRuntime } from './containers/create-runtime.ts'
import { type SandboxReady, startSandbox } from './sandbox.ts'
import { systemClock } from './services/clock.ts'
import { realAgentSettings } from './services/message-gateway/agent-settings.ts'
import {
  createMessageGateway,
  type MessageGatewayOptions,
  type MessageGatewayServer,
} from './services/message-gateway/gateway.ts'
import { demoPluginProgram, demoPluginVersion } from './services/plugin-site/demo-plugin.ts'
import { PluginSite } from './services/plugin-site/plugin-site.ts'
import { publishPlugin } from './services/plugin-site/publish-plugin.ts'
import { createSigningKey } from './services/plugin-site/signing-key.ts'
import { makeTemporaryFolder } from './temporary-folder.ts'

/** The sandbox as a process of its own. */

const usage = `Usage: sandbox --port P [--ready-file F] [--tasks N] [--accounts N] [--unpaced] [--resources FOLDER]
               [--cache FOLDER] [--plugin-key-file F] [--stay-with-parent]

  --port P             Port on 127.0.0.1; 0 for a free one.
  --ready-file F       Written as JSON once the sandbox can be used.
  --tasks N            Adds N tasks in clusters named fleet over three accounts; 50 for 5,000.
  --accounts N         Adds N accounts with five roles each.
  --unpaced            Output as fast as this computer can, not at AWS's pace of about 0.8 MB/s.
  --resources FOLDER   The folder with sandbox/images in it.
  --cache FOLDER       Keeps the parts of containers that do not change between runs.
  --plugin-key-file F  Gets the public key that the download site of session-manager-plugin signs with.
  --stay-with-parent   End when the pipe on standard input closes.

  PORTHOLE_FIRST_OUTPUT_DELAY  Milliseconds from a command's start to its first output; the real agent waits 1000.`

const firstOutputDelayVariable = 'PORTHOLE_FIRST_OUTPUT_DELAY'
/** No agent waits for longer than a person would. */
const longestFirstOutputDelay = 60_000

interface Settings {
  port: number
  readyFile: string | undefined
  tasks: number
  accounts: number
  unpaced: boolean
  firstOutputDelay: number
  resources: string
  cacheFolder: string
  pluginKeyFile: string | undefined
  stayWithParent: boolean
}

/** A mistake of whoever started the process: said in one sentence, without a stack. */
class StartError extends Error {
  override name = 'StartError'
}

async function run(settings: Settings): Promise<void> {
  await using resources = new AsyncDisposableStack()
  const ended = whenToldToEnd(settings.stayWithParent)
  const workFolder = await makeTemporaryFolder('porthole-sandbox')
  resources.defer(() => rm(workFolder, { recursive: true, force: true }))
  const runtime = await createContainerRuntime({
    imagesFolder: join(settings.resources, 'sandbox', 'images'),
    workFolder,
    cacheFolder: await usableCache(settings.cacheFolder, workFolder),
    log: say,
  })
  const pluginSite = new PluginSite(systemClock)
  const published = publishDemoPlugin(pluginSite, settings.pluginKeyFile)
  // Heard below, when the containers, which take longer, are up as well.
  published.catch(() => undefined)
  const sandbox = resources.use(
    await startSandbox({
      pluginSite,
      port: settings.port,
      tasks: settings.tasks,
      accounts: settings.accounts,
      runtime,
      log: say,
      createGateway: (options) => createPacedGateway(options, settings),
    }).catch((error) => {
      throw explainListenError(error, settings.port)
    }),
  )
  await published
  const { readyFile } = settings
  if (readyFile !== undefined) {
    await writeReadyFile(readyFile, sandbox.ready)
    // A ready file that outlives the sandbox would send programs to a closed port.
    resources.defer(() => rm(readyFile, { force: true }))
  }
  say(`Sandbox ready at ${sandbox.endpoint}`)
  await ended
}

/** Run from source there is no built plugin to hand out, and the site is empty. */
async function publishDemoPlugin(site: PluginSite, keyFile: string | undefined): Promise<void> {
  const script = fileURLToPath(new URL('demo-plugin.js', import.meta.url))
  const { arch: architecture } = process
  if (!existsSync(script) || (architecture !== 'x64' && architecture !== 'arm64')) return
  const key = await createSigningKey()
  const program = await demoPluginProgram(script, process.execPath)
  await publishPlugin(site, { version: demoPluginVersion, architecture, program, key })
  if (keyFile !== undefined) await writeFile(keyFile, key.publicKey)
}

function createPacedGateway(options: MessageGatewayOptions, settings: Settings): MessageGatewayServer {
  const pace = settings.unpaced ? { chunkInterval: 0 } : {}
  const { firstOutputDelay } = settings
  return createMessageGateway({ ...options, agent: { ...options.agent, firstOutputDelay, ...pace } })
}

/** Resolves at the first signal, or when the parent's end of the pipe is gone. */
function whenToldToEnd(stayWithParent: boolean): Promise<void> {
  return new Promise<void>((resolveEnded) => {
    process.once('SIGTERM', () => resolveEnded())
    process.once('SIGINT', () => resolveEnded())
    process.once('SIGHUP', () => resolveEnded())
    if (!stayWithParent) return
    process.stdin.on('error', () => resolveEnded())
    process.stdin.once('end', () => resolveEnded())
    process.stdin.once('close', () => resolveEnded())
    process.stdin.resume()
  }).finally(() => {
    // Left open, the pipe would keep the process alive until its parent gives up and kills it.
    if (stayWithParent) process.stdin.destroy()
  })
}

/**
 * The cache makes a start three seconds quicker and lets it work offline, but an
 * installed app may not write beside its code: then this run has its own.
 */
async function usableCache(cacheFolder: string, workFolder: string): Promise<string> {
  try {
    await mkdir(cacheFolder, { recursive: true })
    await access(cacheFolder, constants.W_OK)
    return cacheFolder
  } catch {
    return join(workFolder, 'cache')
  }
}

/** Whoever waits for the file must never read half of it. */
async function writeReadyFile(path: string, ready: SandboxReady): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    await writeFile(temporary, `${JSON.stringify(ready, undefined, 2)}\n`, { mode: 0o600 })
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw new StartError(
      `The ready file ${path} cannot be written: ${messageOf(error)}. Choose another path.`,
    )
  }
}

function readSettings(argv: string[]): Settings {
  const { values } = parseArgs({
    args: argv,
    options: {
      port: { type: 'string', default: '0' },
      'ready-file': { type: 'string' },
      tasks: { type: 'string', default: '0' },
      accounts: { type: 'string', default: '0' },
      unpaced: { type: 'boolean', default: false },
      resources: { type: 'string' },
      cache: { type: 'string' },
      'plugin-key-file': { type: 'string' },
      'stay-with-parent': { type: 'boolean', default: false },
    },
  })
  return {
    port: readNumber('--port', values.port, 65_535),
    readyFile: values['ready-file'],
    tasks: readNumber('--tasks', values.tasks, 100_000),
    accounts: readNumber('--accounts', values.accounts, 5_000),
    unpaced: values.unpaced,
    firstOutputDelay: readNumber(
      firstOutputDelayVariable,
      process.env[firstOutputDelayVariable] ?? String(realAgentSettings.firstOutputDelay),
      longestFirstOutputDelay,
    ),
    resources: resolve(values.resources ?? join(projectFolder(), 'resources')),
    cacheFolder: resolve(values.cache ?? join(projectFolder(), '.cache', 'container-tools')),
    pluginKeyFile: values['plugin-key-file'],
    stayWithParent: values['stay-with-parent'],
  }
}

function readNumber(flag: string, text: string, maximum: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value <= maximum) return value
  throw new StartError(`${flag} takes a number from 0 to ${maximum}, not "${text}".`)
}

/** The nearest folder above this file with a package.json: it holds in the source tree and in a bundle. */
function projectFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    if (parent === folder)
      throw new StartError('The resources folder was not found. Name it with --resources.')
    folder = parent
  }
  return folder
}

function explainListenError(error: unknown, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') {
    return new StartError(
      `Port ${port} on 127.0.0.1 is in use. Choose another with --port, or 0 for a free one.`,
    )
  }
  if (code === 'EACCES') {
    return new StartError(`Port ${port} may not be used by this user. Choose one above 1023 with --port.`)
  }
  return error
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function isMistake(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return error instanceof StartError || code.startsWith('ERR_PARSE_ARGS')
}

// Output may go to a parent that is gone; an unread line must not end the process before it has cleaned up.
process.stdout.on('error', () => undefined)
process.stderr.on('error', () => undefined)

try {
  await run(readSettings(process.argv.slice(2)))
} catch (error) {
  process.stderr.write(
    isMistake(error) ? `${messageOf(error)}\n` : `${error instanceof Error ? error.stack : error}\n`,
  )
  if (error instanceof Error && 'code' in error) process.stderr.write(`${usage}\n`)
  process.exitCode = 1
}

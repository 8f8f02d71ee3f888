import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access, chmod, copyFile, mkdir, mkdtemp, readdir, realpath, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Where the host's own programs are. /usr/local is left out: it belongs to the host's user, not to its system. */
export const hostProgramFolders = ['/usr/bin', '/bin', '/usr/sbin', '/sbin']

/** Tools that people expect in a shell and that a small Debian lacks. */
export const expectedTools = ['vi', 'top', 'less', 'ps']

/** A mirror that does not answer must not hold up a start for minutes. */
const packageTimeoutMilliseconds = 120_000

export interface ToolReport {
  /** The expected tools that the host has itself. */
  fromHost: string[]
  /** The expected tools that BusyBox stands in for. */
  fromBusybox: string[]
  /** The expected tools that containers will not have. */
  missing: string[]
  /** Path of a static BusyBox, when one was needed and found. */
  busybox?: string
  /** All of it in a sentence for the user, with the next step when something is missing. */
  summary: string
}

/**
 * Makes sure that containers get `vi`, `top`, `less` and `ps`: the host's own
 * where it has them, else those of Debian's `busybox-static`, which is
 * downloaded once into `cacheFolder` and installed nowhere. Needs no root.
 */
export async function ensureContainerTools(options: {
  cacheFolder: string
  log: (line: string) => void
  programFolders?: string[]
}): Promise<ToolReport> {
  const { cacheFolder, log, programFolders = hostProgramFolders } = options
  const fromHost: string[] = []
  for (const tool of expectedTools) {
    if (await findHostTool(tool, programFolders)) fromHost.push(tool)
  }
  const wanted = expectedTools.filter((tool) => !fromHost.includes(tool))
  if (wanted.length === 0) {
    return { fromHost, fromBusybox: [], missing: [], summary: 'Container tools: all from this system.' }
  }
  try {
    const busybox = await ensureBusybox(cacheFolder, log)
    const summary = `Container tools: ${wanted.join(', ')} from BusyBox, the rest from this system.`
    return { fromHost, fromBusybox: wanted, missing: [], busybox, summary }
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error)
    const summary =
      `Containers will have no ${wanted.join(', ')}: this system has none and busybox-static could not be ` +
      `downloaded (${reason}). Install it with: sudo apt-get install busybox-static`
    return { fromHost, fromBusybox: [], missing: wanted, summary }
  }
}

/**
 * The host's own program of this name, with links followed, or undefined. Only
 * kinds of `vi` that run without files of their own are taken.
 */
export async function findHostTool(name: string, programFolders: string[]): Promise<string | undefined> {
  for (const folder of programFolders) {
    const program = await executable(join(folder, name))
    if (!program) continue
    if (name === 'vi' && !/\/(vi|nvi|busybox|vim(\.(basic|tiny|nox))?)$/.test(program)) continue
    return program
  }
  return undefined
}

async function executable(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.X_OK)
    return await realpath(path)
  } catch {
    return undefined
  }
}

async function ensureBusybox(cacheFolder: string, log: (line: string) => void): Promise<string> {
  const cached = join(cacheFolder, 'busybox')
  if (await executable(cached)) return cached
  await mkdir(cacheFolder, { recursive: true })
  const folder = await mkdtemp(join(cacheFolder, 'busybox-download-'))
  try {
    const busybox = (await installedBusybox()) ?? (await downloadedBusybox(folder, log))
    const draft = join(folder, 'busybox')
    await copyFile(busybox, draft)
    await chmod(draft, 0o755)
    await rename(draft, cached)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return cached
}

/** A BusyBox of the system, when it is a static one: the other kind is the smaller and lacks tools. */
async function installedBusybox(): Promise<string | undefined> {
  for (const folder of hostProgramFolders) {
    const busybox = await executable(join(folder, 'busybox'))
    if (!busybox) continue
    const isDynamic = await run('ldd', [busybox]).then(
      () => true,
      () => false,
    )
    const { stdout } = await run(busybox, ['--list'])
    const applets = stdout.split('\n')
    if (!isDynamic && expectedTools.every((tool) => applets.includes(tool))) return busybox
  }
  return undefined
}

async function downloadedBusybox(folder: string, log: (line: string) => void): Promise<string> {
  log('Downloading busybox-static, for the tools that this system lacks')
  const options = { cwd: folder, timeout: packageTimeoutMilliseconds }
  const download = (settings: string[]) =>
    run('apt-get', [...settings, 'download', 'busybox-static'], options)
  // The system's package lists may be absent or old, and only root may refresh them: then our own.
  const ownLists = await privateAptState(folder)
  await download([]).catch(async () => {
    await run('apt-get', [...ownLists, 'update'], options)
    await download(ownLists)
  })
  const packageFile = (await readdir(folder)).find((name) => name.endsWith('.deb'))
  if (!packageFile) throw new Error('apt-get downloaded no package')
  await run('dpkg-deb', ['-x', packageFile, 'unpacked'], options)
  for (const path of ['unpacked/bin/busybox', 'unpacked/usr/bin/busybox']) {
    const busybox = await executable(join(folder, path))
    if (busybox) return busybox
  }
  throw new Error('the package holds no busybox')
}

/** Settings that make apt-get keep lists and archives in `folder`, where no root is needed. */
async function privateAptState(folder: string): Promise<string[]> {
  await mkdir(join(folder, 'state/lists/partial'), { recursive: true })
  await mkdir(join(folder, 'cache/archives/partial'), { recursive: true })
  return [
    '-o',
    `Dir::State::lists=${join(folder, 'state/lists')}`,
    '-o',
    `Dir::Cache=${join(folder, 'cache')}`,
    '-o',
    'Debug::NoLocking=1',
    // apt hands its downloads to a user of its own, who may not enter the folder.
    '-o',
    'APT::Sandbox::User=root',
  ]
}

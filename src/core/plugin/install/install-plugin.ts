import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { PortholeError } from '../../../contract/errors.ts'
import type { PluginInstallStep } from '../../../contract/plugin.ts'
import type { Clock } from '../../clock.ts'
import { storageProblem } from '../../files/storage-problem.ts'
import { ArchiveProblem } from '../archive/archive-problem.ts'
import { judgePlugin } from '../judge-plugin.ts'
import type { OwnPlugins, StagedPlugin } from '../own-plugins.ts'
import { type PluginRelease, releaseUrl } from '../plugin-release.ts'
import type { PluginSite } from '../plugin-site.ts'
import { downloadFile } from './download-file.ts'
import { GrowingFile } from './half-download.ts'
import type { OpenHttpFile } from './http-file.ts'
import { refused, refusedArchive } from './install-errors.ts'
import { lockOwnPlugins } from './install-lock.ts'
import type { RunProgram } from './run-program.ts'
import { takeProgram } from './take-program.ts'

export interface InstallDependencies {
  own: OwnPlugins
  site: PluginSite
  release: PluginRelease
  openFile: OpenHttpFile
  runProgram: RunProgram
  environment: Readonly<Record<string, string | undefined>>
  clock: Clock
}

export interface InstallWish {
  version: string
  /** As in the offer; another size is refused. */
  bytes: number | undefined
  signal: AbortSignal
  onStep: (step: PluginInstallStep) => void
  onProgress: (receivedBytes: number) => void
}

/** The plugin's packages have 4 to 6 MB; a file of ten times that is none of AWS's. */
const packageLimitBytes = 64 * 1024 * 1024

/** A detached signature has about 120 bytes. */
const signatureLimitBytes = 16 * 1024

/**
 * Downloads, checks, unpacks and tries one version, and only then makes it the
 * one in use. Until then, and after any failure, everything is as it was.
 *
 * @throws {PortholeError} NETWORK, PLUGIN_DOWNLOAD_FAILED, PLUGIN_REFUSED, STORAGE_FULL, STORAGE_UNWRITABLE
 * @throws the signal's reason when it aborts
 */
export async function installPlugin(dependencies: InstallDependencies, wish: InstallWish): Promise<void> {
  const { own, clock } = dependencies
  await own.prepare()
  using _lock = await lockOwnPlugins(own, {
    clock,
    signal: wish.signal,
    onWait: () => wish.onStep('waiting'),
  })
  // Another Porthole may have done it while this one waited.
  if (await isInstalled(dependencies, wish.version)) return
  try {
    await using staged = await own.stage()
    await stageProgram(dependencies, wish, staged)
    wish.onStep('trying')
    await tryOut(dependencies, wish, staged)
    wish.signal.throwIfAborted()
    await own.adopt(staged, wish.version)
    await own.forgetDownloads()
  } catch (thrown) {
    wish.signal.throwIfAborted()
    const explained = thrown instanceof ArchiveProblem ? refusedArchive(thrown) : thrown
    // The next try must not begin with what was refused now.
    if (explained instanceof PortholeError && explained.value.code === 'PLUGIN_REFUSED')
      await own.forgetDownloads()
    throw explained
  }
}

async function isInstalled({ own, environment }: InstallDependencies, version: string): Promise<boolean> {
  if ((await own.currentVersion()) !== version) return false
  const judged = await judgePlugin(own.programOf(version), environment)
  return judged.verdict === 'supported' && judged.version === version
}

async function stageProgram(
  dependencies: InstallDependencies,
  wish: InstallWish,
  staged: StagedPlugin,
): Promise<void> {
  const { own, site, release, runProgram, environment } = dependencies
  const { signal, onStep, version } = wish
  onStep('downloading')
  const fileOf = (name: string) => own.downloadFile(`${version}-${name.replaceAll('/', '-')}`)
  const fetchFile = (name: string, limits: { limitBytes: number; expectedBytes?: number | undefined }) => {
    const file = fileOf(name)
    const url = releaseUrl(site.url, version, name)
    const onProgress = name === release.file ? wish.onProgress : undefined
    return downloadFile(dependencies, { url, file, ...limits, signal, onProgress }).then(() => file)
  }
  let signatureFile: string | undefined
  if (release.signatureFile !== undefined) {
    // Too small to go on from a part of it.
    await new GrowingFile(fileOf(release.signatureFile)).forget()
    signatureFile = await fetchFile(release.signatureFile, { limitBytes: signatureLimitBytes })
  }
  const file = await fetchFile(release.file, { limitBytes: packageLimitBytes, expectedBytes: wish.bytes })
  await takeProgram[release.proof]({
    file,
    bytes: await read(file),
    signature: signatureFile === undefined ? undefined : await read(signatureFile),
    key: await site.key(),
    own,
    staged,
    runProgram,
    systemRoot: environment.SystemRoot ?? 'C:\\Windows',
    signal,
    onStep,
  })
}

/** The version must be the one that was agreed to: an older one, signed as well, could be put in its place. */
async function tryOut(
  { environment }: InstallDependencies,
  { version }: InstallWish,
  { program }: StagedPlugin,
): Promise<void> {
  const judged = await judgePlugin(program, environment)
  if (judged.version === undefined)
    throw refused('The downloaded plugin does not run on this computer.', judged.reason)
  if (judged.version !== version)
    throw refused(`The downloaded plugin is version ${judged.version}, not ${version}.`)
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (thrown) {
    throw storageProblem(thrown, 'The download', path.dirname(file))
  }
}

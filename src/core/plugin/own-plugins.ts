import { randomUUID } from 'node:crypto'
import { access, chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { isMissingFile } from '../files/error-code.ts'
import { storageProblem } from '../files/storage-problem.ts'
import { writeAtomically } from '../files/write-atomically.ts'
import { programName } from './plugin-folders.ts'
import { formatPluginVersion, parsePluginVersion } from './plugin-version.ts'

/**
 * The plugins that Porthole installed, in a folder of the person's own:
 *
 *     versions/1.2.896.0/session-manager-plugin
 *     current          names the version in use
 *     staging/         what is being unpacked
 *     downloads/       what is being downloaded
 *     install.lock
 *
 * A version is put beside the others and then named in `current`, which is
 * replaced as a whole. So there is a working one at every moment, and on
 * Windows, where a running program cannot be replaced, sessions go on.
 *
 * Whatever changes the folder needs its lock.
 */
export class OwnPlugins {
  readonly folder: string
  readonly #program: string

  /** @param program name of the program on this system */
  constructor(folder: string, program: string) {
    this.folder = folder
    this.#program = program
  }

  get lockFile(): string {
    return path.join(this.folder, 'install.lock')
  }

  /** False on a computer where nothing was ever installed: then there is nothing to look after. */
  exists(): Promise<boolean> {
    return access(this.folder).then(
      () => true,
      () => false,
    )
  }

  /** Where this version is or would be. */
  folderOf(version: string): string {
    return path.join(this.#versions, version)
  }

  programOf(version: string): string {
    return path.join(this.folderOf(version), this.#program)
  }

  /** The version in use, whether it works or not. A damaged file counts as none. */
  async currentVersion(): Promise<string | undefined> {
    try {
      const version = parsePluginVersion(await readFile(this.#current, 'utf8'))
      return version && formatPluginVersion(version)
    } catch {
      return undefined
    }
  }

  /** Makes the folders. @throws {PortholeError} STORAGE_FULL, STORAGE_UNWRITABLE */
  prepare(): Promise<void> {
    return this.#write(async () => {
      for (const folder of [this.#versions, this.#staging, this.#downloads])
        await mkdir(folder, { recursive: true, mode: privateFolderMode })
    })
  }

  downloadFile(name: string): string {
    return path.join(this.#downloads, name)
  }

  /** A fresh place to unpack into; it is gone when disposed. */
  async stage(): Promise<StagedPlugin> {
    const folder = path.join(this.#staging, randomUUID())
    await this.#write(() => mkdir(folder, { mode: privateFolderMode }))
    const program = path.join(folder, this.#program)
    return {
      folder,
      program,
      writeProgram: (bytes) =>
        this.#write(async () => {
          await writeFile(program, bytes, { mode: programMode })
          // The process's mask may have taken bits away.
          await chmod(program, programMode)
        }),
      [Symbol.asyncDispose]: () => removeFolder(folder),
    }
  }

  /** Makes a staged plugin the one in use. The version before stays until the next start. */
  async adopt(staged: StagedPlugin, version: string): Promise<void> {
    await this.#write(async () => {
      // A folder of this version that does not work is in the way.
      await rename(this.folderOf(version), path.join(this.#staging, randomUUID())).catch((thrown) => {
        if (!isMissingFile(thrown)) throw thrown
      })
      await rename(staged.folder, this.folderOf(version))
    })
    await writeAtomically(this.#current, `${version}\n`)
  }

  async forgetDownloads(): Promise<void> {
    for (const name of await namesIn(this.#downloads)) await removeFolder(path.join(this.#downloads, name))
  }

  /** Removes what interrupted installs left, and versions that are no longer in use. */
  async tidy(): Promise<void> {
    await this.forgetDownloads()
    for (const name of await namesIn(this.#staging)) await removeFolder(path.join(this.#staging, name))
    const current = await this.currentVersion()
    for (const name of await namesIn(this.#versions))
      if (name !== current) await removeFolder(path.join(this.#versions, name))
  }

  /** @throws {PortholeError} STORAGE_UNWRITABLE */
  async removeAll(): Promise<void> {
    await this.#write(() => rm(this.#current, { force: true }))
    await this.#write(() => rm(this.#versions, { recursive: true, force: true }))
    await this.tidy()
  }

  get #versions(): string {
    return path.join(this.folder, 'versions')
  }

  get #current(): string {
    return path.join(this.folder, 'current')
  }

  get #staging(): string {
    return path.join(this.folder, 'staging')
  }

  get #downloads(): string {
    return path.join(this.folder, 'downloads')
  }

  async #write(work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (thrown) {
      throw storageProblem(thrown, 'The plugin', this.folder)
    }
  }
}

/** The plugins in a data folder. */
export function ownPluginsIn(dataFolder: string, platform: NodeJS.Platform): OwnPlugins {
  return new OwnPlugins(path.join(dataFolder, 'plugin'), programName(platform))
}

export interface StagedPlugin extends AsyncDisposable {
  /** Absolute; holds the program and nothing else when it is adopted. */
  folder: string
  program: string
  /** @throws {PortholeError} STORAGE_FULL, STORAGE_UNWRITABLE */
  writeProgram(bytes: Uint8Array): Promise<void>
}

/** Nobody else on a shared computer needs to see or run it. */
const privateFolderMode = 0o700
const programMode = 0o700

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (thrown) {
    if (isMissingFile(thrown)) return []
    throw thrown
  }
}

/** Best effort: what is in use on Windows cannot go, and goes at a later start. */
async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch(() => {})
}

import { createHash, randomUUID } from 'node:crypto'
import { chmod, lchown, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Making a folder takes three seconds; on the slowest disk not this long. */
const draftLifetimeMilliseconds = 3_600_000

/** Who owns a container's files on the host. Undefined: the user that runs the sandbox. */
export type ContainerOwner = { uid: number; gid: number } | undefined

/**
 * Folders that containers are built from, each made once and then only read.
 * A folder's name carries a digest of what it was made of, so that a changed
 * source makes a new folder and two sandboxes can share one cache.
 */
export class StagedFolders {
  readonly #cacheFolder: string
  readonly #owner: ContainerOwner

  constructor(cacheFolder: string, owner: ContainerOwner) {
    this.#cacheFolder = cacheFolder
    this.#owner = owner
  }

  /**
   * The folder for these ingredients; `fill` is called when there is none yet.
   * Half-made folders are never seen: it is made beside its place and moved.
   */
  async publish(
    name: string,
    ingredients: string[],
    fill: (folder: string) => Promise<void>,
  ): Promise<string> {
    const identity = [...ingredients, this.#owner?.uid ?? process.getuid?.() ?? 0].join('\n')
    const digest = createHash('sha256').update(identity).digest('hex').slice(0, 16)
    const folder = join(this.#cacheFolder, `${name}-${digest}`)
    if (await exists(folder)) return folder
    await this.#removeAbandonedDrafts(name)
    const draft = `${folder}.${randomUUID()}`
    try {
      await mkdir(draft, { recursive: true, mode: 0o755 })
      await fill(draft)
      await this.#handOver(draft)
      await rename(draft, folder)
    } catch (error) {
      await rm(draft, { recursive: true, force: true })
      if (!(await exists(folder))) throw error
    }
    return folder
  }

  /** What a process left that was killed while it made the same kind of folder. */
  async #removeAbandonedDrafts(name: string): Promise<void> {
    for (const entry of await readdir(this.#cacheFolder)) {
      if (!entry.startsWith(`${name}-`) || !entry.includes('.')) continue
      const draft = join(this.#cacheFolder, entry)
      const made = await stat(draft).catch(() => undefined)
      if (made && Date.now() - made.birthtimeMs > draftLifetimeMilliseconds) {
        await rm(draft, { recursive: true, force: true }).catch(() => undefined)
      }
    }
  }

  /** Gives the folder to the containers' owner. Hard links keep theirs: they are the host's files. */
  async #handOver(path: string): Promise<void> {
    const entries = await readdir(path, { withFileTypes: true })
    for (const entry of entries) {
      const child = join(path, entry.name)
      if (entry.isDirectory()) await this.#handOver(child)
      else if (entry.isFile() && (await stat(child)).nlink > 1) continue
      else if (this.#owner) await lchown(child, this.#owner.uid, this.#owner.gid)
    }
    await chmod(path, 0o755)
    if (this.#owner) await lchown(path, this.#owner.uid, this.#owner.gid)
  }
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

/** What a source folder holds, as ingredients: every file's path, mode and content. */
export async function folderIngredients(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(
    files.sort().map(async (file) => {
      const content = createHash('sha256')
        .update(await readFile(file))
        .digest('hex')
      return `${file.slice(folder.length)} ${(await stat(file)).mode} ${content}`
    }),
  )
}

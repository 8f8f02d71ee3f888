import { readdir, readFile } from 'node:fs/promises'
import { join, posix, relative, sep } from 'node:path'

/** A mistake with a file, in the words that Unix tools use. */
export class FileError extends Error {}

type Folder = Map<string, Folder | Uint8Array>

/** A small tree of files in memory. Paths are absolute, with `/`. */
export class MemoryFiles {
  readonly #root: Folder = new Map()

  /** Copies a folder of the host into the root. */
  async load(hostFolder: string): Promise<void> {
    const entries = await readdir(hostFolder, { recursive: true, withFileTypes: true }).catch(() => [])
    for (const entry of entries) {
      if (!entry.isFile()) continue
      const hostPath = join(entry.parentPath, entry.name)
      const path = `/${relative(hostFolder, hostPath).split(sep).join('/')}`
      this.makeFolder(posix.dirname(path))
      this.write(path, await readFile(hostPath))
    }
  }

  /** @throws {FileError} */
  read(path: string): Uint8Array {
    const node = this.#find(path)
    if (node === undefined) throw new FileError('No such file or directory')
    if (node instanceof Map) throw new FileError('Is a directory')
    return node
  }

  /** @throws {FileError} */
  readText(path: string): string {
    return new TextDecoder().decode(this.read(path))
  }

  /** @throws {FileError} when the folder is not there or a folder is in its place */
  write(path: string, content: Uint8Array): void {
    const folder = this.#folder(posix.dirname(path))
    const name = posix.basename(path)
    if (name === '' || folder.get(name) instanceof Map) throw new FileError('Is a directory')
    folder.set(name, content)
  }

  /** With its parents. @throws {FileError} when a file is in the way */
  makeFolder(path: string): void {
    let folder = this.#root
    for (const name of segments(path)) {
      const next = folder.get(name) ?? new Map()
      if (!(next instanceof Map)) throw new FileError('Not a directory')
      folder.set(name, next)
      folder = next
    }
  }

  /** The names in a folder, sorted. @throws {FileError} */
  list(path: string): string[] {
    return [...this.#folder(path).keys()].sort()
  }

  /** @throws {FileError} when there is nothing, or a folder and `recursive` is not set */
  remove(path: string, recursive: boolean): void {
    const node = this.#find(path)
    if (node === undefined) throw new FileError('No such file or directory')
    if (node instanceof Map && !recursive) throw new FileError('Is a directory')
    if (node === this.#root) this.#root.clear()
    else this.#folder(posix.dirname(path)).delete(posix.basename(path))
  }

  kind(path: string): 'file' | 'folder' | undefined {
    const node = this.#find(path)
    if (node === undefined) return undefined
    return node instanceof Map ? 'folder' : 'file'
  }

  #find(path: string): Folder | Uint8Array | undefined {
    let node: Folder | Uint8Array | undefined = this.#root
    for (const name of segments(path)) {
      if (!(node instanceof Map)) return undefined
      node = node.get(name)
    }
    return node
  }

  #folder(path: string): Folder {
    const node = this.#find(path)
    if (node === undefined) throw new FileError('No such file or directory')
    if (!(node instanceof Map)) throw new FileError('Not a directory')
    return node
  }
}

function segments(path: string): string[] {
  return path.split('/').filter((name) => name !== '')
}

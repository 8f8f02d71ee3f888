import { type FileHandle, open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { isMissingFile } from '../../files/error-code.ts'
import { storageProblem } from '../../files/storage-problem.ts'

/** What an earlier answer left of a file, and which file of the site that was. */
export interface HalfDownload {
  bytes: number
  etag: string
}

/** A file that grows over several answers. Everything in here throws STORAGE_FULL or STORAGE_UNWRITABLE. */
export class GrowingFile {
  readonly #file: string
  readonly #etagFile: string

  constructor(file: string) {
    this.#file = file
    this.#etagFile = `${file}.etag`
  }

  /** Undefined when there is nothing to go on from. */
  async half(): Promise<HalfDownload | undefined> {
    try {
      const [{ size }, etag] = await Promise.all([stat(this.#file), readFile(this.#etagFile, 'utf8')])
      return size > 0 ? { bytes: size, etag } : undefined
    } catch (thrown) {
      if (isMissingFile(thrown)) return undefined
      throw this.#problem(thrown)
    }
  }

  /** @param etag of the site's file; without one nobody could tell later whether the rest is of the same file */
  async begin(etag: string | undefined): Promise<OpenFile> {
    await this.forget()
    return this.#open('w', () =>
      etag === undefined ? Promise.resolve() : writeFile(this.#etagFile, etag, { mode: privateMode }),
    )
  }

  goOn(): Promise<OpenFile> {
    return this.#open('a', () => Promise.resolve())
  }

  async forget(): Promise<void> {
    await rm(this.#etagFile, { force: true }).catch((thrown) => {
      throw this.#problem(thrown)
    })
    await rm(this.#file, { force: true }).catch((thrown) => {
      throw this.#problem(thrown)
    })
  }

  async #open(flags: 'w' | 'a', prepare: () => Promise<void>): Promise<OpenFile> {
    try {
      await prepare()
      return new OpenFile(await open(this.#file, flags, privateMode), (thrown) => this.#problem(thrown))
    } catch (thrown) {
      throw this.#problem(thrown)
    }
  }

  #problem(thrown: unknown) {
    return storageProblem(thrown, 'The download', path.dirname(this.#file))
  }
}

const privateMode = 0o600

class OpenFile implements AsyncDisposable {
  readonly #handle: FileHandle
  readonly #explain: (thrown: unknown) => Error

  constructor(handle: FileHandle, explain: (thrown: unknown) => Error) {
    this.#handle = handle
    this.#explain = explain
  }

  async append(bytes: Uint8Array): Promise<void> {
    try {
      await this.#handle.writeFile(bytes)
    } catch (thrown) {
      throw this.#explain(thrown)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close()
  }
}

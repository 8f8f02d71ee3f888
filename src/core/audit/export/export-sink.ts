import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'

export interface ExportedFile {
  name: string
  bytes: number
  /** Hexadecimal. */
  sha256: string
}

export type FileContent = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/** Where an export goes, file by file. Nothing has the target's name before `finish`. */
export interface ExportSink {
  add(name: string, content: FileContent): Promise<ExportedFile>
  /** @returns the size on the disk */
  finish(): Promise<number>
  /** Takes everything back; for an export that failed. */
  abandon(): Promise<void>
}

/** An archive where the target ends in `.zip`, else a folder, which must not exist yet. */
export async function openExportSink(target: string): Promise<ExportSink> {
  await mkdir(dirname(target), { recursive: true, mode: 0o700 })
  return target.endsWith('.zip') ? new ZipSink(target) : FolderSink.open(target)
}

class ZipSink implements ExportSink {
  readonly #target: string
  readonly #partial: string
  readonly #zip = new ZipFile()
  readonly #written: Promise<void>

  constructor(target: string) {
    this.#target = target
    this.#partial = `${target}.partial`
    const output = createWriteStream(this.#partial, { mode: 0o600 })
    this.#written = pipeline(this.#zip.outputStream as Readable, output)
    // Heard by `finish`; a failure before that must not pass for unheard.
    this.#written.catch(() => {})
  }

  async add(name: string, content: FileContent): Promise<ExportedFile> {
    const digest = new ContentDigest(name)
    const read = Promise.withResolvers<void>()
    const stream = Readable.from(digest.of(content), { objectMode: false })
    stream.once('end', read.resolve)
    stream.once('error', read.reject)
    this.#zip.addReadStream(stream, name, { mode: 0o100600 })
    await Promise.race([read.promise, this.#written.then(() => read.promise)])
    return digest.value()
  }

  async finish(): Promise<number> {
    this.#zip.end()
    await this.#written
    await rename(this.#partial, this.#target)
    return (await stat(this.#target)).size
  }

  async abandon(): Promise<void> {
    ;(this.#zip.outputStream as Readable).destroy()
    await this.#written.catch(() => {})
    await rm(this.#partial, { force: true })
  }
}

class FolderSink implements ExportSink {
  readonly #target: string
  readonly #partial: string
  #bytes = 0

  private constructor(target: string) {
    this.#target = target
    this.#partial = `${target}.partial`
  }

  static async open(target: string): Promise<FolderSink> {
    const sink = new FolderSink(target)
    await rm(sink.#partial, { recursive: true, force: true })
    await mkdir(sink.#partial, { recursive: true, mode: 0o700 })
    return sink
  }

  async add(name: string, content: FileContent): Promise<ExportedFile> {
    const file = join(this.#partial, name)
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    const digest = new ContentDigest(name)
    await pipeline(
      Readable.from(digest.of(content), { objectMode: false }),
      createWriteStream(file, { mode: 0o600 }),
    )
    this.#bytes += digest.value().bytes
    return digest.value()
  }

  async finish(): Promise<number> {
    await rename(this.#partial, this.#target)
    return this.#bytes
  }

  async abandon(): Promise<void> {
    await rm(this.#partial, { recursive: true, force: true })
  }
}

class ContentDigest {
  readonly #name: string
  readonly #hash = createHash('sha256')
  #bytes = 0

  constructor(name: string) {
    this.#name = name
  }

  async *of(content: FileContent): AsyncIterable<Uint8Array> {
    for await (const part of content) {
      this.#hash.update(part)
      this.#bytes += part.byteLength
      yield part
    }
  }

  value(): ExportedFile {
    return { name: this.#name, bytes: this.#bytes, sha256: this.#hash.copy().digest('hex') }
  }
}

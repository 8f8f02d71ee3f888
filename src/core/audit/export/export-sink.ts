import { createHash } from 'node:crypto'
import { createWriteStream, type WriteStream } from 'node:fs'
import { mkdir, open, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import type { ExportTarget } from './export-target.ts'

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
  /** Takes everything back; for an export that failed or was cancelled. */
  abandon(): Promise<void>
}

/** Files that did not exist, for their owner alone, and on the disk before they are closed. */
const newFile = { flags: 'wx', mode: 0o600, flush: true }

export type ExportContainer = 'archive' | 'folder' | 'file'

/**
 * Begins to write, so that a place where nothing can be written shows at once;
 * then nothing is left. `signal` ends what is being written; `abandon` is still to be called.
 */
export async function openExportSink(
  target: ExportTarget,
  container: ExportContainer,
  signal: AbortSignal,
): Promise<ExportSink> {
  try {
    if (container === 'folder') {
      await mkdir(target.partial, { mode: 0o700 })
      return new FolderSink(target, signal)
    }
    const file = await open(target.partial, newFile.flags, newFile.mode)
    const output = file.createWriteStream({ flush: newFile.flush })
    return container === 'archive'
      ? new ZipSink(target, output, signal)
      : new FileSink(target, output, signal)
  } catch (thrown) {
    await target.abandon()
    throw thrown
  }
}

class ZipSink implements ExportSink {
  readonly #target: ExportTarget
  readonly #signal: AbortSignal
  readonly #zip = new ZipFile()
  readonly #written: Promise<void>

  constructor(target: ExportTarget, output: WriteStream, signal: AbortSignal) {
    this.#target = target
    this.#signal = signal
    this.#written = pipeline(this.#zip.outputStream as Readable, output, { signal })
    // Heard by `add` and `finish`; a failure before that must not pass for unheard.
    this.#written.catch(() => {})
  }

  async add(name: string, content: FileContent): Promise<ExportedFile> {
    const digest = new ContentDigest(name, this.#signal)
    const read = Promise.withResolvers<void>()
    // The archive keeps this function until its end, and with it what the function still knows of the recording.
    let source: Readable | undefined = Readable.from(digest.of(content), { objectMode: false })
    source.once('end', read.resolve)
    source.once('error', read.reject)
    withoutPool(() =>
      this.#zip.addReadStreamLazy(name, { mode: 0o100600, compress: !isNoise(name) }, (give) => {
        const stream = source
        source = undefined
        if (stream !== undefined) give(null, stream)
      }),
    )
    await Promise.race([read.promise, this.#written.then(() => read.promise)])
    return digest.value()
  }

  async finish(): Promise<number> {
    this.#zip.end()
    await this.#written
    await this.#target.commit()
    return (await stat(this.#target.path)).size
  }

  async abandon(): Promise<void> {
    ;(this.#zip.outputStream as Readable).destroy()
    await this.#written.catch(() => {})
    await this.#target.abandon()
  }
}

/** What is encrypted gets no smaller, and a processor a third less work without it. */
function isNoise(name: string): boolean {
  return name.endsWith('.sealed')
}

/**
 * The archive keeps the bytes of each name until its end. From Node's pool they
 * would be a few bytes of a slab of 64 KiB, and keep all of it: 62 KB a file.
 */
function withoutPool(make: () => void): void {
  const { poolSize } = Buffer
  Buffer.poolSize = 0
  try {
    make()
  } finally {
    Buffer.poolSize = poolSize
  }
}

class FolderSink implements ExportSink {
  readonly #target: ExportTarget
  readonly #signal: AbortSignal
  #bytes = 0

  constructor(target: ExportTarget, signal: AbortSignal) {
    this.#target = target
    this.#signal = signal
  }

  async add(name: string, content: FileContent): Promise<ExportedFile> {
    const file = join(this.#target.partial, name)
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    const output = createWriteStream(file, newFile)
    const written = await write(output, { name, content, signal: this.#signal })
    this.#bytes += written.bytes
    return written
  }

  async finish(): Promise<number> {
    await this.#target.commit()
    return this.#bytes
  }

  abandon(): Promise<void> {
    return this.#target.abandon()
  }
}

/** Takes one file, which is the export. */
class FileSink implements ExportSink {
  readonly #target: ExportTarget
  readonly #output: WriteStream
  readonly #signal: AbortSignal
  #bytes = 0

  constructor(target: ExportTarget, output: WriteStream, signal: AbortSignal) {
    this.#target = target
    this.#output = output
    this.#signal = signal
  }

  async add(name: string, content: FileContent): Promise<ExportedFile> {
    const written = await write(this.#output, { name, content, signal: this.#signal })
    this.#bytes = written.bytes
    return written
  }

  async finish(): Promise<number> {
    await this.#target.commit()
    return this.#bytes
  }

  async abandon(): Promise<void> {
    await closed(this.#output)
    await this.#target.abandon()
  }
}

/** A file that is still open cannot be removed on every system. */
async function closed(output: WriteStream): Promise<void> {
  if (output.closed) return
  const { promise, resolve } = Promise.withResolvers<void>()
  output.once('close', resolve)
  output.once('error', () => {})
  output.destroy()
  await promise
}

async function write(
  output: WriteStream,
  { name, content, signal }: { name: string; content: FileContent; signal: AbortSignal },
): Promise<ExportedFile> {
  const digest = new ContentDigest(name, signal)
  const source = Readable.from(digest.of(content), { objectMode: false })
  await pipeline(source, output, { signal })
  return digest.value()
}

class ContentDigest {
  readonly #name: string
  readonly #signal: AbortSignal
  readonly #hash = createHash('sha256')
  #bytes = 0

  constructor(name: string, signal: AbortSignal) {
    this.#name = name
    this.#signal = signal
  }

  async *of(content: FileContent): AsyncIterable<Uint8Array> {
    for await (const part of content) {
      this.#signal.throwIfAborted()
      this.#hash.update(part)
      this.#bytes += part.byteLength
      yield part
    }
  }

  value(): ExportedFile {
    return { name: this.#name, bytes: this.#bytes, sha256: this.#hash.copy().digest('hex') }
  }
}

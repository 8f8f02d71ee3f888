import { createHash, type Hash } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rm, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '../../files/error-code.ts'
import type {
  RecordingDigest,
  RecordingReader,
  RecordingStat,
  RecordingStore,
  RecordingWriter,
} from './recording-store.ts'

/** The only thing a file name is made of, so no name from AWS or a container can lead out of the folder. */
const sessionIdPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** For hashing: large enough to be quick, small enough not to matter. */
const readBytes = 256 * 1024

/** Recordings as plain files that only their owner can read, one per session. */
export class FileRecordingStore implements RecordingStore {
  readonly #folder: string
  readonly #extension: string

  constructor(folder: string, extension = '.cast') {
    this.#folder = folder
    this.#extension = extension
  }

  async create(sessionId: string): Promise<RecordingWriter> {
    const path = this.#pathOf(sessionId)
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const file = await open(path, 'wx', 0o600)
    await syncFolder(this.#folder)
    return new FileRecordingWriter(file, path)
  }

  async open(sessionId: string): Promise<RecordingReader> {
    const file = await open(this.#pathOf(sessionId), 'r')
    try {
      const { size } = await file.stat()
      return new FileRecordingReader(file, size)
    } catch (thrown) {
      await file.close()
      throw thrown
    }
  }

  openStored(sessionId: string): Promise<RecordingReader> {
    return this.open(sessionId)
  }

  async stat(sessionId: string): Promise<RecordingStat | undefined> {
    try {
      return { byteLength: (await stat(this.#pathOf(sessionId))).size }
    } catch (thrown) {
      if (errorCode(thrown) === 'ENOENT') return undefined
      throw thrown
    }
  }

  async list(): Promise<string[]> {
    try {
      const names = await readdir(this.#folder)
      return names
        .filter((name) => name.endsWith(this.#extension))
        .map((name) => name.slice(0, -this.#extension.length))
        .filter((name) => sessionIdPattern.test(name))
    } catch (thrown) {
      if (errorCode(thrown) === 'ENOENT') return []
      throw thrown
    }
  }

  async truncate(sessionId: string, byteLength: number): Promise<void> {
    await truncate(this.#pathOf(sessionId), byteLength)
  }

  /** Lines tell by themselves which of them are whole. */
  async cutTorn(): Promise<void> {}

  async digest(sessionId: string, part?: { offset: number; bytes: number }): Promise<string> {
    await using reader = await this.open(sessionId)
    const end = part ? part.offset + part.bytes : reader.byteLength
    const hash = createHash('sha256')
    for (let offset = part?.offset ?? 0; offset < end; offset += readBytes)
      hash.update(await reader.read(offset, Math.min(readBytes, end - offset)))
    return hash.digest('hex')
  }

  async keyOf(): Promise<undefined> {
    return undefined
  }

  async remove(sessionId: string): Promise<void> {
    await rm(this.#pathOf(sessionId), { force: true })
  }

  #pathOf(sessionId: string): string {
    const name = sessionId.toLowerCase()
    if (!sessionIdPattern.test(name)) throw new RangeError(`Not a session id: ${sessionId}`)
    return join(this.#folder, name + this.#extension)
  }
}

class RecordingRemovedError extends Error {
  override readonly name = 'RecordingRemovedError'
  readonly code = 'ENOENT'

  constructor() {
    super('ENOENT: the recording was moved or deleted while it was written')
  }
}

class FileRecordingWriter implements RecordingWriter {
  readonly #file: FileHandle
  readonly #path: string
  readonly #total = new RunningDigest()
  #chunk = new RunningDigest()

  constructor(file: FileHandle, path: string) {
    this.#file = file
    this.#path = path
  }

  async append(lines: Uint8Array): Promise<void> {
    // At a position: lines that follow a torn one would otherwise hide behind it.
    const start = this.#total.bytes
    for (let done = 0; done < lines.byteLength; ) {
      const { bytesWritten } = await this.#file.write(lines, done, lines.byteLength - done, start + done)
      done += bytesWritten
    }
    this.#total.add(lines)
    this.#chunk.add(lines)
  }

  async sync(): Promise<void> {
    await this.#assertInPlace()
    await this.#file.datasync()
  }

  total(): RecordingDigest {
    return this.#total.value()
  }

  takeChunk(): RecordingDigest & { offset: number } {
    const chunk = this.#chunk.value()
    this.#chunk = new RunningDigest()
    return { ...chunk, offset: this.#total.bytes - chunk.bytes }
  }

  async close(): Promise<void> {
    try {
      const { size } = await this.#file.stat()
      if (size > this.#total.bytes) await this.#file.truncate(this.#total.bytes)
      await this.#file.sync()
      await this.#assertInPlace()
    } finally {
      await this.#file.close()
    }
  }

  /** Writes to a file that was deleted or moved succeed for as long as it is open. */
  async #assertInPlace(): Promise<void> {
    const [written, found] = await Promise.all([this.#file.stat(), stat(this.#path)])
    if (written.ino !== found.ino) throw new RecordingRemovedError()
  }
}

class FileRecordingReader implements RecordingReader {
  readonly byteLength: number
  readonly #file: FileHandle

  constructor(file: FileHandle, byteLength: number) {
    this.#file = file
    this.byteLength = byteLength
  }

  async read(offset: number, byteLength: number): Promise<Uint8Array> {
    const buffer = new Uint8Array(Math.max(0, Math.min(byteLength, this.byteLength - offset)))
    let filled = 0
    while (filled < buffer.byteLength) {
      const { bytesRead } = await this.#file.read(buffer, filled, buffer.byteLength - filled, offset + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return buffer.subarray(0, filled)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close()
  }
}

class RunningDigest {
  bytes = 0
  readonly #hash: Hash = createHash('sha256')

  add(bytes: Uint8Array): void {
    this.bytes += bytes.byteLength
    this.#hash.update(bytes)
  }

  value(): RecordingDigest {
    return { bytes: this.bytes, sha256: this.#hash.copy().digest('hex') }
  }
}

/** A new file survives the loss of power only when its folder is synced too. Windows has no such call. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

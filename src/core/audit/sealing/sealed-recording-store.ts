import { FileRecordingStore } from '../recording/file-recording-store.ts'
import type {
  RecordingDigest,
  RecordingReader,
  RecordingStat,
  RecordingStore,
  RecordingWriter,
} from '../recording/recording-store.ts'
import type { RecordingKeys } from './recording-keys.ts'
import { frameOverhead, openFrame, sealFrame, sealMark } from './seal.ts'
import { SealLayout } from './seal-layout.ts'

const extension = '.sealed'

/** Layouts of recordings that were looked at last; a replay reads page by page. */
const keptLayouts = 16

/**
 * Recordings that lie encrypted, each under a key of its own. Those from before
 * there was encryption stay as they are and are read as they are.
 */
export class SealedRecordingStore implements RecordingStore {
  readonly #sealed: FileRecordingStore
  readonly #plain: FileRecordingStore
  readonly #keys: RecordingKeys | undefined
  readonly #layouts = new Map<string, SealLayout>()

  /** @param keys without them, recordings can be checked and listed but not read or written */
  constructor(folder: string, keys: RecordingKeys | undefined) {
    this.#sealed = new FileRecordingStore(folder, extension)
    this.#plain = new FileRecordingStore(folder)
    this.#keys = keys
  }

  async create(sessionId: string): Promise<RecordingWriter> {
    if ((await this.stat(sessionId)) !== undefined) throw new RecordingExistsError()
    // The key first: a file without one would be noise.
    const key = this.#allKeys().create(sessionId)
    const writer = await this.#sealed.create(sessionId)
    await writer.append(sealMark)
    return new SealingWriter(writer, key, sessionId)
  }

  async open(sessionId: string): Promise<RecordingReader> {
    if (!(await this.#isSealed(sessionId))) return this.#plain.open(sessionId)
    const key = this.#allKeys().get(sessionId)
    if (key === undefined) throw new RecordingShreddedError()
    const stored = await this.#sealed.open(sessionId)
    try {
      const layout = this.#layoutOf(sessionId)
      await layout.follow(stored)
      return new UnsealingReader({ stored, layout, key, sessionId })
    } catch (thrown) {
      await stored[Symbol.asyncDispose]()
      throw thrown
    }
  }

  async openStored(sessionId: string): Promise<RecordingReader> {
    return (await this.#storeOf(sessionId)).open(sessionId)
  }

  async stat(sessionId: string): Promise<RecordingStat | undefined> {
    return (await this.#sealed.stat(sessionId)) ?? this.#plain.stat(sessionId)
  }

  async list(): Promise<string[]> {
    return [...new Set([...(await this.#sealed.list()), ...(await this.#plain.list())])]
  }

  /** Sealed ones are cut at the end of a frame: the last that ends at or before `byteLength`. */
  async truncate(sessionId: string, byteLength: number): Promise<void> {
    if (!(await this.#isSealed(sessionId))) return this.#plain.truncate(sessionId, byteLength)
    this.#layouts.delete(sessionId)
    const layout = new SealLayout()
    let storedBytes: number
    {
      await using stored = await this.#sealed.open(sessionId)
      storedBytes = stored.byteLength
      await layout.follow(stored)
    }
    const frame = layout.frames[layout.frameAt(byteLength)]
    const end = frame?.storedStart ?? layout.storedBytes
    // Without even the mark that begins it, there is nothing to keep.
    await this.#sealed.truncate(sessionId, end > storedBytes ? 0 : end)
  }

  async cutTorn(sessionId: string, vouched: number): Promise<void> {
    const key = await this.keyOf(sessionId)
    if (key === undefined) return
    this.#layouts.delete(sessionId)
    const layout = new SealLayout()
    let end: number
    {
      await using stored = await this.#sealed.open(sessionId)
      await layout.follow(stored)
      const isTorn = async (frame: number) => {
        const { storedStart, plainBytes } = layout.frames[frame] ?? { storedStart: 0, plainBytes: 0 }
        // We write none that is empty; zeros look like many of them.
        if (plainBytes === 0) return true
        const sealed = await stored.read(storedStart, plainBytes + frameOverhead)
        return !opens(() => openFrame(key, { sessionId, frame }, sealed))
      }
      end = layout.storedBytes
      for (let frame = layout.frames.length - 1; frame >= 0; frame -= 1) {
        const { storedStart } = layout.frames[frame] ?? { storedStart: 0 }
        if (storedStart < vouched || !(await isTorn(frame))) break
        end = storedStart
      }
    }
    if (end < layout.storedBytes) await this.#sealed.truncate(sessionId, end)
  }

  async digest(sessionId: string, part?: { offset: number; bytes: number }): Promise<string> {
    return (await this.#storeOf(sessionId)).digest(sessionId, part)
  }

  async keyOf(sessionId: string): Promise<Uint8Array | undefined> {
    return (await this.#isSealed(sessionId)) ? this.#keys?.get(sessionId) : undefined
  }

  /** The key goes first: from then on the file says nothing, also in copies. */
  async remove(sessionId: string): Promise<void> {
    this.#keys?.destroy(sessionId)
    this.#layouts.delete(sessionId)
    await this.#sealed.remove(sessionId)
    await this.#plain.remove(sessionId)
  }

  #allKeys(): RecordingKeys {
    if (this.#keys === undefined) throw new RecordingShreddedError()
    return this.#keys
  }

  async #isSealed(sessionId: string): Promise<boolean> {
    return (await this.#sealed.stat(sessionId)) !== undefined
  }

  async #storeOf(sessionId: string): Promise<FileRecordingStore> {
    return (await this.#isSealed(sessionId)) ? this.#sealed : this.#plain
  }

  #layoutOf(sessionId: string): SealLayout {
    const known = this.#layouts.get(sessionId) ?? new SealLayout()
    // The one that was looked at last goes to the end; the first of the map is the oldest.
    this.#layouts.delete(sessionId)
    this.#layouts.set(sessionId, known)
    const [oldest] = this.#layouts.keys()
    if (this.#layouts.size > keptLayouts && oldest !== undefined) this.#layouts.delete(oldest)
    return known
  }
}

function opens(open: () => unknown): boolean {
  try {
    open()
    return true
  } catch {
    return false
  }
}

class RecordingExistsError extends Error {
  override readonly name = 'RecordingExistsError'
  readonly code = 'EEXIST'

  constructor() {
    super('EEXIST: this session has a recording')
  }
}

/** Without its key a recording is as good as gone. */
class RecordingShreddedError extends Error {
  override readonly name = 'RecordingShreddedError'
  readonly code = 'ENOENT'

  constructor() {
    super('ENOENT: the key of this recording was destroyed')
  }
}

/** Digests and lengths are those of the file: the ledger proves what lies there. */
class SealingWriter implements RecordingWriter {
  readonly #writer: RecordingWriter
  readonly #key: Uint8Array
  readonly #sessionId: string
  #frame = 0

  constructor(writer: RecordingWriter, key: Uint8Array, sessionId: string) {
    this.#writer = writer
    this.#key = key
    this.#sessionId = sessionId
  }

  async append(lines: Uint8Array): Promise<void> {
    const place = { sessionId: this.#sessionId, frame: this.#frame }
    await this.#writer.append(sealFrame(this.#key, place, lines))
    this.#frame += 1
  }

  sync(): Promise<void> {
    return this.#writer.sync()
  }

  total(): RecordingDigest {
    return this.#writer.total()
  }

  takeChunk(): RecordingDigest & { offset: number } {
    return this.#writer.takeChunk()
  }

  close(): Promise<void> {
    return this.#writer.close()
  }
}

class UnsealingReader implements RecordingReader {
  readonly byteLength: number
  readonly #stored: RecordingReader
  readonly #layout: SealLayout
  readonly #key: Uint8Array
  readonly #sessionId: string
  /** Pages begin where the one before ended, in the same frame. */
  #opened: { frame: number; plain: Uint8Array } | undefined

  constructor(parts: { stored: RecordingReader; layout: SealLayout; key: Uint8Array; sessionId: string }) {
    this.#stored = parts.stored
    this.#layout = parts.layout
    this.#key = parts.key
    this.#sessionId = parts.sessionId
    this.byteLength = parts.layout.plainBytes
  }

  async read(offset: number, byteLength: number): Promise<Uint8Array> {
    const end = Math.min(offset + byteLength, this.byteLength)
    const parts: Uint8Array[] = []
    for (let at = offset, frame = this.#layout.frameAt(offset); at < end; frame += 1) {
      const span = this.#layout.frames[frame]
      if (span === undefined) break
      const plain = await this.#open(frame)
      const part = plain.subarray(at - span.plainStart, end - span.plainStart)
      parts.push(part)
      at += part.byteLength
    }
    return Buffer.concat(parts)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stored[Symbol.asyncDispose]()
  }

  async #open(frame: number): Promise<Uint8Array> {
    if (this.#opened?.frame === frame) return this.#opened.plain
    const span = this.#layout.frames[frame]
    if (span === undefined) return new Uint8Array()
    const sealed = await this.#stored.read(span.storedStart, span.plainBytes + frameOverhead)
    const plain = openFrame(this.#key, { sessionId: this.#sessionId, frame }, sealed)
    this.#opened = { frame, plain }
    return plain
  }
}

import { type ErrorValue, toErrorValue } from '../../../contract/errors.ts'
import { largestRecordingBytes } from '../../../contract/recording-file.ts'
import type { CastLimits } from '../replay/asciicast.ts'
import { CastError } from '../replay/asciicast-header.ts'
import type { Reading, ReadingState, RecordingListener, RecordingSource } from '../replay/recording-source.ts'

/** What of a file is needed to read it: a `File`, or in tests anything with bytes. */
export type ReadableFile = Pick<File, 'name' | 'size' | 'slice'>

/** Read and understood in a few milliseconds, so that the page draws in between. */
const pieceBytes = 256 * 1024

/**
 * Events that were written far more densely than any recorder does would fill the
 * memory with their number, not their text. Markers are drawn and listed, each one.
 */
const fileLimits: CastLimits = { events: 4_000_000, markers: 10_000, labelCharacters: 4096 }

/** A recording in a file that somebody opened. It is read in the page: no path reaches core. */
export function fileSource(file: ReadableFile): RecordingSource {
  return { sessionId: undefined, limits: fileLimits, read: (listener) => new FileReading(file, listener) }
}

/** Reads a file from its beginning to its end, piece by piece. */
export class FileReading implements Reading {
  readonly #file: ReadableFile
  readonly #listener: RecordingListener
  #decoder = new TextDecoder()
  #offset = 0
  #state: ReadingState = { status: 'loading' }
  #disposed = false

  constructor(file: ReadableFile, listener: RecordingListener) {
    this.#file = file
    this.#listener = listener
    void this.#read()
  }

  get state(): ReadingState {
    return this.#state
  }

  retry(): void {
    if (this.#state.status !== 'failed') return
    this.#setState({ status: 'loading' })
    void this.#read()
  }

  [Symbol.dispose](): void {
    this.#disposed = true
  }

  async #read(): Promise<void> {
    try {
      while (!this.#disposed && this.#offset < this.#file.size) await this.#readPiece()
      // Whoever asked for the reading hears of it once they hold it, also when there is nothing to read.
      await Promise.resolve()
      if (this.#disposed) return
      // A last line without its break is a line too: a torn one is counted.
      this.#listener.onText(`${this.#decoder.decode()}\n`)
      this.#setState({ status: 'complete' })
    } catch (thrown) {
      if (!this.#disposed) this.#setState({ status: 'failed', error: errorOf(thrown, this.#file.name) })
    }
  }

  async #readPiece(): Promise<void> {
    const { size } = this.#file
    if (size > largestRecordingBytes) throw tooLarge(this.#file)
    const bytes = await this.#file.slice(this.#offset, this.#offset + pieceBytes).arrayBuffer()
    if (this.#disposed) return
    if (bytes.byteLength === 0) throw new DOMException('The file became shorter.', 'NotReadableError')
    this.#offset += bytes.byteLength
    this.#listener.onText(this.#decoder.decode(bytes, { stream: true }))
    this.#setState({ status: 'loading', fraction: this.#offset / size })
  }

  #setState(state: ReadingState): void {
    this.#state = state
    this.#listener.onState(state)
  }
}

function tooLarge({ size }: ReadableFile): CastError {
  const megabytes = Math.ceil(size / (1024 * 1024))
  return new CastError(
    `The file is ${megabytes} MB. Recordings of up to ${largestRecordingBytes / (1024 * 1024)} MB can be opened.`,
    { action: 'Cut it into shorter ones with a tool for asciicast.' },
  )
}

function errorOf(thrown: unknown, name: string): ErrorValue {
  if (thrown instanceof CastError) {
    const { message, detail, action = whatCanBeOpened } = thrown
    return {
      code: 'FILE_REFUSED',
      message,
      action,
      retryable: false,
      ...(detail !== undefined && { detail }),
    }
  }
  if (thrown instanceof DOMException)
    return {
      code: 'FILE_REFUSED',
      message: `${name} cannot be read any more.`,
      detail: `${thrown.name}: ${thrown.message}`,
      action: 'It was changed, moved or removed since it was opened. Open it again.',
      retryable: false,
    }
  return toErrorValue(thrown)
}

const whatCanBeOpened = 'Recordings of asciinema can be opened: .cast files, asciicast version 2 or 3.'

import type { ExportProgress } from '../../../contract/export.ts'
import type { IntegrityProgress } from '../../../contract/integrity.ts'
import type { RecordingReader } from '../recording/recording-store.ts'

/** Tells how far an export has come. */
export class ExportSteps {
  readonly #tell: (progress: ExportProgress) => void
  #total = 0
  #read = 0
  /** Where the recording that is being written begins and ends in what has to be read. */
  #from = 0
  #to = 0
  #recordings = { done: 0, total: 0 }

  constructor(tell: (progress: ExportProgress) => void) {
    this.#tell = tell
  }

  checked({ phase, done, total }: IntegrityProgress): void {
    this.#tell({ phase: phase === 'events' ? 'check-events' : 'check-recordings', done, total })
  }

  /** @param bytes that have to be read of all recordings together */
  expect(recordings: number, bytes: number): void {
    this.#recordings = { done: 0, total: recordings }
    this.#total = bytes
    this.#say()
  }

  /** @param bytes that have to be read of this recording, in all its forms */
  begins(bytes: number): void {
    this.#from = this.#to
    this.#to = this.#from + bytes
    this.#read = 0
  }

  ends(): void {
    this.#recordings = { ...this.#recordings, done: this.#recordings.done + 1 }
    this.#from = this.#to
    this.#read = 0
    this.#say()
  }

  /** Tells of everything that is read through it. */
  counted(reader: RecordingReader): RecordingReader {
    return {
      byteLength: reader.byteLength,
      read: async (offset, byteLength) => {
        const part = await reader.read(offset, byteLength)
        this.#read += part.byteLength
        this.#say()
        return part
      },
      [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
    }
  }

  #say(): void {
    // What is stored and what is read of it differ by a few bytes a frame.
    const done = Math.min(this.#from + this.#read, this.#to)
    this.#tell({ phase: 'write', done, total: this.#total, recordings: this.#recordings })
  }
}

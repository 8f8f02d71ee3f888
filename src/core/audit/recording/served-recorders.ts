import type { Channel, ChannelMessage } from '../../../channel/channel.ts'
import { type ErrorValue, PortholeError, toErrorValue } from '../../../contract/errors.ts'
import { recordingStartSchema } from '../audit-contract.ts'
import type { Recorder } from './recorder.ts'
import { decodeRecordingFrame, encodeRecordingFrame, type RecordingFrame } from './recording-frames.ts'
import type { Recordings } from './recordings.ts'

type FrameOf<Kind extends RecordingFrame['kind']> = Extract<RecordingFrame, { kind: Kind }>

/**
 * The recordings of one client: its frames in, acknowledgements out. When the
 * channel closes, what was recorded is closed properly and the ledger says why.
 */
export class ServedRecorders implements Disposable {
  readonly #channel: Channel
  readonly #recordings: () => Recordings | undefined
  /** `undefined`: it could not be started, or failed to be; its output is given up. */
  readonly #recorders = new Map<number, Recorder | undefined>()
  readonly #subscription: Disposable

  /** @param recordings of the history, unless it cannot be opened */
  constructor(channel: Channel, recordings: () => Recordings | undefined) {
    this.#channel = channel
    this.#recordings = recordings
    this.#subscription = channel.onMessage((message) => this.#receive(message))
  }

  /** Takes no more frames; the recordings stay open, for whoever closes the whole history. */
  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]()
    this.#recorders.clear()
  }

  /** The client is gone: closes what it recorded. */
  async closeAll(): Promise<void> {
    const recorders = [...this.#recorders.values()]
    this[Symbol.dispose]()
    await Promise.all(
      recorders.map(
        (recorder) => recorder && this.#recordings()?.close(recorder, recorder.lastMoment, 'connection-lost'),
      ),
    )
  }

  #receive(message: ChannelMessage): void {
    if (typeof message === 'string') return
    const frame = decodeOrUndefined(message)
    // Our own process sent nonsense: nothing that follows can be trusted to be what was on the screen.
    if (frame === undefined) this.#channel.close()
    else this.#handle(frame)
  }

  #handle(frame: RecordingFrame): void {
    switch (frame.kind) {
      case 'start':
        this.#start(frame)
        break
      case 'output':
        this.#output(frame)
        break
      case 'resize':
        this.#recorders.get(frame.recording)?.resize(frame.elapsed, frame.size)
        break
      case 'marker':
        this.#recorders.get(frame.recording)?.marker(frame.elapsed, frame.label)
        break
      case 'close':
        void this.#close(frame)
        break
      case 'accepted':
      case 'written':
      case 'problem':
      case 'closed':
        // These go the other way.
        this.#channel.close()
        break
    }
  }

  #start({ recording, json }: FrameOf<'start'>): void {
    this.#recorders.set(recording, undefined)
    try {
      this.#recorders.set(recording, this.#openRecorder(recording, json))
    } catch (thrown) {
      this.#tellProblem(recording, toErrorValue(thrown))
    }
  }

  #openRecorder(recording: number, json: string): Recorder {
    const recordings = this.#recordings()
    if (recordings === undefined) throw notOpen()
    return recordings.start(parseStart(json), {
      accepted: () => this.#tell({ kind: 'accepted', recording }),
      written: (byteCount) => this.#tellWritten(recording, byteCount),
      failed: (error) => this.#tellProblem(recording, error),
    })
  }

  #output({ recording, elapsed, bytes }: FrameOf<'output'>): void {
    const recorder = this.#recorders.get(recording)
    if (recorder === undefined) this.#tellWritten(recording, bytes.byteLength)
    else recorder.output(elapsed, bytes)
  }

  async #close({ recording, elapsed }: FrameOf<'close'>): Promise<void> {
    const recorder = this.#recorders.get(recording)
    this.#recorders.delete(recording)
    if (recorder !== undefined) await this.#recordings()?.close(recorder, elapsed, 'session')
    this.#tell({ kind: 'closed', recording })
  }

  #tellWritten(recording: number, byteCount: number): void {
    this.#tell({ kind: 'written', recording, byteCount })
  }

  #tellProblem(recording: number, error: ErrorValue): void {
    this.#tell({ kind: 'problem', recording, json: JSON.stringify(error) })
  }

  #tell(frame: RecordingFrame): void {
    this.#channel.post(encodeRecordingFrame(frame))
  }
}

function decodeOrUndefined(message: Uint8Array): RecordingFrame | undefined {
  try {
    return decodeRecordingFrame(message)
  } catch {
    return undefined
  }
}

function parseStart(json: string) {
  const parsed = recordingStartSchema.safeParse(parseJson(json))
  if (parsed.success) return parsed.data
  throw new PortholeError({
    code: 'INVALID_REQUEST',
    message: 'The recording could not be started: its description is not as agreed.',
    detail: parsed.error.message,
  })
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

function notOpen(): PortholeError {
  return new PortholeError({
    code: 'AUDIT_UNAVAILABLE',
    message: 'The session is not recorded: the audit history could not be opened.',
    action: 'Open the audit history to see why.',
    retryable: true,
  })
}

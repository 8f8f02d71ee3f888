import type { ByteFrame } from '../../channel/byte-frames.ts'
import { type PausableSource, SendWindow, SharedBrake } from '../../channel/flow-control.ts'
import { OutputBatcher, type StartTimer } from '../../channel/output-batcher.ts'
import { WholeCharacters } from '../../channel/whole-characters.ts'
import type { TerminalSize } from '../../contract/session.ts'
import {
  createScreenReplica,
  lazyBacklogBytes,
  type ScreenReplica,
  type WatchScreen,
} from './screen-replica.ts'

/** One window's end of a stream. */
export interface Viewer {
  post(frame: ByteFrame): void
}

/** Where a stream's output comes from and its input goes: an engine's session. */
export interface StreamSource extends PausableSource {
  write(bytes: Uint8Array): void
  resize(size: TerminalSize): void
}

/** What may be typed before the session is ready: a large paste. More is dropped. */
const mostTypeAheadBytes = 1024 * 1024

/**
 * Unparsed output at which a replica that cannot keep up holds the source back:
 * four backlogs, so that this never happens to a stream that a page draws.
 */
const replicaMarks = { high: 4 * lazyBacklogBytes, low: lazyBacklogBytes }

type Holder = 'viewer' | 'snapshot' | 'replica' | 'recorder' | 'start'

interface Attachment {
  viewer: Viewer
  /** Output since the snapshot was asked for; undefined once it was sent. */
  held: Uint8Array[] | undefined
}

/**
 * The bytes of one session between its engine and the page that shows it. With
 * a viewer, output goes out in batches under flow control; without one, the
 * session goes on and only its screen is kept.
 */
export class SessionStream implements Disposable {
  readonly #stream: number
  readonly #replica: ScreenReplica
  readonly #batcher: OutputBatcher
  readonly #brake: SharedBrake<Holder>
  readonly #viewerWindow: SendWindow
  readonly #replicaWindow: SendWindow
  readonly #snapshotHold: PausableSource
  readonly #characters = new WholeCharacters()
  #size: TerminalSize
  #source: StreamSource | undefined
  /** Output that came while nothing may pass; undefined when it may. */
  #heldOutput: Uint8Array[] | undefined
  #typeAhead: Uint8Array[] = []
  #typeAheadBytes = 0
  #attachment: Attachment | undefined
  #ended = false

  constructor(options: {
    stream: number
    size: TerminalSize
    startTimer: StartTimer
    watchScreen?: WatchScreen
  }) {
    this.#stream = options.stream
    this.#size = options.size
    this.#replica = createScreenReplica(options.size, options.watchScreen)
    this.#batcher = new OutputBatcher((batch) => this.#sendOutput(batch), options.startTimer)
    this.#brake = new SharedBrake<Holder>({
      pause: () => this.#source?.pause(),
      resume: () => this.#source?.resume(),
    })
    this.#viewerWindow = new SendWindow(this.#brake.for('viewer'))
    this.#replicaWindow = new SendWindow(this.#brake.for('replica'), replicaMarks)
    this.#snapshotHold = this.#brake.for('snapshot')
    this.#replica.onDrained(() => this.#replicaWindow.measured(this.#replica.pendingBytes))
  }

  get size(): TerminalSize {
    return this.#size
  }

  get ended(): boolean {
    return this.#ended
  }

  /** The screen after all output so far, as `ScreenReplica.inspect`. */
  inspectScreen(then: WatchScreen): void {
    this.#replica.inspect(then)
  }

  /** The recorder's way of holding the source back. */
  get recorderHold(): PausableSource {
    return this.#brake.for('recorder')
  }

  /**
   * Gives the stream its source, with everything that was typed ahead. When it
   * is held, nothing passes in either direction until `letGo`.
   */
  connect(source: StreamSource, { held } = { held: false }): void {
    if (held) {
      this.#heldOutput = []
      this.#brake.for('start').pause()
    }
    this.#source = source
    if (this.#brake.held) source.pause()
    if (!held) this.#sendTypeAhead()
  }

  /** What was held passes: first what the source said, then what was typed for it. */
  letGo(): void {
    const held = this.#heldOutput
    if (held === undefined) return
    this.#heldOutput = undefined
    for (const bytes of held) this.output(bytes)
    this.#sendTypeAhead()
    this.#brake.for('start').resume()
  }

  /** From the engine. `bytes` must not change any more. */
  output(bytes: Uint8Array): void {
    if (this.#ended || bytes.byteLength === 0) return
    if (this.#heldOutput !== undefined) this.#heldOutput.push(bytes)
    else this.#show(this.#characters.push(bytes))
  }

  #show(bytes: Uint8Array): void {
    if (bytes.byteLength === 0) return
    this.#replica.write(bytes)
    this.#replicaWindow.measured(this.#replica.pendingBytes)
    const attachment = this.#attachment
    if (attachment === undefined) return
    // Counted here and not when sent: the source must not run ahead by a batch.
    this.#viewerWindow.sent(bytes.byteLength)
    if (attachment.held !== undefined) attachment.held.push(bytes)
    else this.#batcher.push(bytes)
  }

  /** No more output. What waits is sent before the end is. */
  end(): void {
    if (this.#ended) return
    this.#show(this.#characters.rest())
    this.#ended = true
    this.#source = undefined
    this.#typeAhead = []
    this.#heldOutput = undefined
    if (this.#attachment !== undefined && this.#attachment.held === undefined) this.#sendEnd(this.#attachment)
  }

  /** Shows the stream to `viewer`, in place of the one before: the screen first, then all that follows. */
  attach(viewer: Viewer): void {
    this.#dropAttachment()
    const attachment: Attachment = { viewer, held: [] }
    this.#attachment = attachment
    this.#snapshotHold.pause()
    void this.#replica.snapshot().then((screen) => {
      if (this.#attachment === attachment) this.#goLive(attachment, screen)
    })
  }

  /** Ends what `viewer` sees, unless another has replaced it. */
  detach(viewer: Viewer): void {
    if (this.#attachment?.viewer === viewer) this.#dropAttachment()
  }

  acked(viewer: Viewer, byteCount: number): void {
    if (this.#attachment?.viewer === viewer) this.#viewerWindow.acked(byteCount)
  }

  /** @returns whether the bytes will reach the shell */
  input(bytes: Uint8Array): boolean {
    if (this.#ended || bytes.byteLength === 0) return false
    if (this.#source !== undefined && this.#heldOutput === undefined) {
      this.#source.write(bytes)
      return true
    }
    if (this.#typeAheadBytes + bytes.byteLength > mostTypeAheadBytes) return false
    this.#typeAhead.push(bytes)
    this.#typeAheadBytes += bytes.byteLength
    return true
  }

  resize(size: TerminalSize): void {
    this.#size = size
    // What was printed for the old size must be drawn at the old size.
    this.#batcher.flush()
    this.#replica.resize(size)
    this.#source?.resize(size)
  }

  [Symbol.dispose](): void {
    this.end()
    this.#dropAttachment()
    this.#batcher[Symbol.dispose]()
    this.#replica[Symbol.dispose]()
  }

  #sendTypeAhead(): void {
    for (const bytes of this.#typeAhead) this.#source?.write(bytes)
    this.#typeAhead = []
    this.#typeAheadBytes = 0
  }

  #goLive(attachment: Attachment, screen: Uint8Array): void {
    attachment.viewer.post({ kind: 'snapshot', stream: this.#stream, bytes: screen })
    const held = attachment.held ?? []
    attachment.held = undefined
    for (const bytes of held) this.#batcher.push(bytes)
    if (this.#ended) this.#sendEnd(attachment)
    this.#snapshotHold.resume()
  }

  #dropAttachment(): void {
    this.#attachment = undefined
    this.#batcher.clear()
    this.#viewerWindow.reset()
    this.#snapshotHold.resume()
  }

  #sendOutput(bytes: Uint8Array): void {
    this.#attachment?.viewer.post({ kind: 'output', stream: this.#stream, bytes })
  }

  #sendEnd(attachment: Attachment): void {
    this.#batcher.flush()
    attachment.viewer.post({ kind: 'end', stream: this.#stream })
  }
}

import type { Clock } from '../clock.ts'
import { payloadType } from './frame.ts'
import { ByteQueue, maximumInputChunk, TokenBucket } from './input-queue.ts'
import type { ReliableSender } from './reliable-sender.ts'

/** Typed ahead while the connection is away; more than a large paste is a mistake, not typing. */
const maximumTypedAhead = 1024 * 1024
/** Between looks at the token bucket when it is empty: about nine frames' worth. */
const pacingMilliseconds = 10

/** What is typed, on its way into frames: in order, at the pace the gateway bears, and only while the agent takes it. */
export class TypedInput implements Disposable {
  readonly #clock: Clock
  readonly #sender: Pick<ReliableSender, 'hasRoom' | 'send'>
  readonly #seal: (bytes: Uint8Array) => Uint8Array
  readonly #queue = new ByteQueue()
  readonly #bucket: TokenBucket
  #flowing = false
  #pacing: Disposable | undefined
  /** Sent while it was not sure that the agent takes input; undefined when it is. */
  #unsure: Uint8Array[] | undefined

  constructor(options: {
    clock: Clock
    sender: Pick<ReliableSender, 'hasRoom' | 'send'>
    /** Encrypts a piece when the session is encrypted. */
    seal: (bytes: Uint8Array) => Uint8Array
  }) {
    this.#clock = options.clock
    this.#sender = options.sender
    this.#seal = options.seal
    this.#bucket = new TokenBucket(options.clock)
  }

  /** @param waits whether nothing can be sent now, which bounds what is kept */
  write(bytes: Uint8Array, waits: boolean): void {
    if (waits && this.#queue.byteLength + bytes.byteLength > maximumTypedAhead) return
    this.#queue.push(bytes)
    this.send()
  }

  /** From now on input may go out. @param sure false when the agent may turn out to throw it away */
  flow(sure: boolean): void {
    this.#flowing = true
    this.#unsure = sure ? undefined : []
    this.send()
  }

  /** The agent took what was sent: it need not be kept. */
  confirm(): void {
    this.#unsure = undefined
  }

  /** The agent threw away what was sent so far: it goes out again, first, after the next `flow`. */
  takeBack(): void {
    this.#flowing = false
    for (const bytes of this.#unsure?.toReversed() ?? []) this.#queue.unshift(bytes)
    this.#unsure = undefined
  }

  /** Sends what can be sent now; to be called when there is room again. */
  send(): void {
    while (this.#flowing && this.#queue.byteLength > 0 && this.#sender.hasRoom) {
      if (!this.#bucket.take()) {
        this.#pacing ??= this.#clock.after(pacingMilliseconds, () => {
          this.#pacing = undefined
          this.send()
        })
        return
      }
      const chunk = this.#queue.shift(maximumInputChunk)
      this.#unsure?.push(chunk)
      this.#sender.send(payloadType.output, this.#seal(chunk))
    }
  }

  [Symbol.dispose](): void {
    this.#flowing = false
    this.#pacing?.[Symbol.dispose]()
  }
}

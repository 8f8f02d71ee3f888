/**
 * Flow control of one terminal's output, from its source to what was drawn.
 * Without it xterm.js throws data away above 50 MB, and Ctrl-C on a flood takes
 * half a second to show. The values were measured through the whole path (pty,
 * batches, WebSocket, xterm): these run at 54 MB/s where 100,000 / 5,000 / 5,000
 * run at 13, and `yes` still stops within 20 ms of Ctrl-C.
 */

/** Bytes under way to the page at which the source is paused: xterm.js stays responsive up to about 500 kB. */
export const highMarkBytes = 512 * 1024

/** Bytes under way at which the source runs again; far from zero, so that the page never idles while it does. */
export const lowMarkBytes = 128 * 1024

/**
 * Drawn bytes per ack. Well under the low mark: what a page has drawn but not
 * yet acked can then never keep a source paused.
 */
export const ackBytes = 32 * 1024

export interface WaterMarks {
  /** Bytes above which the source is held. */
  high: number
  /** Bytes at or below which it is let go. */
  low: number
}

/** Something that can be told to wait. */
export interface PausableSource {
  pause(): void
  resume(): void
}

/**
 * The sender's account of bytes that are under way. Pauses its source above the
 * high mark and resumes it at the low one.
 */
export class SendWindow {
  readonly #source: PausableSource
  readonly #marks: WaterMarks
  #underWay = 0
  #paused = false

  constructor(source: PausableSource, marks: WaterMarks = { high: highMarkBytes, low: lowMarkBytes }) {
    this.#source = source
    this.#marks = marks
  }

  /** Bytes sent and not yet acked. */
  get underWay(): number {
    return this.#underWay
  }

  sent(byteCount: number): void {
    this.#set(this.#underWay + byteCount)
  }

  /** An ack for more than was sent (a page that attached in between) counts as an ack for all. */
  acked(byteCount: number): void {
    this.#set(Math.max(0, this.#underWay - byteCount))
  }

  /** Sets the account to what another party reports, e.g. a recorder's backlog. */
  measured(byteCount: number): void {
    this.#set(byteCount)
  }

  /** Forgets what is under way: its receiver is gone or starts anew. */
  reset(): void {
    this.#set(0)
  }

  #set(underWay: number): void {
    this.#underWay = underWay
    if (!this.#paused && underWay > this.#marks.high) {
      this.#paused = true
      this.#source.pause()
    } else if (this.#paused && underWay <= this.#marks.low) {
      this.#paused = false
      this.#source.resume()
    }
  }
}

/** The receiver's side: collects what was drawn into acks that are worth a message. */
export class AckCounter {
  readonly #send: (byteCount: number) => void
  #drawn = 0

  /** @param send gets the bytes to acknowledge, at least `ackBytes` of them */
  constructor(send: (byteCount: number) => void) {
    this.#send = send
  }

  /** Call when the terminal has parsed `byteCount` bytes of output, not when they arrived. */
  drawn(byteCount: number): void {
    this.#drawn += byteCount
    if (this.#drawn < ackBytes) return
    const acked = this.#drawn
    this.#drawn = 0
    this.#send(acked)
  }

  /** After a new attach: the sender counts from zero too. */
  reset(): void {
    this.#drawn = 0
  }
}

/**
 * Lets several parties hold one source back: it runs when nobody holds it. The
 * source hears only changes.
 */
export class SharedBrake<Holder> {
  readonly #source: PausableSource
  readonly #holders = new Set<Holder>()

  constructor(source: PausableSource) {
    this.#source = source
  }

  get held(): boolean {
    return this.#holders.size > 0
  }

  /** One party's handle on the source. */
  for(holder: Holder): PausableSource {
    return { pause: () => this.#hold(holder), resume: () => this.#letGo(holder) }
  }

  #hold(holder: Holder): void {
    const wasHeld = this.held
    this.#holders.add(holder)
    if (!wasHeld) this.#source.pause()
  }

  #letGo(holder: Holder): void {
    if (this.#holders.delete(holder) && !this.held) this.#source.resume()
  }
}

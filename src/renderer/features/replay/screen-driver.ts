import type { TerminalSize } from '../../../contract/session.ts'
import { EscapeScanner } from './escape-scanner.ts'
import type { Recording } from './recording.ts'

/** A terminal as far as a replay moves it. */
export interface ReplayScreen {
  resize(size: TerminalSize): void
  /** `done` is called when the text has been understood. Never rings, asks or answers. */
  write(text: string, done: () => void): void
  /** Text that brings a blank screen of the same size to what this one shows; absent when no text can. */
  snapshot(): string | undefined
}

/** A screen on which found text can be marked. */
export interface SearchableScreen extends ReplayScreen, Disposable {
  /** Marks a text wherever it stands; empty for none. */
  highlight(query: string): void
  /** Marks one hit above the others: the last one, or so many before it. */
  markHit(above: number): void
}

interface Keyframe {
  /** How many events it contains. */
  readonly count: number
  readonly size: TerminalSize
  readonly text: string
}

/** One write: xterm.js understands it in a few milliseconds and yields in between. */
const sliceLength = 64 * 1024

/**
 * Output between two keyframes, in characters. xterm.js takes some 5 MB a second
 * on a slow computer, so no step back takes longer than a blink, and 50 MB need
 * no more than a few megabytes of keyframes.
 */
export const keyframeInterval = 2 * 1024 * 1024

/** Clears screen, scrollback, modes and colours (RIS). */
const startOver = '\x1bc'

/**
 * Brings a screen to any moment of a recording. Forward it writes what is
 * missing, backward it starts from the nearest keyframe; always in slices, each
 * begun when the one before is done, so that the page stays responsive.
 */
export class ScreenDriver {
  readonly #recording: Recording
  readonly #screen: ReplayScreen
  readonly #onSettled: () => void
  readonly #keyframes: Keyframe[] = []
  /** Nothing shown yet. */
  readonly #start: Keyframe
  #scanner = new EscapeScanner()
  #size: TerminalSize
  #shown = 0
  #target = 0
  #writing = false
  #moveStart = 0
  #disposed = false

  /** @param onSettled called each time the screen has arrived where it was sent */
  constructor(recording: Recording, screen: ReplayScreen, onSettled: () => void) {
    this.#recording = recording
    this.#screen = screen
    this.#onSettled = onSettled
    this.#size = recording.size
    this.#start = { count: 0, size: recording.size, text: '' }
    screen.resize(recording.size)
  }

  /** How many events the screen has seen. */
  get shown(): number {
    return this.#shown
  }
  get size(): TerminalSize {
    return this.#size
  }
  get settled(): boolean {
    return !this.#writing && this.#shown === this.#target
  }
  /** Characters of output between what is shown and what should be. */
  get behind(): number {
    const from = this.#target >= this.#shown ? this.#shown : this.#keyframeFor(this.#target).count
    return this.#recording.outputIn(this.#target) - this.#recording.outputIn(from)
  }
  /** How far the way to the target has been gone, from 0 to 1. */
  get progress(): number {
    const whole = this.#recording.outputIn(this.#target) - this.#moveStart
    const gone = this.#recording.outputIn(this.#shown) - this.#moveStart
    return whole <= 0 ? 1 : Math.min(1, Math.max(0, gone / whole))
  }

  /** Sends the screen to the moment after the first `count` events. */
  moveTo(count: number): void {
    if (count === this.#target) return
    this.#target = count
    this.#moveStart = this.#recording.outputIn(Math.min(this.#shown, count))
    this.#step()
  }

  dispose(): void {
    this.#disposed = true
  }

  #step(): void {
    if (this.#writing || this.#disposed) return
    const { text, count } = this.#nextSlice()
    this.#shown = count
    if (text === '') {
      if (this.#shown === this.#target) this.#onSettled()
      return
    }
    this.#writing = true
    this.#screen.write(text, () => {
      this.#writing = false
      if (this.#disposed) return
      this.#keepKeyframe()
      if (this.#shown !== this.#target) this.#step()
      else this.#onSettled()
    })
  }

  /** The text to write next, and how many events will have been shown then. */
  #nextSlice(): { text: string; count: number } {
    let text = ''
    const keyframe = this.#keyframeFor(this.#target)
    if (this.#target < this.#shown || keyframe.count > this.#shown) {
      this.#resize(keyframe.size)
      this.#scanner = new EscapeScanner()
      this.#shown = keyframe.count
      this.#moveStart = this.#recording.outputIn(keyframe.count)
      // In one write with what follows: a blank screen is never drawn in between.
      text = startOver + keyframe.text
    }
    const pieces = [text]
    let length = text.length
    let count = this.#shown
    for (; count < this.#target && length < sliceLength; count += 1) {
      const event = this.#recording.events[count]
      if (event?.kind === 'resize') {
        // A size holds for what comes after it, so what came before must be done.
        if (length > 0) break
        this.#resize(event.size)
      } else if (event?.kind === 'output') {
        pieces.push(event.text)
        this.#scanner.plain(event.text)
        length += event.text.length
      }
    }
    return { text: pieces.join(''), count }
  }

  #resize(size: TerminalSize): void {
    if (size.cols === this.#size.cols && size.rows === this.#size.rows) return
    this.#size = size
    this.#screen.resize(size)
  }

  #keyframeFor(count: number): Keyframe {
    return this.#keyframes.findLast((keyframe) => keyframe.count <= count) ?? this.#start
  }

  #keepKeyframe(): void {
    const last = this.#keyframes.at(-1) ?? this.#start
    const since = this.#recording.outputIn(this.#shown) - this.#recording.outputIn(last.count)
    if (since < keyframeInterval || !this.#scanner.atRest) return
    const text = this.#screen.snapshot()
    if (text !== undefined) this.#keyframes.push({ count: this.#shown, size: this.#size, text })
  }
}

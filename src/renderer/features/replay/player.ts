import { advance, type IdleSkip } from './idle.ts'
import type { Marker } from './recording.ts'

export const speeds = [1, 2, 4, 8] as const
export type Speed = (typeof speeds)[number]

/** Arrow keys go this far, as everywhere. */
export const seekStep = 5000

/**
 * Going back to a marker that has just been passed goes to the one before it:
 * while playing, a moment has always passed already.
 */
const markerGrace = 1000

/** What is played; all of it grows while a session lives. Times in milliseconds. */
export interface Timeline {
  readonly duration: number
  readonly skips: readonly IdleSkip[]
  readonly markers: readonly Marker[]
  /** The session goes on, so more will come after the end. */
  readonly live: boolean
  /** Not all of it is here yet: the end is only where reading has got to. */
  readonly loading: boolean
}

export interface PlayerClock {
  /** Milliseconds that never go back. */
  now(): number
}

/**
 * Where a replay is and how fast it moves; knows nothing of what is shown.
 * Time passes only in `tick`, so whoever draws the frames decides when.
 */
export class Player {
  readonly #clock: PlayerClock
  readonly #timeline: () => Timeline
  #position = 0
  #playing = false
  #following = false
  #speed: Speed = 1
  #skipIdle = true
  #tickedAt: number

  constructor(clock: PlayerClock, timeline: () => Timeline) {
    this.#clock = clock
    this.#timeline = timeline
    this.#tickedAt = clock.now()
  }

  get position(): number {
    return this.#position
  }
  get playing(): boolean {
    return this.#playing
  }
  /** At the end of a live recording and showing what comes, the moment it comes. */
  get following(): boolean {
    return this.#following
  }
  get speed(): Speed {
    return this.#speed
  }
  get skipIdle(): boolean {
    return this.#skipIdle
  }

  /** From the end of a finished recording it begins anew. */
  play(): void {
    const { duration, live, loading } = this.#timeline()
    if (this.#playing) return
    if (this.#position >= duration) {
      if (live) this.#following = true
      else if (!loading) this.#position = 0
    }
    this.#playing = true
    this.#tickedAt = this.#clock.now()
  }

  pause(): void {
    this.tick()
    this.#stop()
  }

  toggle(): void {
    if (this.#playing) this.pause()
    else this.play()
  }

  /** Goes to the end and on with it, until the session is over. */
  follow(): void {
    this.#position = this.#timeline().duration
    this.#playing = true
    this.#following = true
    this.#tickedAt = this.#clock.now()
  }

  seek(position: number): void {
    const { duration, live, loading } = this.#timeline()
    this.#position = Math.min(duration, Math.max(0, position))
    this.#following = live && this.#playing && this.#position >= duration
    this.#tickedAt = this.#clock.now()
    if (this.#position >= duration && !live && !loading) this.#playing = false
  }

  seekBy(milliseconds: number): void {
    this.tick()
    this.seek(this.#position + milliseconds)
  }

  nextMarker(): void {
    this.tick()
    const next = this.#timeline().markers.find(({ at }) => at > this.#position)
    if (next !== undefined) this.seek(next.at)
  }

  previousMarker(): void {
    this.tick()
    const grace = this.#playing ? markerGrace : 0
    const previous = this.#timeline().markers.findLast(({ at }) => at < this.#position - grace)
    this.seek(previous?.at ?? 0)
  }

  setSpeed(speed: Speed): void {
    this.tick()
    this.#speed = speed
  }

  setSkipIdle(skipIdle: boolean): void {
    this.tick()
    this.#skipIdle = skipIdle
  }

  /** Lets the time since the last tick pass, and stops at the end. */
  tick(): void {
    const now = this.#clock.now()
    const elapsed = Math.max(0, now - this.#tickedAt)
    this.#tickedAt = now
    if (!this.#playing) return
    const { duration, skips, live, loading } = this.#timeline()
    const isOver = !live && !loading
    if (this.#following) {
      this.#position = duration
      if (isOver) this.#stop()
      return
    }
    const by = elapsed * this.#speed
    const reached = this.#skipIdle ? advance(this.#position, by, skips) : this.#position + by
    this.#position = Math.min(duration, reached)
    if (this.#position < duration) return
    if (live) this.#following = true
    else if (isOver) this.#stop()
  }

  /** Lets the time since the last tick pass without moving: the screen has to catch up. */
  hold(): void {
    this.#tickedAt = this.#clock.now()
  }

  #stop(): void {
    this.#playing = false
    this.#following = false
  }
}

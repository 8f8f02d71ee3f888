import { createStore, type StoreApi } from 'zustand/vanilla'
import type { CommandEntry } from '../../../contract/command-marker.ts'
import { type ErrorValue, toErrorValue } from '../../../contract/errors.ts'
import type { TerminalSize } from '../../../contract/session.ts'
import type { Clock, CoreClient } from '../../app/core/core-link.ts'
import { CastError, CastParser } from './asciicast.ts'
import { hitFrom, type OutputHit, OutputText } from './output-search.ts'
import { Player, type Speed, seekStep, type Timeline } from './player.ts'
import { Recording } from './recording.ts'
import { type ReadingState, RecordingReader } from './recording-reader.ts'
import type { ReplayTerminal } from './replay-terminal.ts'
import { ScreenDriver, type SearchableScreen } from './screen-driver.ts'

export interface ReplayState {
  readonly reading: ReadingState
  /** Characters of output read so far; grows with what there is to draw. */
  readonly outputLength: number
  readonly duration: number
  readonly saved: number
  readonly hasMarkers: boolean
  readonly commands: readonly CommandEntry[]
  readonly unreadableLines: number
  readonly size: TerminalSize | undefined

  readonly position: number
  readonly playing: boolean
  readonly following: boolean
  readonly speed: Speed
  readonly skipIdle: boolean
  /** From 0 to 1 while the screen is on a long way; absent when it is where it should be. */
  readonly catchingUp: number | undefined

  readonly query: string
  readonly searching: boolean
  readonly hits: readonly OutputHit[]
  /** Index of the hit that is marked; absent before one was gone to. */
  readonly hit: number | undefined
}

/** The frames of the page; a window that is hidden draws none. */
export interface Frames {
  /** Milliseconds that never go back. */
  now(): number
  next(callback: () => void): Disposable
}

export interface ReplayOptions<Terminal extends SearchableScreen> {
  core: CoreClient
  clock: Clock
  frames: Frames
  sessionId: string
  taskArn: string
  terminal: Terminal
}

/** Output that the screen may lag behind while playing; more, and the replay waits for it. */
const toleratedLag = 256 * 1024

/** A way shorter than this is over before anyone could read a word about it. */
const longWay = 512 * 1024

/** A replay that is not played yet shows this much, in milliseconds from the first output: the whole prompt. */
const posterDelay = 500

/** Milliseconds of searching per frame: half of one, the other half draws. */
const searchTimePerFrame = 8

/** A live recording that grows is searched again at most this often. */
const searchAgainAfter = 1000

/**
 * One replay: reads the recording, plays it, shows it, searches it. Lives
 * outside of React, so that changing tabs loses nothing.
 */
export class Replay<Terminal extends SearchableScreen = ReplayTerminal> implements Disposable {
  readonly store: StoreApi<ReplayState>
  readonly terminal: Terminal
  readonly #clock: Clock
  readonly #frames: Frames
  readonly #parser = new CastParser()
  readonly #reader: RecordingReader
  readonly #player: Player
  #recording: Recording | undefined
  #driver: ScreenDriver | undefined
  #output: OutputText | undefined
  #frame: Disposable | undefined
  #searching: Generator<undefined, OutputHit[]> | undefined
  #goToHitWhenFound = false
  #searchAgain: Disposable | undefined
  /** A hit to mark once the screen has arrived at it. */
  #markWhenThere: number | undefined
  #begun = false
  /** Where to go as soon as that much is read. */
  #goTo: number | undefined
  /** Somebody asked for a moment: what happens now is not what they came for. */
  #toldWhere = false

  constructor({ core, clock, frames, sessionId, taskArn, terminal }: ReplayOptions<Terminal>) {
    this.#clock = clock
    this.#frames = frames
    this.terminal = terminal
    this.#player = new Player(frames, () => this.#timeline())
    this.store = createStore<ReplayState>(() => ({
      reading: { status: 'loading' },
      outputLength: 0,
      duration: 0,
      saved: 0,
      hasMarkers: false,
      commands: noCommands,
      unreadableLines: 0,
      size: undefined,
      position: 0,
      playing: false,
      following: false,
      speed: this.#player.speed,
      skipIdle: this.#player.skipIdle,
      catchingUp: undefined,
      query: '',
      searching: false,
      hits: [],
      hit: undefined,
    }))
    this.#reader = new RecordingReader({
      core,
      clock,
      sessionId,
      taskArn,
      onText: (text) => this.#take(text),
      onState: (reading) => this.#readingChanged(reading),
      errorOf,
    })
  }

  get recording(): Recording | undefined {
    return this.#recording
  }

  togglePlay(): void {
    this.#act(() => this.#player.toggle())
  }
  pause(): void {
    this.#act(() => this.#player.pause())
  }
  seek(position: number): void {
    this.#act(() => this.#player.seek(position))
  }
  /** Shows this moment, also of a recording that is still being read. */
  show(position: number): void {
    this.#goTo = position
    this.#toldWhere = true
    this.#goWhenRead()
  }
  seekToStart(): void {
    this.seek(0)
  }
  /** The end; of a live recording also what comes after it. */
  seekToEnd(): void {
    this.#act(() => {
      const { duration, live, loading } = this.#timeline()
      if (live || loading) this.#player.follow()
      else this.#player.seek(duration)
    })
  }
  stepBack(): void {
    this.#act(() => this.#player.seekBy(-seekStep))
  }
  stepForward(): void {
    this.#act(() => this.#player.seekBy(seekStep))
  }
  nextMarker(): void {
    this.#act(() => this.#player.nextMarker())
  }
  previousMarker(): void {
    this.#act(() => this.#player.previousMarker())
  }
  setSpeed(speed: Speed): void {
    this.#act(() => this.#player.setSpeed(speed))
  }
  setSkipIdle(skipIdle: boolean): void {
    this.#act(() => this.#player.setSkipIdle(skipIdle))
  }
  /** Nobody looks: what plays by itself stops, what follows a session goes on. */
  leave(): void {
    if (!this.#player.following) this.pause()
  }
  retry(): void {
    this.#reader.retry()
  }

  /** Searches the whole recording and goes to the next hit from here. */
  search(query: string): void {
    this.store.setState({ query, searching: query !== '', hits: [], hit: undefined })
    this.terminal.highlight(query)
    this.#goToHitWhenFound = true
    this.#beginSearch()
  }
  nextHit(): void {
    this.#stepHit(1)
  }
  previousHit(): void {
    this.#stepHit(-1)
  }

  [Symbol.dispose](): void {
    this.#frame?.[Symbol.dispose]()
    this.#searchAgain?.[Symbol.dispose]()
    this.#reader[Symbol.dispose]()
    this.#driver?.dispose()
    this.terminal[Symbol.dispose]()
  }

  #timeline(): Timeline {
    const { duration, skips, markers } = this.#recording ?? emptyTimeline
    const { status } = this.#reader.state
    return { duration, skips, markers, live: status === 'live', loading: status === 'loading' }
  }

  #take(text: string): void {
    const events = this.#parser.push(text)
    if (this.#recording === undefined && this.#parser.header !== undefined)
      this.#beginRecording(new Recording(this.#parser.header.size))
    this.#recording?.append(events)
    this.#goWhenRead()
    this.#showFirstOutput()
    this.#wake()
    if (this.store.getState().query !== '') this.#searchSoon()
  }

  #beginRecording(recording: Recording): void {
    this.#recording = recording
    this.#output = new OutputText(recording.events)
    this.#driver = new ScreenDriver(recording, this.terminal, () => this.#wake())
  }

  /** Before it is played a replay shows how it begins, not a blank screen. */
  #showFirstOutput(): void {
    const first = this.#recording?.firstOutputAt
    if (this.#begun || first === undefined) return
    this.#begun = true
    this.#player.seek(first + posterDelay)
  }

  #goWhenRead(): void {
    const to = this.#goTo
    if (to === undefined || this.#recording === undefined) return
    if (this.#recording.duration < to && this.#reader.state.status === 'loading') return
    this.#goTo = undefined
    this.#act(() => {
      this.#player.pause()
      this.#player.seek(to)
    })
  }

  #readingChanged(reading: ReadingState): void {
    // A session that is still going on is watched where it is now.
    if (
      reading.status === 'live' &&
      !this.#toldWhere &&
      !this.#player.playing &&
      this.store.getState().reading.status === 'loading'
    )
      this.#player.follow()
    this.store.setState({ reading })
    this.#goWhenRead()
    this.#wake()
  }

  #act(action: () => void): void {
    this.#begun = true
    action()
    this.#wake()
  }

  #wake(): void {
    this.#frame ??= this.#frames.next(() => {
      this.#frame = undefined
      this.#draw()
    })
  }

  #draw(): void {
    const driver = this.#driver
    if (driver !== undefined && driver.behind > toleratedLag) this.#player.hold()
    else this.#player.tick()
    driver?.moveTo(this.#recording?.countAt(this.#player.position) ?? 0)
    this.#markHit()
    this.#searchOn()
    this.#publish()
    // Following needs no frames: what comes wakes it.
    const moving = this.#player.playing && !this.#player.following
    if (moving || this.#searching !== undefined || (driver !== undefined && !driver.settled)) this.#wake()
  }

  #publish(): void {
    const recording = this.#recording
    const driver = this.#driver
    const { position, playing, following, speed, skipIdle } = this.#player
    const isFar =
      driver !== undefined &&
      !driver.settled &&
      (driver.behind > longWay || this.store.getState().catchingUp !== undefined)
    this.store.setState({
      outputLength: recording?.outputIn(recording.events.length) ?? 0,
      duration: recording?.duration ?? 0,
      saved: recording?.saved ?? 0,
      hasMarkers: (recording?.markers.length ?? 0) > 0,
      commands: recording?.commands ?? noCommands,
      unreadableLines: this.#parser.unreadableLines,
      size: driver?.size,
      position,
      playing,
      following,
      speed,
      skipIdle,
      catchingUp: isFar ? driver.progress : undefined,
    })
  }

  #beginSearch(): void {
    const { query } = this.store.getState()
    this.#searching = query === '' ? undefined : this.#output?.find(query)
    this.#wake()
  }

  #searchOn(): void {
    const until = this.#frames.now() + searchTimePerFrame
    while (this.#searching !== undefined && this.#frames.now() < until) {
      const step = this.#searching.next()
      if (step.done !== true) continue
      this.#searching = undefined
      this.store.setState({ hits: step.value, searching: false })
      if (this.#goToHitWhenFound && step.value.length > 0)
        this.#goToHit(hitFrom(step.value, this.#player.position))
      this.#goToHitWhenFound = false
    }
  }

  #searchSoon(): void {
    this.#searchAgain ??= this.#clock.after(searchAgainAfter, () => {
      this.#searchAgain = undefined
      this.#beginSearch()
    })
  }

  #stepHit(by: number): void {
    const { hits, hit } = this.store.getState()
    if (hits.length === 0) return
    const next = hit === undefined ? hitFrom(hits, this.#player.position) : hit + by
    this.#goToHit((next + hits.length) % hits.length)
  }

  #goToHit(index: number): void {
    const hit = this.store.getState().hits[index]
    if (hit === undefined) return
    this.store.setState({ hit: index })
    this.#markWhenThere = hit.later
    this.#act(() => {
      this.#player.pause()
      this.#player.seek(hit.at)
    })
  }

  #markHit(): void {
    if (this.#markWhenThere === undefined || this.#driver?.settled !== true) return
    this.terminal.markHit(this.#markWhenThere)
    this.#markWhenThere = undefined
  }
}

const noCommands: readonly CommandEntry[] = []
const emptyTimeline = { duration: 0, skips: [], markers: [] }

function errorOf(thrown: unknown): ErrorValue {
  return thrown instanceof CastError ? thrown.value : toErrorValue(thrown)
}

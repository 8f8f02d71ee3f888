import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Clock } from '../../app/core/core-link.ts'
import { CastParser } from './asciicast.ts'
import type { OutputHit } from './output-search.ts'
import { Player, type Speed, seekStep, type Timeline } from './player.ts'
import { Recording } from './recording.ts'
import type { Reading, ReadingState, RecordingSource } from './recording-source.ts'
import { type Frames, ReplaySearch } from './replay-search.ts'
import { initialState, noCommands, type ReplayState } from './replay-state.ts'
import type { ReplayTerminal } from './replay-terminal.ts'
import { ScreenDriver, type SearchableScreen } from './screen-driver.ts'

export interface ReplayOptions<Terminal extends SearchableScreen> {
  source: RecordingSource
  clock: Clock
  frames: Frames
  terminal: Terminal
}

/** Output that the screen may lag behind while playing; more, and the replay waits for it. */
const toleratedLag = 256 * 1024

/** A way shorter than this is over before anyone could read a word about it. */
const longWay = 512 * 1024

/** A replay that is not played yet shows this much, in milliseconds from the first output: the whole prompt. */
const posterDelay = 500

/**
 * One replay: reads the recording, plays it, shows it, searches it. Lives
 * outside of React, so that changing tabs loses nothing.
 */
export class Replay<Terminal extends SearchableScreen = ReplayTerminal> implements Disposable {
  readonly store: StoreApi<ReplayState>
  readonly terminal: Terminal
  /** Absent when the audit does not have the recording. */
  readonly sessionId: string | undefined
  readonly #frames: Frames
  readonly #parser: CastParser
  readonly #reading: Reading
  readonly #player: Player
  #recording: Recording | undefined
  #driver: ScreenDriver | undefined
  readonly #search: ReplaySearch
  #frame: Disposable | undefined
  /** A hit to mark once the screen has arrived at it. */
  #markWhenThere: number | undefined
  #begun = false
  /** Where to go as soon as that much is read. */
  #goTo: number | undefined
  /** Somebody asked for a moment: what happens now is not what they came for. */
  #toldWhere = false

  constructor({ source, clock, frames, terminal }: ReplayOptions<Terminal>) {
    this.#frames = frames
    this.terminal = terminal
    this.sessionId = source.sessionId
    this.#parser = new CastParser(source.limits)
    this.#player = new Player(frames, () => this.#timeline())
    this.store = createStore<ReplayState>(() => initialState(this.#player))
    this.#search = new ReplaySearch({
      store: this.store,
      clock,
      frames,
      position: () => this.#player.position,
      wake: () => this.#wake(),
      goTo: (hit) => this.#goToHit(hit),
    })
    this.#reading = source.read({
      onText: (text) => this.#take(text),
      onState: (reading) => this.#readingChanged(reading),
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
    this.#reading.retry()
  }

  /** Searches the whole recording and goes to the next hit from here. */
  search(query: string): void {
    this.terminal.highlight(query)
    this.#search.begin(query)
  }
  /** Marks and counts it, and stays where the replay is. */
  look(query: string): void {
    this.terminal.highlight(query)
    this.#search.begin(query, { goes: false })
  }
  nextHit(): void {
    this.#search.step(1)
  }
  previousHit(): void {
    this.#search.step(-1)
  }

  [Symbol.dispose](): void {
    this.#frame?.[Symbol.dispose]()
    this.#search[Symbol.dispose]()
    this.#reading[Symbol.dispose]()
    this.#driver?.dispose()
    this.terminal[Symbol.dispose]()
  }

  #timeline(): Timeline {
    const { duration, skips, markers } = this.#recording ?? emptyTimeline
    const { status } = this.#reading.state
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
    this.#search.grown()
  }

  #beginRecording(recording: Recording): void {
    this.#recording = recording
    this.#search.read(recording.events)
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
    if (this.#recording.duration < to && this.#reading.state.status === 'loading') return
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
    this.#search.searchOn()
    this.#publish()
    // Following needs no frames: what comes wakes it.
    const moving = this.#player.playing && !this.#player.following
    if (moving || this.#search.isSearching || (driver !== undefined && !driver.settled)) this.#wake()
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
      firstUnreadableLine: this.#parser.firstUnreadableLine,
      header: this.#parser.header,
      size: driver?.size,
      position,
      playing,
      following,
      speed,
      skipIdle,
      catchingUp: isFar ? driver.progress : undefined,
    })
  }

  #goToHit({ at, later }: OutputHit): void {
    this.#markWhenThere = later
    this.#act(() => {
      this.#player.pause()
      this.#player.seek(at)
    })
  }

  #markHit(): void {
    if (this.#markWhenThere === undefined || this.#driver?.settled !== true) return
    this.terminal.markHit(this.#markWhenThere)
    this.#markWhenThere = undefined
  }
}

const emptyTimeline = { duration: 0, skips: [], markers: [] }

import { type CommandEntry, CommandList, type CommandMarker } from '../../../contract/command-marker.ts'
import type { TerminalSize } from '../../../contract/session.ts'
import type { CastEvent } from './asciicast.ts'
import { type IdleSkip, skipBetween } from './idle.ts'

/** Where something begins is a place to go to; where it ends is none. */
const placesToGo: ReadonlySet<CommandMarker['kind']> = new Set(['begin', 'secret-prompt', 'pause'])

export interface Marker {
  readonly at: number
  readonly label: string
}

/** A recording as far as it is here: it grows while it loads and while its session lives. */
export class Recording {
  readonly size: TerminalSize
  readonly events: CastEvent[] = []
  readonly markers: Marker[] = []
  readonly skips: IdleSkip[] = []
  /** When the first output came; what a replay shows before it is played. */
  firstOutputAt: number | undefined
  /** Milliseconds from the first moment to the latest event. */
  duration = 0
  /** What was done, from the markers; a new array when it has changed. */
  commands: readonly CommandEntry[] = []
  readonly #commands = new CommandList()
  /** Time that skipping idle stretches saves. */
  saved = 0
  /** Characters of output up to and with the event of the same index. */
  readonly #outputEnds: number[] = []

  constructor(size: TerminalSize) {
    this.size = size
  }

  append(events: readonly CastEvent[]): void {
    let changed = false
    for (const event of events) {
      this.#add(event)
      if (event.kind === 'marker') changed = this.#addMarker(event.at, event.label) || changed
    }
    if (changed) this.commands = [...this.#commands.entries]
  }

  #add(event: CastEvent): void {
    const skip = skipBetween(this.duration, event.at)
    if (skip !== undefined) {
      this.skips.push(skip)
      this.saved += skip.to - skip.from
    }
    this.duration = Math.max(this.duration, event.at)
    this.events.push(event)
    const before = this.#outputEnds.at(-1) ?? 0
    this.#outputEnds.push(event.kind === 'output' ? before + event.text.length : before)
    if (event.kind === 'output') this.firstOutputAt ??= event.at
  }

  /** @returns whether it was about a command. */
  #addMarker(at: number, label: string): boolean {
    const command = this.#commands.add(at, label)
    if (command === undefined || placesToGo.has(command.kind)) this.markers.push({ at, label })
    return command !== undefined
  }

  /** Characters of output in the first `count` events. */
  outputIn(count: number): number {
    return this.#outputEnds[count - 1] ?? 0
  }

  /** How many events have happened by `time`. */
  countAt(time: number): number {
    let low = 0
    let high = this.events.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.events[middle]?.at ?? 0) > time) high = middle
      else low = middle + 1
    }
    return low
  }
}

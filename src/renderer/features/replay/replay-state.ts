import type { CommandEntry } from '../../../contract/command-marker.ts'
import type { TerminalSize } from '../../../contract/session.ts'
import type { CastHeader } from './asciicast-header.ts'
import type { OutputHit } from './output-search.ts'
import type { Speed } from './player.ts'
import type { ReadingState } from './recording-source.ts'

/** What a page shows of a replay. */
export interface ReplayState {
  readonly reading: ReadingState
  /** Absent until its line was read. */
  readonly header: CastHeader | undefined
  /** Characters of output read so far; grows with what there is to draw. */
  readonly outputLength: number
  readonly duration: number
  readonly saved: number
  readonly hasMarkers: boolean
  readonly commands: readonly CommandEntry[]
  readonly unreadableLines: number
  /** Its number in the recording, from 1. */
  readonly firstUnreadableLine: number | undefined
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

export const noCommands: readonly CommandEntry[] = []

/** Of a replay that has read nothing yet. */
export function initialState({ speed, skipIdle }: { speed: Speed; skipIdle: boolean }): ReplayState {
  return {
    reading: { status: 'loading' },
    header: undefined,
    outputLength: 0,
    duration: 0,
    saved: 0,
    hasMarkers: false,
    commands: noCommands,
    unreadableLines: 0,
    firstUnreadableLine: undefined,
    size: undefined,
    position: 0,
    playing: false,
    following: false,
    speed,
    skipIdle,
    catchingUp: undefined,
    query: '',
    searching: false,
    hits: [],
    hit: undefined,
  }
}

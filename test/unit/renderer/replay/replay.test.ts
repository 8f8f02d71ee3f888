import { Terminal } from '@xterm/headless'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { EventName } from '../../../../src/contract/events.ts'
import type { TerminalSize } from '../../../../src/contract/session.ts'
import type { Clock, CoreClient } from '../../../../src/renderer/app/core/core-link.ts'
import { sessionSource } from '../../../../src/renderer/features/replay/recording-reader.ts'
import { Replay } from '../../../../src/renderer/features/replay/replay.ts'
import type { Frames } from '../../../../src/renderer/features/replay/replay-search.ts'
import type { ReplayState } from '../../../../src/renderer/features/replay/replay-state.ts'
import type { SearchableScreen } from '../../../../src/renderer/features/replay/screen-driver.ts'

const sessionId = '00000000-0000-4000-8000-000000000001'
const taskArn = 'arn:aws:ecs:eu-west-1:111122223333:task/web/4f1c9ad2'
const header = '{"version":3,"term":{"cols":40,"rows":8}}\n'

class Screen implements SearchableScreen {
  readonly terminal = new Terminal({ cols: 40, rows: 8, allowProposedApi: true })
  marked: { query: string; above: number; text: string }[] = []
  query = ''
  disposed = false

  resize({ cols, rows }: TerminalSize): void {
    this.terminal.resize(cols, rows)
  }
  write(text: string, done: () => void): void {
    this.terminal.write(text, done)
  }
  snapshot(): undefined {
    return undefined
  }
  highlight(query: string): void {
    this.query = query
  }
  markHit(above: number): void {
    this.marked.push({ query: this.query, above, text: this.text() })
  }
  text(): string {
    const { active } = this.terminal.buffer
    const lines = Array.from({ length: 8 }, (_, row) =>
      active.getLine(active.baseY + row)?.translateToString(true),
    )
    return lines.join('\n').trimEnd()
  }
  [Symbol.dispose](): void {
    this.disposed = true
    this.terminal.dispose()
  }
}

let recording: string
let live: boolean
let now: number
let waitingFrames: Set<() => void>
let timers: Set<() => void>
let listeners: Map<EventName, Set<(payload: never) => void>>
let screen: Screen
let replay: Replay<Screen>

const frames: Frames = {
  now: () => now,
  next(callback) {
    waitingFrames.add(callback)
    return { [Symbol.dispose]: () => void waitingFrames.delete(callback) }
  },
}

const core: CoreClient = {
  call: (async (_name: string, { offset }: { offset: number }) => {
    const text = recording.slice(offset)
    return { ok: true, value: { text, live, ...(text !== '' && { nextOffset: offset + text.length }) } }
  }) as CoreClient['call'],
  on: ((name: EventName, listener: (payload: never) => void) => {
    const set = listeners.get(name) ?? new Set()
    listeners.set(name, set.add(listener))
    return { [Symbol.dispose]: () => void set.delete(listener) }
  }) as CoreClient['on'],
}

beforeEach(() => {
  recording =
    header +
    [
      '[0.1,"o","$ "]',
      '[1,"o","one\\r\\n"]',
      '[30,"o","two two\\r\\n"]',
      '[1,"m","deploy"]',
      '[1,"o","three\\r\\n"]',
    ]
      .map((line) => `${line}\n`)
      .join('')
  live = false
  now = 0
  waitingFrames = new Set()
  timers = new Set()
  listeners = new Map()
})

afterEach(() => {
  replay[Symbol.dispose]()
  expect(screen.disposed).toBe(true)
  expect(waitingFrames.size + timers.size).toBe(0)
  expect([...listeners.values()].every((set) => set.size === 0)).toBe(true)
})

async function openReplay(): Promise<void> {
  screen = new Screen()
  const clock: Clock = {
    now: () => now,
    after(_, callback) {
      timers.add(callback)
      return { [Symbol.dispose]: () => void timers.delete(callback) }
    },
  }
  const source = sessionSource({ core, clock, sessionId, taskArn })
  replay = new Replay({ source, clock, frames, terminal: screen })
  await until(({ reading }) => reading.status !== 'loading')
  await draw()
}

function until(condition: (state: ReplayState) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!condition(replay.store.getState())) return
      unsubscribe()
      resolve()
    }
    const unsubscribe = replay.store.subscribe(look)
    look()
  })
}

/** Frames after `milliseconds`, until nothing more has to be drawn or only the playing asks for more. */
async function draw(milliseconds = 0): Promise<void> {
  now += milliseconds
  for (let frame = 0; frame < 50 && waitingFrames.size > 0; frame += 1) {
    for (const callback of [...waitingFrames]) {
      waitingFrames.delete(callback)
      callback()
    }
    await new Promise<void>((resolve) => screen.terminal.write('', resolve))
  }
}

describe('a finished recording', () => {
  test('shows how it begins before it is played', async () => {
    await openReplay()
    expect(screen.text()).toBe('$')
    expect(replay.store.getState()).toMatchObject({
      playing: false,
      duration: 33_100,
      saved: 28_000,
      hasMarkers: true,
    })
  })

  test('plays, skips what is idle, and stops at its end', async () => {
    await openReplay()
    replay.togglePlay()
    await draw(1000)
    expect(screen.text()).toBe('$ one')
    await draw(3000)
    expect(screen.text()).toBe('$ one\ntwo two')
    await draw(5000)
    expect(screen.text()).toBe('$ one\ntwo two\nthree')
    expect(replay.store.getState()).toMatchObject({ playing: false, position: 33_100 })
    expect(waitingFrames.size).toBe(0)
  })

  test('goes to its end, its start and its marker', async () => {
    await openReplay()
    replay.seekToEnd()
    await draw()
    expect(screen.text()).toContain('three')
    replay.seekToStart()
    await draw()
    expect(screen.text()).toBe('')
    replay.nextMarker()
    await draw()
    expect(screen.text()).toBe('$ one\ntwo two')
  })

  test('goes to what is searched, and marks it once it is on the screen', async () => {
    await openReplay()
    replay.togglePlay()
    replay.search('two')
    await draw()
    expect(replay.store.getState()).toMatchObject({ hit: 0, playing: false, position: 31_100 })
    expect(replay.store.getState().hits).toHaveLength(2)
    replay.nextHit()
    await draw()
    replay.nextHit()
    await draw()
    expect(replay.store.getState().hit).toBe(0)
    expect(screen.marked).toEqual([1, 0, 1].map((above) => ({ query: 'two', above, text: '$ one\ntwo two' })))
  })

  test('counts what another page found here, and stays at the moment that was asked for', async () => {
    await openReplay()
    replay.look('two')
    replay.show(33_100)
    await draw()
    expect(replay.store.getState()).toMatchObject({ query: 'two', hit: undefined, position: 33_100 })
    expect(replay.store.getState().hits).toHaveLength(2)
    replay.nextHit()
    await draw()
    expect(replay.store.getState()).toMatchObject({ hit: 0, position: 31_100 })
  })

  test('stops when nobody looks', async () => {
    await openReplay()
    replay.togglePlay()
    replay.leave()
    await draw(1000)
    expect(replay.store.getState().playing).toBe(false)
  })
})

describe('a live recording', () => {
  beforeEach(() => {
    live = true
  })

  test('is shown as it is now, and follows what comes', async () => {
    await openReplay()
    expect(screen.text()).toContain('three')
    expect(replay.store.getState().following).toBe(true)
    recording += '[60,"o","four\\r\\n"]\n'
    for (const timer of [...timers]) {
      timers.delete(timer)
      timer()
    }
    await until(({ duration }) => duration === 33_100)
    await new Promise<void>((resolve) => screen.terminal.write('', resolve))
    await draw()
    expect(screen.text()).toContain('four')
    expect(replay.store.getState()).toMatchObject({ position: 93_100, following: true })
  })

  test('stops with its session', async () => {
    await openReplay()
    live = false
    for (const listener of listeners.get('session.changed') ?? []) listener({ id: sessionId } as never)
    await until(({ reading }) => reading.status === 'complete')
    await draw()
    expect(replay.store.getState()).toMatchObject({ playing: false, following: false })
  })
})

test('a recording without a header says so and plays nothing', async () => {
  recording = 'garbage\n'
  await openReplay()
  const { reading } = replay.store.getState()
  expect(reading).toMatchObject({
    status: 'failed',
    error: { message: 'The recording has no readable header.' },
  })
  replay.togglePlay()
  await draw(1000)
  expect(screen.text()).toBe('')
})

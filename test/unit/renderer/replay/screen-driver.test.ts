import { SerializeAddon } from '@xterm/addon-serialize'
import { Terminal } from '@xterm/headless'
import type { Terminal as PageTerminal } from '@xterm/xterm'
import { afterEach, describe, expect, test } from 'vitest'
import type { TerminalSize } from '../../../../src/contract/session.ts'
import type { CastEvent } from '../../../../src/renderer/features/replay/asciicast.ts'
import { Recording } from '../../../../src/renderer/features/replay/recording.ts'
import {
  keyframeInterval,
  type ReplayScreen,
  ScreenDriver,
} from '../../../../src/renderer/features/replay/screen-driver.ts'
import { ScreenSnapshots } from '../../../../src/renderer/features/replay/screen-snapshot.ts'

const size: TerminalSize = { cols: 60, rows: 12 }
const scrollback = 100

const open: Disposable[] = []
afterEach(() => {
  for (const each of open.splice(0)) each[Symbol.dispose]()
})

/** xterm.js itself, without a page. */
class HeadlessScreen implements ReplayScreen, Disposable {
  readonly terminal = new Terminal({ ...size, scrollback, allowProposedApi: true })
  readonly serializer = new SerializeAddon()
  readonly snapshots: ScreenSnapshots
  writtenLength = 0
  largestWrite = 0
  snapshotsTaken = 0

  constructor() {
    // The addon is typed for the page's terminal, whose buffer and parser are the same code.
    const shared = this.terminal as unknown as PageTerminal
    this.serializer.activate(shared)
    this.snapshots = new ScreenSnapshots(shared, this.serializer)
    open.push(this)
  }
  resize({ cols, rows }: TerminalSize): void {
    this.terminal.resize(cols, rows)
  }
  write(text: string, done: () => void): void {
    this.writtenLength += text.length
    this.largestWrite = Math.max(this.largestWrite, text.length)
    this.terminal.write(text, done)
  }
  snapshot(): string | undefined {
    this.snapshotsTaken += 1
    return this.snapshots.take(scrollback)
  }
  lines(): string[] {
    const { active } = this.terminal.buffer
    return Array.from(
      { length: active.length },
      (_, row) => active.getLine(row)?.translateToString(true) ?? '',
    )
  }
  /** Cells with their colours, the cursor and the modes. */
  state(): string {
    const { cursorX, cursorY } = this.terminal.buffer.active
    return `${this.serializer.serialize({ scrollback })}|${cursorX},${cursorY}|${this.terminal.cols}x${this.terminal.rows}`
  }
  [Symbol.dispose](): void {
    this.snapshots[Symbol.dispose]()
    this.terminal.dispose()
  }
}

function recordingOf(events: CastEvent[]): Recording {
  const recording = new Recording(size)
  recording.append(events)
  return recording
}

function output(text: string, at = 0): CastEvent {
  return { kind: 'output', at, text }
}

function driverOf(recording: Recording) {
  const screen = new HeadlessScreen()
  let arrived: () => void = () => {}
  const driver = new ScreenDriver(recording, screen, () => arrived())
  const moveTo = async (count: number) => {
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve
    })
    driver.moveTo(count)
    if (!driver.settled) await arrival
  }
  return { screen, driver, moveTo }
}

async function directly(recording: Recording, count: number): Promise<HeadlessScreen> {
  const { screen, moveTo } = driverOf(recording)
  for (let step = 1; step <= count; step += 1) await moveTo(step)
  return screen
}

describe('a short recording', () => {
  const recording = recordingOf([
    output('one\r\n'),
    output('\x1b[31mtwo\x1b[0m\r\n'),
    { kind: 'resize', at: 0, size: { cols: 40, rows: 10 } },
    output('\x1b[?1049h\x1b[2J\x1b[5;5Hfull screen'),
    output('\x1b[?1049l'),
    output('three'),
  ])

  test('shows any moment the same, whatever was shown before', async () => {
    const { screen, moveTo } = driverOf(recording)
    for (const count of [6, 2, 4, 1, 5, 3, 0, 6, 4]) {
      await moveTo(count)
      expect(screen.state(), `after ${count} events`).toBe((await directly(recording, count)).state())
    }
  })

  test('is sized as it was recorded', async () => {
    const { screen, driver, moveTo } = driverOf(recording)
    await moveTo(6)
    expect(driver.size).toEqual({ cols: 40, rows: 10 })
    await moveTo(1)
    expect(driver.size).toEqual(size)
    expect(screen.terminal.cols).toBe(60)
  })

  test('a new target on the way is where it ends', async () => {
    const { screen, moveTo, driver } = driverOf(recording)
    driver.moveTo(6)
    await moveTo(2)
    expect(screen.lines().slice(0, 3)).toEqual(['one', 'two', ''])
  })
})

describe('a long recording', () => {
  const line = (index: number) => `\x1b[3${index % 8}mline ${index}\x1b[0m of a flood that goes on\r\n`
  const perEvent = 400
  const events = Array.from({ length: 400 }, (_, event) =>
    output(Array.from({ length: perEvent }, (_, index) => line(event * perEvent + index)).join(''), event),
  )
  const recording = recordingOf(events)

  test('goes back from a keyframe, not from the start', async () => {
    expect(recording.outputIn(events.length)).toBeGreaterThan(3 * keyframeInterval)
    const { screen, moveTo } = driverOf(recording)
    await moveTo(events.length)
    const before = screen.writtenLength
    await moveTo(events.length - 1)
    expect(screen.writtenLength - before).toBeLessThan(keyframeInterval * 1.1)
    expect(screen.lines().at(-2)).toBe(`line ${(events.length - 1) * perEvent - 1} of a flood that goes on`)
  })

  test('shows the same from a keyframe as from the start', async () => {
    const { screen, moveTo } = driverOf(recording)
    await moveTo(events.length)
    await moveTo(150)
    const direct = driverOf(recording)
    await direct.moveTo(150)
    expect(screen.state()).toBe(direct.screen.state())
  })

  test('is written in bounded pieces, with its progress told', async () => {
    const { screen, driver, moveTo } = driverOf(recording)
    const arrival = moveTo(events.length)
    expect(driver.progress).toBeLessThan(0.1)
    expect(driver.behind).toBeGreaterThan(2 * keyframeInterval)
    await arrival
    expect(driver.progress).toBe(1)
    expect(driver.behind).toBe(0)
    expect(screen.largestWrite).toBeLessThan(128 * 1024)
  })
})

describe('a snapshot', () => {
  const written = async (text: string) => {
    const screen = new HeadlessScreen()
    await new Promise<void>((resolve) => screen.write(text, resolve))
    return screen
  }

  test('keeps a hidden cursor hidden', async () => {
    expect((await written('\x1b[?25l')).snapshot()).toContain('\x1b[?25l')
    expect((await written('\x1b[?25l\x1b[?25h')).snapshot()).not.toContain('\x1b[?25l')
    expect((await written('\x1b[?25l\x1bc')).snapshot()).not.toContain('\x1b[?25l')
  })

  test.each([
    ['on the alternate screen', '\x1b[?1049h'],
    ['with margins', '\x1b[2;8r'],
    ['with line drawing', '\x1b(0'],
  ])('is not taken %s', async (_, text) => {
    expect((await written(text)).snapshot()).toBeUndefined()
    expect((await written(`${text}\x1b[?1049l\x1b[r\x1b(B`)).snapshot()).toBeDefined()
  })
})

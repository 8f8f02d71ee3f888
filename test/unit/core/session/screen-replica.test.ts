import { afterEach, describe, expect, test } from 'vitest'
import {
  createScreenReplica,
  lazyBacklogBytes,
  replicaScrollbackLines,
  type ScreenReplica,
} from '../../../../src/core/session/screen-replica.ts'
import { createShownScreen } from '../../../fixtures/shown-screen.ts'

const size = { cols: 80, rows: 24 }
const bytes = (text: string) => new TextEncoder().encode(text)

let disposables: Disposable[] = []
afterEach(() => {
  for (const disposable of disposables) disposable[Symbol.dispose]()
  disposables = []
})

function newReplica(): ScreenReplica {
  const replica = createScreenReplica(size)
  disposables.push(replica)
  return replica
}

function newScreen(shape = size) {
  const screen = createShownScreen(shape)
  disposables.push(screen)
  return screen
}

/** Shows `output` directly on one screen, and through the replica on another. */
async function bothWays(output: string[]) {
  const replica = newReplica()
  const direct = newScreen()
  for (const part of output) {
    replica.write(bytes(part))
    await direct.write(part)
  }
  const restored = newScreen()
  await restored.write(await replica.snapshot())
  return { direct, restored }
}

describe('snapshot', () => {
  test('of a session without output is empty', async () => {
    expect((await newReplica().snapshot()).byteLength).toBe(0)
  })

  test.each([
    ['text, colours and a prompt', ['hello\r\n', '\x1b[1;31mred\x1b[0m plain\r\n', '$ ']],
    ['UTF-8 and wide characters', ['grün 日本語 🚀\r\n', 'ende']],
    [
      'a full-screen program',
      ['$ vi\r\n', '\x1b[?1049h\x1b[2J\x1b[H~ line\r\n~\x1b[5;10H\x1b[7mstatus\x1b[0m'],
    ],
    ['a full-screen program entered in colour', ['\x1b[31mred ', '\x1b[?1049h\x1b[m\x1b[Hplain text']],
    ['bracketed paste, application cursor keys, mouse', ['\x1b[?2004h\x1b[?1h\x1b[?1002h\x1b[?1006h$ ']],
    ['a scroll region with the cursor inside', ['\x1b[2J\x1b[3;10r\x1b[5;7Hhere']],
    ['origin mode inside a scroll region', ['\x1b[2J\x1b[3;10r\x1b[?6h\x1b[2;4Hhere']],
    ['an unfinished colour', ['\x1b[32mgreen from here on ']],
  ])('restores %s', async (_, output) => {
    const { direct, restored } = await bothWays(output)
    expect(restored.lines()).toEqual(direct.lines())
    expect(restored.state()).toEqual(direct.state())
    // What comes next must land in the same place and look the same.
    for (const screen of [direct, restored]) await screen.write('more\r\nand more\n\n\n\n\n\n\n\n\nlast')
    expect(restored.lines()).toEqual(direct.lines())
    expect(restored.state()).toEqual(direct.state())
  })

  test('hides the cursor again, and keeps its shape and mouse reports', async () => {
    const replica = newReplica()
    replica.write(bytes('\x1b[?25l\x1b[4 q\x1b[?1006h'))
    const text = new TextDecoder().decode(await replica.snapshot())
    expect(text).toContain('\x1b[?25l')
    expect(text).toContain('\x1b[4 q')
    expect(text).toContain('\x1b[?1006h')
    replica.write(bytes('\x1b[?25h\x1b[0 q\x1b[?1006l'))
    expect(new TextDecoder().decode(await replica.snapshot())).not.toContain('\x1b[')
  })

  test('never rings, retitles, answers or touches the clipboard', async () => {
    const { direct, restored } = await bothWays([
      'bell \x07 title \x1b]0;evil\x07 clipboard \x1b]52;c;ZXZpbA==\x07 ',
      'link \x1b]8;;http://example.com\x07x\x1b]8;;\x07 question \x1b[c\x1b[6n mark \x1b]133;A\x07',
    ])
    expect(direct.sideEffects.length).toBeGreaterThan(5)
    expect(restored.sideEffects).toEqual([])
    expect(restored.lines()).toEqual(direct.lines())
  })

  test('is of the moment it was asked for', async () => {
    const replica = newReplica()
    replica.write(bytes('before'))
    const snapshot = replica.snapshot()
    replica.write(bytes(' after'))
    expect(new TextDecoder().decode(await snapshot)).toBe('before')
    expect(new TextDecoder().decode(await replica.snapshot())).toBe('before after')
  })

  test('knows a resize in the middle of the output', async () => {
    const replica = newReplica()
    replica.write(bytes('x'.repeat(60)))
    replica.resize({ cols: 40, rows: 10 })
    replica.write(bytes('y'))
    const restored = newScreen({ cols: 40, rows: 10 })
    await restored.write(await replica.snapshot())
    expect(restored.rows().slice(0, 2)).toEqual(['x'.repeat(40), `${'x'.repeat(20)}y`])
  })
})

describe('a flood', () => {
  const line = (index: number) => `${index} ${'some text of a log line '.repeat(3)}\r\n`

  async function flood(makeLine: (index: number) => string, count: number) {
    const replica = newReplica()
    const direct = newScreen()
    let mostPending = 0
    let parsedEarly = 0
    replica.onDrained(() => parsedEarly++)
    for (let index = 0; index < count; index += 100) {
      const part = Array.from({ length: 100 }, (_, offset) => makeLine(index + offset)).join('')
      replica.write(bytes(part))
      mostPending = Math.max(mostPending, replica.pendingBytes)
      await direct.write(part)
    }
    const beforeSnapshot = parsedEarly
    const restored = newScreen()
    await restored.write(await replica.snapshot())
    return { direct, restored, mostPending, parsedEarly: beforeSnapshot }
  }

  test('of plain lines is skipped and shows the same screen', async () => {
    const { direct, restored, mostPending, parsedEarly } = await flood(line, 30_000)
    expect(parsedEarly).toBe(0)
    expect(restored.lines()).toEqual(direct.lines())
    expect(restored.state()).toEqual(direct.state())
    expect(direct.lines().length).toBe(replicaScrollbackLines + size.rows)
    expect(mostPending).toBeLessThanOrEqual(lazyBacklogBytes + 20_000)
  })

  test('of lines in a colour that was set long ago keeps the colour', async () => {
    const makeLine = (index: number) => (index === 10 ? `\x1b[1m\x1b[33m${line(index)}` : line(index))
    const { direct, restored } = await flood(makeLine, 20_000)
    expect(restored.lines()).toEqual(direct.lines())
    expect(restored.state()).toEqual(direct.state())
  })

  test('with a mode change in the middle keeps the mode', async () => {
    const makeLine = (index: number) => (index === 3000 ? '\x1b[?2004h\x1b[?1049h\r\n' : line(index))
    const { direct, restored, parsedEarly } = await flood(makeLine, 20_000)
    expect(parsedEarly).toBeGreaterThan(0)
    expect(restored.state()).toEqual(direct.state())
  })

  test('without line ends is parsed, and parsing catches up', async () => {
    const replica = newReplica()
    const { promise, resolve } = Promise.withResolvers<void>()
    replica.onDrained(() => {
      if (replica.pendingBytes === 0) resolve()
    })
    replica.write(new Uint8Array(lazyBacklogBytes + 1).fill(120))
    expect(replica.pendingBytes).toBe(lazyBacklogBytes + 1)
    await promise
  })
})

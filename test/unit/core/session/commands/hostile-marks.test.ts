import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { commandMarkerLabel } from '../../../../../src/contract/command-marker.ts'
import { CommandTracker } from '../../../../../src/core/session/commands/command-tracker.ts'
import { createScreenReplica } from '../../../../../src/core/session/screen-replica.ts'
import { createHandClock } from '../../../../fixtures/hand-clock.ts'

const numRuns = Number(process.env.PORTHOLE_HOSTILE_MARKS ?? 60)
const longestLabel = 4096 + 2

/** A tracker whose labels are counted and whose time stands still. */
class CountedTracker implements Disposable {
  readonly labels: string[] = []
  readonly clock = createHandClock()
  #placed = 0
  readonly #replica = createScreenReplica({ cols: 80, rows: 24 }, (terminal) => {
    const register = terminal.registerMarker.bind(terminal)
    terminal.registerMarker = (offset) => {
      this.#placed += 1
      return register(offset)
    }
    this.#tracker.watch(terminal)
  })
  readonly #tracker: CommandTracker = new CommandTracker({
    clock: this.clock,
    inspect: (then) => this.#replica.inspect(then),
    mark: (marker) => this.labels.push(commandMarkerLabel(marker)),
  })

  output(text: string): void {
    const bytes = Buffer.from(text, 'latin1')
    this.#replica.write(bytes)
    this.#tracker.output(bytes)
  }

  typed(text: string): void {
    this.#tracker.typed(Buffer.from(text, 'latin1'))
  }

  settled(): Promise<void> {
    return new Promise((resolve) => this.#replica.inspect(() => resolve()))
  }

  /** How often the line of a prompt was read. */
  placed = () => this.#placed

  get begun(): number {
    return this.labels.filter((label) => /^[$≈»] /.test(label)).length
  }

  [Symbol.dispose](): void {
    this.#tracker.end()
    this.#replica[Symbol.dispose]()
  }
}

const kind = fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F', 'P', '')
const field = fc.oneof(
  fc.constantFrom('', '0', '-1', '$?', 'k=s', '\\x1b', '\\x', '\\\\', '__proto__', '\u009c', '%d'),
  fc.string({ unit: 'binary-ascii', maxLength: 12 }),
  fc.nat().map(String),
)
const end = fc.constantFrom('\x07', '\x1b\\', '', '\x1b', '\x18', '\x1a')
const mark = fc
  .tuple(fc.constantFrom('133', '633', '1337', '13', '7'), kind, fc.array(field, { maxLength: 3 }), end)
  .map(([code, letter, fields, terminator]) => `\x1b]${code};${[letter, ...fields].join(';')}${terminator}`)
const nested = fc
  .tuple(mark, mark)
  .map(([outer, inner]) => outer.slice(0, outer.length / 2) + inner + outer.slice(outer.length / 2))
const output = fc.oneof(
  mark,
  mark,
  nested,
  fc.constantFrom('\r\n', '# ', 'root@web:~# ', '> ', 'Password: ', '\x1b[?1049h', '\x1b[?1049l', '\x1bc'),
  fc.constantFrom('\x1b[2J\x1b[H', '\x1b[A\r', 'text '.repeat(40)),
  fc.string({ unit: 'binary-ascii', maxLength: 20 }),
)
const step = fc.oneof(
  { arbitrary: output.map((text) => ({ do: 'output' as const, text })), weight: 6 },
  {
    arbitrary: fc
      .constantFrom('\r', 'a', '\x03', '\x1b[200~x\r\x1b[201~')
      .map((text) => ({ do: 'typed' as const, text })),
    weight: 2,
  },
  {
    arbitrary: fc.nat({ max: 400 }).map((milliseconds) => ({ do: 'wait' as const, milliseconds })),
    weight: 1,
  },
)

describe('whatever looks like marks', () => {
  test('breaks nothing, and makes no more of itself than it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        using counted = new CountedTracker()
        let byteCount = 0
        let enters = 0
        for (const each of steps) {
          if (each.do === 'wait') counted.clock.advance(each.milliseconds)
          else counted[each.do](each.text)
          if (each.do === 'output') byteCount += each.text.length
          if (each.do === 'typed' && each.text === '\r') enters += 1
        }
        await counted.settled()
        // A mark takes seven bytes; what the echo gives takes an Enter.
        expect(counted.begun).toBeLessThanOrEqual(byteCount / 7 + enters)
        expect(counted.labels.length).toBeLessThanOrEqual(3 * (byteCount / 7 + enters) + 3)
        for (const label of counted.labels) expect(label.length).toBeLessThanOrEqual(longestLabel * 2)
      }),
      { numRuns },
    )
  })

  test('a flood of them lists as many as somebody may paste, and says that there were more', async () => {
    using counted = new CountedTracker()
    const line = 'x'.repeat(300)
    const one = `\x1b]133;A\x07# \x1b]133;B\x07${line}\r\n\x1b]133;C\x07\x1b]133;D;0\x07`
    for (let count = 0; count < 20; count += 1) counted.output(one.repeat(200))
    // One line on the screen, read again and again.
    counted.output('\x1b]133;C\x07\x1b]133;D\x07'.repeat(5000))
    await counted.settled()
    expect(counted.begun).toBe(1000)
    expect(counted.labels.filter((label) => label.startsWith('More commands'))).toHaveLength(1)
    counted.clock.advance(1000)
    counted.output(one)
    await counted.settled()
    expect(counted.begun).toBe(1001)
  })

  test('ends of prompts without number are looked at a few times a second, and a shell is heard again', async () => {
    using counted = new CountedTracker()
    const { placed } = counted
    // Each time a screen full of one line is read.
    counted.output('y'.repeat(16_000))
    for (let count = 0; count < 20; count += 1) counted.output('\x1b]133;B\x07'.repeat(1000))
    await counted.settled()
    expect(placed()).toBe(300)
    counted.clock.advance(1000)
    counted.output('\r\n\x1b]133;A\x07# \x1b]133;B\x07ls\r\n\x1b]133;C\x07\x1b]133;D;0\x07')
    await counted.settled()
    expect(placed()).toBe(301)
    expect(counted.labels[0]).toBe('$ ls')
  })

  test('one without an end is read no further than a command is long', async () => {
    using counted = new CountedTracker()
    counted.output('\x1b]633;E;')
    for (let count = 0; count < 40; count += 1) counted.output('\\x41'.repeat(16 * 1024))
    counted.output('\x07\x1b]133;C\x07')
    await counted.settled()
    expect(counted.labels).toHaveLength(1)
    expect(counted.labels[0]).toMatch(/^\$ A{4000,4096}/)
    expect(counted.labels[0]?.length).toBeLessThanOrEqual(longestLabel)
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CastEvent, CastParser } from '../../../../src/renderer/features/replay/asciicast.ts'
import { CastError } from '../../../../src/renderer/features/replay/asciicast-header.ts'

const header = '{"version":3,"term":{"cols":80,"rows":24,"type":"xterm-256color"},"porthole":{"a":1}}\n'

function parse(text: string): CastEvent[] {
  return new CastParser().push(text)
}

describe('events', () => {
  test('have the sum of the intervals as their time', () => {
    const events = parse(
      `${header}[0.5, "o", "a"]\n[1.25, "o", "b"]\n[0, "r", "120x40"]\n[2, "m", "deploy"]\n[0.1, "x", "0"]\n`,
    )
    expect(events).toEqual([
      { kind: 'output', at: 500, text: 'a' },
      { kind: 'output', at: 1750, text: 'b' },
      { kind: 'resize', at: 1750, size: { cols: 120, rows: 40 } },
      { kind: 'marker', at: 3750, label: 'deploy' },
      { kind: 'exit', at: 3850, status: '0' },
    ])
  })

  test('of unknown codes are left out, but their time passes', () => {
    const parser = new CastParser()
    const events = parser.push(`${header}[1, "i", "secret"]\n[1, "z", {"any": 1}]\n[1, "o", "a"]\n`)
    expect(events).toEqual([{ kind: 'output', at: 3000, text: 'a' }])
    expect(parser.unreadableLines).toBe(0)
  })

  test("are read below a header with all that asciinema's recorder may say", () => {
    const palette = Array.from({ length: 16 }, () => '#1e1e2e').join(':')
    const theme = { fg: '#cdd6f4', bg: '#1e1e2e', palette }
    const whole = {
      version: 3,
      term: { cols: 100, rows: 30, type: 'xterm-kitty', version: 'kitty(0.42.1)', theme },
      timestamp: 1_764_000_000,
      idle_time_limit: 2.5,
      command: '/bin/bash -l',
      title: 'a demo',
      env: { SHELL: '/bin/bash' },
      tags: ['demo', 'ecs'],
    }
    const parser = new CastParser()
    const events = parser.push(
      `${JSON.stringify(whole)}\n[0.248848, "o", "\\u001b[1;31mHi\\u001b[0m"]\n[0.000152, "i", "\\r"]\n[1, "x", "0"]\n`,
    )
    expect(parser.header).toEqual({
      version: 3,
      size: { cols: 100, rows: 30 },
      facts: {
        title: 'a demo',
        command: '/bin/bash -l',
        startedAt: 1_764_000_000_000,
        shell: '/bin/bash',
        terminalType: 'xterm-kitty',
      },
    })
    expect(events.map(({ kind, at }) => [kind, Math.round(at)])).toEqual([
      ['output', 249],
      ['exit', 1249],
    ])
    expect(parser.unreadableLines).toBe(0)
  })

  test('may stand between comments and blank lines', () => {
    const parser = new CastParser()
    expect(parser.push(`${header}# a comment\n\n[1, "o", "a"]\n`)).toHaveLength(1)
    expect(parser.unreadableLines).toBe(0)
  })

  test('that cannot be read are counted and left out', () => {
    const parser = new CastParser()
    const lines = [
      '[1, "o"',
      '{"not": "an event"}',
      '[-1, "o", "a"]',
      '["1", "o", "a"]',
      '[1, "o", 5]',
      '[1, "r", "0x9"]',
    ]
    expect(parser.push(`${header}${lines.join('\n')}\n[1, "o", "after"]\n`)).toHaveLength(1)
    expect(parser.unreadableLines).toBe(lines.length)
    expect(parser.firstUnreadableLine).toBe(2)
  })
})

test('a line that is torn or still being written is no event yet', () => {
  const parser = new CastParser()
  expect(parser.push(`${header}[1, "o", "a"]\n[1, "o", "to`)).toHaveLength(1)
  expect(parser.unreadableLines).toBe(0)
  expect(parser.push('rn"]\n')).toEqual([{ kind: 'output', at: 2000, text: 'torn' }])
})

describe('version 2', () => {
  const headerV2 =
    '{"version": 2, "width": 80, "height": 24, "env": {"SHELL": "/bin/zsh", "TERM": "screen"}}\n'

  test('has the time since the beginning with each event', () => {
    const parser = new CastParser()
    const events = parser.push(
      `${headerV2}[0.5, "o", "a"]\n[1.25, "i", "secret"]\n[2, "r", "120x40"]\n[2.5, "m", ""]\n[9, "o", "b"]\n`,
    )
    expect(parser.header).toMatchObject({
      version: 2,
      size: { cols: 80, rows: 24 },
      facts: { shell: '/bin/zsh', terminalType: 'screen' },
    })
    expect(events).toEqual([
      { kind: 'output', at: 500, text: 'a' },
      { kind: 'resize', at: 2000, size: { cols: 120, rows: 40 } },
      { kind: 'marker', at: 2500, label: '' },
      { kind: 'output', at: 9000, text: 'b' },
    ])
  })

  test('never goes back in time, nor a month ahead', () => {
    const parser = new CastParser()
    const events = parser.push(
      `${headerV2}[5, "o", "a"]\n[4, "o", "b"]\n[-1, "o", "c"]\n[1e300, "o", "d"]\n[6, "o", "e"]\n`,
    )
    expect(events.map((event) => [event.at, event.kind === 'output' && event.text])).toEqual([
      [5000, 'a'],
      [5000, 'b'],
      [6000, 'e'],
    ])
    expect(parser.unreadableLines).toBe(2)
    expect(parser.firstUnreadableLine).toBe(4)
  })
})

describe('what would keep the page busy', () => {
  test('is cut: one long output into writes of 64 KiB', () => {
    const events = parse(`${header}[1, "o", ${JSON.stringify('x'.repeat(200_000))}]\n`)
    expect(events.map((event) => event.kind === 'output' && event.text.length)).toEqual([
      65_536, 65_536, 65_536, 3392,
    ])
  })

  test('is refused: a line without an end', () => {
    const parser = new CastParser()
    const piece = 'x'.repeat(1024 * 1024)
    expect(parser.push(`${header}[1, "o", "a"]\n[1, "o", "`)).toHaveLength(1)
    const failure = thrownBy(() => {
      for (let count = 0; count <= 16; count += 1) parser.push(piece)
    })
    expect((failure as CastError).message).toMatch(/^Line 3 of the recording is longer/)
  })

  test('is left out or refused, where limits are set', () => {
    const parser = new CastParser({ events: 3, markers: 1, labelCharacters: 4 })
    const event = '[1, "o", "a"]\n'
    expect(parser.push(`${header}[1, "m", "deploy"]\n[1, "m", "again"]\n${event}${event}`)).toEqual([
      { kind: 'marker', at: 1000, label: 'depl' },
      { kind: 'output', at: 3000, text: 'a' },
      { kind: 'output', at: 4000, text: 'a' },
    ])
    expect((thrownBy(() => parser.push(event)) as CastError).message).toContain('more than 3 events')
  })
})

describe('a broken header', () => {
  test.each([
    ['no readable header', '\n'],
    ['no readable header', 'garbage\n'],
    ['no readable header', '[1, "o", "a"]\n'],
    ['no readable header', '{"version":"3"}\n'],
    ['version 4', '{"version":4}\n'],
    ['how large', '{"version":3}\n'],
    ['how large', '{"version":2,"width":"80","height":24}\n'],
    ['0 columns and 24 rows', '{"version":3,"term":{"cols":0,"rows":24}}\n'],
    ['100000 columns and 24 rows', '{"version":2,"width":100000,"height":24}\n'],
    ['80.5 columns', '{"version":2,"width":80.5,"height":24}\n'],
  ])('says so: %s', (words, text) => {
    const failure = thrownBy(() => parse(text))
    expect(failure).toBeInstanceOf(CastError)
    expect((failure as CastError).message).toContain(words)
  })

  test.each([
    ['one line', '{"version": 1, "width": 80, "height": 24, "stdout": [[0.1, "a"]]}\n'],
    ['many lines', '{\n  "version": 1,\n  "width": 80,\n  "stdout": [\n    [0.1, "a"]\n  ]\n}\n'],
    ['a line without an end', `{"version": 1, "stdout": [${'[0.1, "a"], '.repeat(1_400_000)}`],
  ])('of version 1 says how to convert it: %s', (_, text) => {
    const failure = thrownBy(() => parse(text))
    expect((failure as CastError).message).toContain('version 1')
    expect((failure as CastError).action).toContain('asciinema convert')
  })

  test('may have facts of the wrong kind, which are none', () => {
    const parser = new CastParser()
    parser.push('{"version":2,"width":80,"height":24,"title":5,"timestamp":"now","env":[],"command":null}\n')
    expect(parser.header?.facts).toEqual({})
  })
})

test('any split of a recording gives the same events', () => {
  const event = fc.oneof(
    fc.tuple(fc.double({ min: 0, max: 1000, noNaN: true }), fc.constantFrom('o', 'm', 'x', 'q'), fc.string()),
    fc.tuple(fc.nat(9), fc.constant('r'), fc.constantFrom('80x24', '1x1', '9999x1', 'x')),
  )
  fc.assert(
    fc.property(
      fc.constantFrom(header, '{"version":2,"width":80,"height":24}\n'),
      fc.array(event, { maxLength: 20 }),
      fc.array(fc.nat(2000), { maxLength: 8 }),
      (first, events, cuts) => {
        const text = first + events.map((each) => `${JSON.stringify(each)}\n`).join('')
        const places = [0, ...cuts.map((cut) => cut % text.length).sort((a, b) => a - b), text.length]
        const parser = new CastParser()
        const pieces = places.slice(1).flatMap((end, index) => parser.push(text.slice(places[index], end)))
        expect(pieces).toEqual(parse(text))
      },
    ),
  )
})

test('garbage throws nothing but the error of a broken header', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'binary' }).map((rest) => header + rest),
    fc.array(fc.json()).map((lines) => header + lines.join('\n')),
  )
  fc.assert(
    fc.property(text, (garbage) => {
      const failure = thrownBy(() => {
        const parser = new CastParser()
        let last = 0
        for (const { at } of parser.push(`${garbage}\n`)) {
          expect(at).toBeGreaterThanOrEqual(last)
          last = at
        }
      })
      if (failure !== undefined) expect(failure).toBeInstanceOf(CastError)
    }),
  )
})

function thrownBy(action: () => void): unknown {
  try {
    action()
  } catch (thrown) {
    return thrown
  }
  return undefined
}

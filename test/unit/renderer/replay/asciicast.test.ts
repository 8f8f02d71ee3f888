import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CastError, type CastEvent, CastParser } from '../../../../src/renderer/features/replay/asciicast.ts'

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
    expect(parser.header).toEqual({ size: { cols: 100, rows: 30 } })
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
  })
})

describe('a torn recording', () => {
  test('gives everything before the tear', () => {
    const parser = new CastParser()
    expect(parser.push(`${header}[1, "o", "a"]\n[1, "o", "to`)).toHaveLength(1)
    expect(parser.finish()).toEqual([])
    expect(parser.unreadableLines).toBe(0)
  })

  test('whose last line only lacks its line break loses nothing', () => {
    const parser = new CastParser()
    parser.push(`${header}[1, "o", "a"]`)
    expect(parser.finish()).toEqual([{ kind: 'output', at: 1000, text: 'a' }])
  })
})

describe('a broken header', () => {
  test.each([
    ['', '\n'],
    ['no readable header', 'garbage\n'],
    ['no readable header', '[1, "o", "a"]\n'],
    ['version 2', '{"version":2,"width":80,"height":24}\n'],
    ['how large', '{"version":3}\n'],
    ['no readable header', '{"version":3,"term":{"cols":0,"rows":24}}\n'],
  ])('says so: %s', (words, text) => {
    const failure = thrownBy(() => parse(text))
    expect(failure).toBeInstanceOf(CastError)
    expect((failure as CastError).message).toContain(words)
    expect((failure as CastError).value.action).toBeTruthy()
  })
})

test('any split of a recording gives the same events', () => {
  const event = fc.oneof(
    fc.tuple(fc.double({ min: 0, max: 100, noNaN: true }), fc.constantFrom('o', 'm', 'x', 'q'), fc.string()),
    fc.tuple(fc.nat(9), fc.constant('r'), fc.constantFrom('80x24', '1x1', '9999x1', 'x')),
  )
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 20 }),
      fc.array(fc.nat(2000), { maxLength: 8 }),
      (events, cuts) => {
        const text = header + events.map((each) => `${JSON.stringify(each)}\n`).join('')
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
        const events = [...parser.push(garbage), ...parser.finish()]
        for (const event of events) expect(Number.isFinite(event.at)).toBe(true)
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

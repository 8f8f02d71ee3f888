import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { levelOf } from '../../../../src/contract/line-level.ts'
import { barsOf } from '../../../../src/renderer/features/logs/axis.ts'
import { fileRow } from '../../../../src/renderer/features/logs/download.ts'
import { LineStore, mergeByTime, mostLines } from '../../../../src/renderer/features/logs/line-store.ts'
import { lineText, prettyJson } from '../../../../src/renderer/features/logs/line-text.ts'
import { markMatches, searchExpression } from '../../../../src/renderer/features/logs/log-filter.ts'
import { initialOptions } from '../../../../src/renderer/features/logs/options.ts'
import { toPattern } from '../../../../src/renderer/features/logs/pattern.ts'
import { chooseRows, isMark } from '../../../../src/renderer/features/logs/rows.ts'
import type { ShellMark } from '../../../../src/renderer/features/logs/shell-marks.ts'

describe('the level of a line', () => {
  it.each([
    ['10.0.0.1 - - [25/Nov/2026:13:00:00 +0000] "GET / HTTP/1.1" 200 12 "-" "x"', 'plain'],
    ['10.0.0.1 - - [x] "POST /api/cart/checkout HTTP/1.1" 502 157 "-" "x"', 'error'],
    ['10.0.0.1 - - [x] "GET /error HTTP/1.1" 200 157', 'plain'],
    ['10.0.0.1 - - [x] "GET / HTTP/1.1" 429 0', 'warn'],
    ['{"level":"error","msg":"upstream timeout"}', 'error'],
    ['{"time":1,"level":40,"msg":"slow"}', 'warn'],
    ['{"level":"info","msg":"no error here"}', 'plain'],
    ['2026/11/25 13:00:00 [emerg] 1#1: bind() failed', 'error'],
    ['2026/11/25 13:00:00 [notice] 1#1: exiting', 'notice'],
    ['2026-11-25T13:34:45Z WARN  retry in 5 s', 'warn'],
    ['error upstream timeout', 'error'],
    ['time=1 level=warning msg=x', 'warn'],
    ['nothing went wrong, no errors', 'plain'],
    ['\u001b[31mERROR\u001b[0m upstream timeout', 'error'],
    ['\u001b[2m2026-11-25T13:34:45Z\u001b[0m \u001b[1;33mWARN\u001b[0m retry', 'warn'],
    ['[\u001b[31merror\u001b[39m] it broke', 'error'],
    ['\u001b[31m\u001b[1merror\u001b[0m it broke', 'error'],
    ['\u001b[90m{"level":"error"}\u001b[0m', 'error'],
    ['\u001b[32mINFO\u001b[0m no ERRORS', 'plain'],
    ['', 'plain'],
  ])('%j is %s', (text, level) => {
    expect(levelOf(text)).toBe(level)
  })
})

describe('a hostile line', () => {
  it('is shown on one row, without colours and with nothing hidden', () => {
    expect(lineText('\u001b[31mred\u001b[0m \u001b]0;title\u0007<b>\tx')).toBe('red <b>  x')
    expect(lineText('a\u202eb\u0000\n\u0007')).toBe('a⟨U+202E⟩b␀␊␇')
  })

  it('never keeps a control or a bidirectional character, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be left
        expect(lineText(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
      }),
      { numRuns: 200 },
    )
  })

  it('of JSON is written out, and what only begins like JSON is not', () => {
    expect(prettyJson('{"a":{"b":1}}')).toBe('{\n  "a": {\n    "b": 1\n  }\n}')
    expect(prettyJson('{broken')).toBeUndefined()
  })
})

const line = (at: number, text = '', source = 0) => ({ at, text, source })

describe('a line in a file', () => {
  it('is one row, and its further rows cannot pass for other lines', () => {
    const at = Date.UTC(2026, 10, 25)
    expect(
      fileRow({ source: 0, at, text: 'one\r\n2026-11-25T00:00:00.000Z app forged' }, 'ng\u202einx'),
    ).toBe('2026-11-25T00:00:00.000Z ng⟨U+202E⟩inx one\n\t2026-11-25T00:00:00.000Z app forged\n')
    expect(fileRow({ source: 0, at, text: 'ab', length: 9 }, 'app')).toContain('ab [7 more characters]\n')
  })
})

describe('the list of lines', () => {
  it('is in the order of time however lines arrive, and loses none', () => {
    const batches = fc.array(fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 20 }), { maxLength: 8 })
    fc.assert(
      fc.property(batches, (times) => {
        const store = new LineStore()
        for (const batch of times) store.add(batch.map((at) => line(at)))
        const sorted = times.flat().sort((left, right) => left - right)
        expect(store.lines.map(({ at }) => at)).toEqual(sorted)
        expect(new Set(store.lines.map(({ key }) => key)).size).toBe(sorted.length)
      }),
      { numRuns: 150 },
    )
  })

  it('keeps the order of both where moments are equal', () => {
    const merged = mergeByTime([line(1, 'a'), line(2, 'b'), line(3, 'e')], [line(2, 'c'), line(2, 'd')])
    expect(merged.map(({ text }) => text)).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('forgets the oldest when it is full, and says how many', () => {
    const store = new LineStore()
    store.add(Array.from({ length: mostLines }, (_, at) => line(at)))
    expect(store.isFull).toBe(true)
    store.add([line(mostLines), line(mostLines + 1)])
    expect(store.lines).toHaveLength(mostLines)
    expect(store.lines[0]?.at).toBe(2)
    expect(store.dropped).toBe(2)
  })
})

describe('what is shown', () => {
  const containers = ['nginx', 'app']
  const range = { from: 0 }
  const store = new LineStore()
  store.add([line(1, 'GET checkout'), line(3, 'ERROR checkout checkout', 1), line(5, 'GET /')])
  const command: ShellMark = { key: 'c', at: 4, kind: 'command', userName: 'ana', text: 'nginx -s reload' }
  const texts = (change: Partial<ReturnType<typeof initialOptions>>) =>
    chooseRows(
      store.lines,
      containers,
      [command],
      { ...initialOptions(undefined), ...change },
      range,
    ).rows.map(({ text }) => text)

  it('has commands between the lines they caused', () => {
    expect(texts({})).toEqual(['GET checkout', 'ERROR checkout checkout', 'nginx -s reload', 'GET /'])
    expect(texts({ shells: false })).not.toContain('nginx -s reload')
    const atOnce = chooseRows(
      store.lines,
      containers,
      [{ ...command, at: 5 }],
      initialOptions(undefined),
      range,
    )
    expect(atOnce.rows.at(-1)).toMatchObject({ text: 'GET /' })
  })

  it('keeps to containers and levels', () => {
    expect(texts({ shells: false, hidden: new Set(['app']) })).toEqual(['GET checkout', 'GET /'])
    expect(texts({ shells: false, only: 'app' })).toEqual(['ERROR checkout checkout'])
    expect(texts({ shells: false, level: 'error' })).toEqual(['ERROR checkout checkout'])
  })

  it('counts what the search finds, and where', () => {
    const search = { text: 'checkout', matchCase: false, isExpression: false }
    const options = { ...initialOptions(undefined), search }
    const shown = chooseRows(store.lines, containers, [command], options, range)
    expect(shown).toMatchObject({ matches: 3, matchRows: [0, 1], errors: 1 })
    expect(texts({ search, onlyMatches: true, shells: false })).toHaveLength(2)
    const bad = { ...options, search: { ...search, text: '(', isExpression: true } }
    expect(chooseRows(store.lines, containers, [], bad, range)).toMatchObject({
      badExpression: true,
      matches: 0,
    })
  })

  it('leaves out what is outside of the range', () => {
    const { rows } = chooseRows([], [], [command], initialOptions(undefined), { from: 5 })
    expect(rows.filter(isMark)).toEqual([])
  })

  it('counts lines by the part of the range', () => {
    const bars = barsOf(store.lines, 0, 6)
    expect(bars.reduce((sum, { all }) => sum + all, 0)).toBe(3)
    expect(bars[75]).toEqual({ all: 1, warn: 0, error: 1 })
  })
})

describe('marking', () => {
  it('puts a text back together, whatever is searched', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ maxLength: 3 }), fc.boolean(), (text, searched, isExpression) => {
        const expression = searchExpression({ text: searched, matchCase: true, isExpression })
        const parts = markMatches(text, expression)
        expect(parts.map((part) => part.text).join('')).toBe(text)
      }),
      { numRuns: 200 },
    )
  })
})

describe('a text as a filter pattern', () => {
  it.each([
    ['checkout', 'checkout'],
    ['GET 502', 'GET 502'],
    ['/api/cart', '"/api/cart"'],
    ['say "hi"', '"say \\"hi\\""'],
    ['{ $.level = "error" }', '{ $.level = "error" }'],
    ['?ERROR ?WARN', '?ERROR ?WARN'],
    ['GET -healthz', 'GET -healthz'],
    ['"a b"', '"a b"'],
    ['  ', undefined],
  ])('%j becomes %j', (text, pattern) => {
    expect(toPattern(text)).toBe(pattern)
  })
})

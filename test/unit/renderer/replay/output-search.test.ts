import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CastEvent } from '../../../../src/renderer/features/replay/asciicast.ts'
import { EscapeScanner } from '../../../../src/renderer/features/replay/escape-scanner.ts'
import {
  hitFrom,
  mostHits,
  type OutputHit,
  OutputText,
} from '../../../../src/renderer/features/replay/output-search.ts'

function outputs(...texts: string[]): CastEvent[] {
  return texts.map((text, index) => ({ kind: 'output', at: index * 1000, text }))
}

function search(text: OutputText, query: string): OutputHit[] {
  const steps = text.find(query)
  for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value
}

test('finds a text whatever its case and its colours', () => {
  const text = new OutputText(outputs('GET /api \x1b[31m5\x1b[1m02\x1b[0m', 'Error: x', 'error'))
  expect(search(text, '502')).toEqual([{ at: 0, later: 0 }])
  expect(search(text, 'ERROR')).toEqual([
    { at: 1000, later: 0 },
    { at: 2000, later: 0 },
  ])
  expect(search(text, 'nothing')).toEqual([])
  expect(search(text, '')).toEqual([])
})

test('takes a query as it stands, not as a pattern', () => {
  expect(search(new OutputText(outputs('abc a.c (x')), 'a.c')).toHaveLength(1)
  expect(search(new OutputText(outputs('abc a.c (x')), '(')).toHaveLength(1)
})

test('finds what was typed letter by letter, at the moment of its last letter', () => {
  expect(search(new OutputText(outputs('v', 'i', ' ', 'x')), 'vi')).toEqual([{ at: 1000, later: 0 }])
})

test('counts how many of the same moment come after a hit', () => {
  const events: CastEvent[] = ['one', 'one one'].map((text) => ({ kind: 'output', at: 5, text }))
  expect(search(new OutputText(events), 'one').map(({ later }) => later)).toEqual([2, 1, 0])
})

test('finds hits across the blocks in which it reads', () => {
  const filler = 'x'.repeat(100_000)
  const text = new OutputText(
    outputs(filler, filler, `${filler}need`, 'le', filler, filler, filler, `${filler}needle`),
  )
  expect(search(text, 'needle').map(({ at }) => at)).toEqual([3000, 7000])
})

test('sees what was recorded since the last search', () => {
  const events = outputs('one')
  const text = new OutputText(events)
  expect(search(text, 'one')).toHaveLength(1)
  events.push({ kind: 'output', at: 9000, text: 'and one' })
  expect(search(text, 'one').map(({ at }) => at)).toEqual([0, 9000])
})

test('stops counting where nobody steps any more', () => {
  expect(search(new OutputText(outputs('a'.repeat(3 * mostHits))), 'a')).toHaveLength(mostHits)
})

test('goes to the next hit from here, and round', () => {
  const hits = [1000, 5000, 9000].map((at) => ({ at, later: 0 }))
  expect(hitFrom(hits, 4000)).toBe(1)
  expect(hitFrom(hits, 5000)).toBe(1)
  expect(hitFrom(hits, 10_000)).toBe(0)
})

test.each([
  ['colours', 'a\x1b[1;31mb\x1b[0mc', 'abc'],
  ['titles', 'a\x1b]0;title\x07b\x1b]0;title\x1b\\c', 'abc'],
  ['device control', 'a\x1bPq#0;2\x1b\\b', 'ab'],
  ['charsets', 'a\x1b(0b\x1b(Bc', 'abc'],
  ['single escapes', 'a\x1b7b\x1b8c\x1bMd', 'abcd'],
  ['eight-bit controls', 'a\x9b31mb\x9dtitle\x9cc', 'abc'],
  ['a cancelled sequence', 'a\x1b[3\x18b', 'ab'],
  ['line breaks and tabs', 'a\r\n\tb', 'a\r\n\tb'],
])('text is told from %s', (_, text, plain) => {
  expect(new EscapeScanner().plain(text)).toBe(plain)
})

test('any split of the output gives the same text and the same state', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.constantFrom('\x1b', '\x1b[', '\x1b]0;t', '\x07', '\x1b\\', 'm', '\x9b', '\x18'),
  )
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const whole = new EscapeScanner()
      const parts = new EscapeScanner()
      expect(pieces.map((part) => parts.plain(part)).join('')).toBe(whole.plain(pieces.join('')))
      expect(parts.atRest).toBe(whole.atRest)
    }),
  )
})

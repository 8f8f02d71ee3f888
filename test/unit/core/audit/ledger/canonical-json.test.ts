import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson, wellFormed } from '../../../../../src/core/audit/ledger/canonical-json.ts'

describe('canonicalJson', () => {
  it('writes the sample of RFC 8785 section 3.2.2 as section 3.2.4 has it', () => {
    const sample = {
      numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000f\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    }
    expect(canonicalJson(sample)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    )
  })

  it('sorts members by UTF-16 code units, as RFC 8785 section 3.2.3 shows', () => {
    const sample = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      1: 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      ö: 'Latin Small Letter O With Diaeresis',
    }
    expect(Object.values(JSON.parse(canonicalJson(sample)) as object).sort()).toEqual(
      Object.values(sample).sort(),
    )
    expect([...canonicalJson(sample).matchAll(/"([^"]+)":/g)].map((match) => match[1])).toEqual([
      '\\r',
      '1',
      '\u0080',
      'ö',
      '\u20ac',
      '\ud83d\ude00',
      '\ufb33',
    ])
  })

  it.each([
    [0, '0'],
    [-0, '0'],
    [5e-324, '5e-324'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [9007199254740992, '9007199254740992'],
    [295147905179352830000, '295147905179352830000'],
    [1e21, '1e+21'],
    [999999999999999700000, '999999999999999700000'],
    [0.000001, '0.000001'],
    [1e-7, '1e-7'],
  ])('writes the number %d as in RFC 8785 appendix B', (value, text) => {
    expect(canonicalJson(value)).toBe(text)
  })

  it('leaves out undefined members and keeps a member called __proto__', () => {
    const hostile = JSON.parse('{"__proto__":{"b":1},"a":2}') as object
    expect(canonicalJson({ ...hostile, gone: undefined })).toBe('{"__proto__":{"b":1},"a":2}')
  })

  it.each([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['undefined in an array', [undefined]],
    ['a function', () => {}],
    ['a date', new Date(0)],
    ['a bigint', 1n],
    ['a lone surrogate', 'a\ud800b'],
    ['a lone surrogate in a name', { '\udc00': 1 }],
  ])('refuses %s', (_name, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError)
  })

  it('gives the same text for any order of members, free of control characters, and reads back equal', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = canonicalJson(value)
        expect(canonicalJson(reversed(value))).toBe(text)
        expect(/\p{Cc}/u.test(text.replace(/[\u007f-\u009f]/g, ''))).toBe(false)
        expect(canonicalJson(JSON.parse(text))).toBe(text)
      }),
    )
  })
})

describe('wellFormed', () => {
  it('replaces lone surrogates everywhere and nothing else', () => {
    expect(wellFormed({ 'a\ud800': ['b\udc00', '😀', 1, null] })).toEqual({
      'a\ufffd': ['b\ufffd', '😀', 1, null],
    })
  })
})

/** The same value with the members of every object in reverse order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  )
}

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { displayText } from '../../../src/renderer/ui/display-text.ts'
import { isTyped } from '../../../src/renderer/ui/is-typed.ts'

describe('displayText', () => {
  it('leaves ordinary names of any script alone', () => {
    for (const name of ['nginx', 'log-router', 'Zürich büro', 'собака', '受注サービス', 'שלום', '👩‍🚀 crew'])
      expect(displayText(name)).toBe(name)
  })

  it('shows control characters instead of obeying them', () => {
    expect(displayText('a\u001b[31mred\u0007')).toBe('a␛[31mred␇')
    expect(displayText('two\nlines\ttab\u007f')).toBe('two␊lines␉tab␡')
    expect(displayText('\u009b31m')).toBe('⟨U+009B⟩31m')
    expect(displayText('a\u2028b')).toBe('a⟨U+2028⟩b')
  })

  it('shows what would reorder or hide its neighbours', () => {
    expect(displayText('prod\u202egnp.exe')).toBe('prod⟨U+202E⟩gnp.exe')
    expect(displayText('a\u2066b\u2069')).toBe('a⟨U+2066⟩b⟨U+2069⟩')
    expect(displayText('ng\u200binx')).toBe('ng⟨U+200B⟩inx')
    expect(displayText('x\u{e0041}')).toBe('x⟨U+E0041⟩')
  })

  it('replaces halves of characters', () => {
    expect(displayText('a\ud800b')).toBe('a\ufffdb')
    expect(displayText('a\udc00b')).toBe('a\ufffdb')
  })

  it('keeps markup as the text it is', () => {
    expect(displayText('<img src=x onerror=alert(1)>')).toBe('<img src=x onerror=alert(1)>')
  })

  it('ends what is longer than any name', () => {
    const shown = displayText('x'.repeat(5000))
    expect(shown.length).toBeLessThan(310)
    expect(shown.endsWith('…')).toBe(true)
  })

  it('never lets a control, a direction mark or a line break through', () => {
    const forbidden = /\p{Cc}|\p{Zl}|\p{Zp}|[\u202a-\u202e\u2066-\u2069]/u
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(displayText(text)).not.toMatch(forbidden)
      }),
    )
  })
})

describe('a name that is typed to go on', () => {
  it('is the name, or what is shown of it, and nothing less', () => {
    expect(isTyped('storefront', ' storefront ')).toBe(true)
    expect(isTyped('store\u202efront', 'store⟨U+202E⟩front')).toBe(true)
    expect(isTyped('store\u202efront', 'store\u202efront')).toBe(true)
    for (const typed of ['', 'store', 'storefront']) expect(isTyped('store\u202efront', typed)).toBe(false)
    expect(isTyped('', '')).toBe(false)
  })
})

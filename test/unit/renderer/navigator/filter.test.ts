import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  filterFields,
  parseFilter,
  type RowFacts,
  unanswered,
} from '../../../../src/renderer/features/navigator/filter.ts'

describe('parseFilter', () => {
  it('reads words, fields and quoted values', () => {
    expect(parseFilter('Web service:Check-out tag:team="web shop" is:')).toEqual([
      { field: undefined, value: 'web' },
      { field: 'service', value: 'check-out' },
      { field: 'tag', value: 'team=web shop' },
    ])
  })

  it('looks for a word with a colon that names no field as it stands', () => {
    expect(parseFilter('api:17 :x')).toEqual([
      { field: undefined, value: 'api:17' },
      { field: undefined, value: ':x' },
    ])
  })

  it('reads back every term that is written out, whatever is in it', () => {
    const value = fc.string({ minLength: 1 }).filter((text) => !text.includes('"') && text.trim() !== '')
    fc.assert(
      fc.property(fc.array(fc.record({ field: fc.constantFrom(...filterFields), value })), (terms) => {
        const text = terms.map(({ field, value: each }) => `${field}:"${each}"`).join(' ')
        expect(parseFilter(text)).toEqual(
          terms.map(({ field, value: each }) => ({ field, value: each.toLowerCase() })),
        )
      }),
    )
  })

  it('takes whatever is typed, and never asks for nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const { value } of parseFilter(text)) expect(value).not.toBe('')
      }),
    )
  })
})

describe('unanswered', () => {
  const facts: RowFacts = {
    name: 'web checkout',
    fields: { env: ['production'], is: ['ready', 'touched'], tag: ['team=web shop'] },
  }
  const left = (text: string) => unanswered(parseFilter(text), () => facts).map(({ value }) => value)

  it('keeps the terms that must be answered further down', () => {
    expect(left('check env:prod is:touched tag:team=web nginx is:blocked')).toEqual(['nginx', 'blocked'])
  })

  it('takes the beginning of its own words only', () => {
    expect(left('env:duct is:eady')).toEqual(['duct', 'eady'])
  })
})

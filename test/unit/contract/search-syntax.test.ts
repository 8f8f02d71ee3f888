import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { searchFiltersSchema } from '../../../src/contract/search.ts'
import {
  type FilterName,
  mergedFilters,
  parseSearch,
  withoutTerm,
} from '../../../src/contract/search-syntax.ts'

describe('a query', () => {
  test('holds words and filters in any order', () => {
    expect(
      parseSearch('nginx exit:!0 person:"ana maria" "server {" source:local is:denied engine:plugin'),
    ).toEqual({
      words: 'nginx "server {"',
      filters: {
        exits: ['!0'],
        people: ['ana maria'],
        sources: ['local-only'],
        results: ['refused'],
        engines: ['plugin'],
      },
    })
    expect(parseSearch('exit:1 EXIT:0127 exit:failed')).toEqual({
      words: '',
      filters: { exits: ['1', '127', '!0'] },
    })
  })

  test('keeps as words what is no filter, or has a value that there is not', () => {
    for (const query of [
      'http://x.y',
      'exit:',
      'exit:abc',
      'source:moon',
      '"exit:1"',
      'error:exit:1',
      'a"exit:1"',
    ])
      expect(parseSearch(query)).toEqual({ words: query, filters: {} })
  })

  test('loses one filter, however it was written, and nothing else', () => {
    expect(withoutTerm('nginx user:ana "a  b" exit:1 person:"ana"', 'people', 'ana')).toBe(
      'nginx "a  b" exit:1',
    )
  })

  test('is read as what was written, and is always a valid filter', () => {
    const keys: [FilterName, string][] = [
      ['people', 'person'],
      ['services', 'service'],
      ['accounts', 'account'],
      ['tasks', 'task'],
      ['sessions', 'session'],
    ]
    fc.assert(
      fc.property(
        fc.constantFrom(...keys),
        fc.string({ minLength: 1, maxLength: 30 }),
        ([name, key], value) => {
          const plain = value.replaceAll('"', '').trim()
          if (plain === '') return
          expect(parseSearch(/\s/.test(plain) ? `a ${key}:"${plain}" b` : `a ${key}:${plain} b`)).toEqual({
            words: 'a b',
            filters: { [name]: [plain] },
          })
        },
      ),
      { numRuns: 200 },
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (query) => {
        expect(searchFiltersSchema.safeParse(parseSearch(query).filters).success).toBe(true)
      }),
      { numRuns: 200 },
    )
  })
})

test('chosen and typed filters add up', () => {
  expect(mergedFilters({ people: ['ana'], exits: [] }, { people: ['raj', 'ana'], exits: ['1'] })).toEqual({
    people: ['ana', 'raj'],
    exits: ['1'],
  })
})

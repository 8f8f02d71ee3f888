import { expect, test } from 'vitest'
import { nameOf, savedFrom } from '../../../src/renderer/features/audit/saved-searches.ts'
import { initialState, requestOf, subjectOf } from '../../../src/renderer/features/audit/search-state.ts'

const now = new Date(2026, 10, 25, 15, 30).getTime()

test('one person or one service without words is summed up; anything else is a search', () => {
  const state = (filters: (typeof initialState)['filters'], query = '') => ({
    ...initialState,
    filters,
    query,
  })
  expect(subjectOf(state({ people: ['ana'] }))).toEqual({ kind: 'people', value: 'ana' })
  expect(subjectOf(state({ services: ['storefront'], environments: ['production'] }))).toEqual({
    kind: 'services',
    value: 'storefront',
  })
  // Of both, the person in this service.
  expect(subjectOf(state({ people: ['ana'], services: ['storefront'] }))?.kind).toBe('people')
  expect(subjectOf(state({ people: ['ana', 'raj'] }))).toBeUndefined()
  expect(subjectOf(state({ people: [] }))).toBeUndefined()
  expect(subjectOf(state({ people: ['ana'] }, 'nginx'))).toBeUndefined()
  expect(requestOf(state({ people: ['ana'] }), now).summary).toBe(true)
  expect(requestOf(state({}), now)).not.toHaveProperty('summary')
})

test('a kept search has a name from what it asks for, and the same search is kept once', () => {
  const state = {
    ...initialState,
    query: ' nginx ',
    filters: { people: ['raj', 'ana'], results: ['failed'], services: [] },
  }
  expect(savedFrom(state)).toEqual({
    query: 'nginx',
    range: '30',
    filters: { people: ['ana', 'raj'], results: ['failed'] },
  })
  expect(nameOf(savedFrom(state))).toBe('nginx, ana, raj, Failed commands, last 30 days')
  expect(nameOf({ query: '', range: 'all', filters: { services: ['store\u202efront'] } })).not.toContain(
    '\u202e',
  )
})

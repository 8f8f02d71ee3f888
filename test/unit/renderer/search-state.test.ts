import { expect, test } from 'vitest'
import { nameOf, savedFrom } from '../../../src/renderer/features/audit/saved-searches.ts'
import {
  filtersOf,
  initialState,
  requestOf,
  subjectOf,
  toggled,
} from '../../../src/renderer/features/audit/search-state.ts'

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

test('a saved search has a name from what it asks for, and the same search is saved once', () => {
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

test('a filter that was typed is chosen like any other, and goes out of the text again', () => {
  const state = { ...initialState, query: 'nginx exit:1 person:ana', filters: { exits: ['127'] } }
  expect(filtersOf(state)).toEqual({ exits: ['127', '1'], people: ['ana'] })
  expect(toggled(state, 'exits', '1')).toMatchObject({
    query: 'nginx person:ana',
    filters: { exits: ['127'] },
  })
  expect(toggled(state, 'exits', '127')).toMatchObject({ query: state.query, filters: { exits: [] } })
  expect(toggled(state, 'sources', 'imported').filters).toEqual({ exits: ['127'], sources: ['imported'] })
  expect(subjectOf({ ...initialState, query: 'person:ana' })).toEqual({ kind: 'people', value: 'ana' })
})

test('a saved search is named by whatever it filters', () => {
  const filters = { exits: ['!0', '127'], sources: ['cloud-only' as const], tasks: ['0f9d1c2b3a4e5f60'] }
  expect(nameOf({ query: '', range: 'all', filters })).toBe(
    'exit not 0, exit 127, no such command, Cloud only, task 0f9d1c2b',
  )
  // Typed or chosen is one.
  expect(nameOf({ query: 'nginx is:refused', range: '30', filters: {} })).toBe('nginx, Refused, last 30 days')
})

import { environmentSchema } from './identity.ts'
import type { SearchFilters } from './search.ts'
import { searchResultSchema, searchSourceSchema } from './search.ts'
import { engineSchema } from './session.ts'

export type FilterName = keyof SearchFilters

/** A query in two parts: the words to find, and what was typed as filters. */
export interface ParsedSearch {
  words: string
  filters: SearchFilters
}

interface Key {
  filter: FilterName
  /** The value as filters know it; undefined where there is no such value: then it is a word like any other. */
  read: (value: string) => string | undefined
}

const anything = (filter: FilterName): Key => ({ filter, read: (value) => value })

function oneOf(filter: FilterName, values: readonly string[], others: Record<string, string> = {}): Key {
  return {
    filter,
    read: (value) => {
      const known = others[value.toLowerCase()] ?? value.toLowerCase()
      return values.includes(known) ? known : undefined
    },
  }
}

/** The exit code of whatever failed, as filters have it. */
export const notZero = '!0'

/** `0`, another number, or `!0` for any but 0. */
function readExit(value: string): string | undefined {
  if (value === notZero || value.toLowerCase() === 'failed') return notZero
  return /^\d{1,10}$/.test(value) ? String(Number(value)) : undefined
}

const results = oneOf('results', searchResultSchema.options, { denied: 'refused', ok: 'succeeded' })

/** What may stand before the colon; the first of a filter is how it is written. */
const keys = new Map<string, Key>([
  ['person', anything('people')],
  ['user', anything('people')],
  ['service', anything('services')],
  ['account', anything('accounts')],
  ['env', oneOf('environments', environmentSchema.options)],
  ['environment', oneOf('environments', environmentSchema.options)],
  ['is', results],
  ['result', results],
  ['source', oneOf('sources', searchSourceSchema.options, { local: 'local-only', cloud: 'cloud-only' })],
  ['engine', oneOf('engines', engineSchema.options, { builtin: 'built-in' })],
  ['exit', { filter: 'exits', read: readExit }],
  ['task', anything('tasks')],
  ['session', anything('sessions')],
])

/** A quoted phrase, a key with its value, or a word; each begins after a space or at the start. */
const terms = /(?<!\S)(?:([a-z]+):(?:"([^"]*)"|([^\s"]+))(?!\S)|"[^"]*"?|\S+)/gi

interface Term {
  text: string
  filter?: { name: FilterName; value: string }
}

function termsOf(query: string): Term[] {
  return [...query.matchAll(terms)].map(([text, name, quoted, plain]) => {
    const value = (quoted ?? plain ?? '').trim()
    const key = name === undefined || value === '' ? undefined : keys.get(name.toLowerCase())
    const known = key?.read(value)
    return key === undefined || known === undefined
      ? { text }
      : { text, filter: { name: key.filter, value: known } }
  })
}

/**
 * Reads `exit:!0 person:ana "connection lost"`. What is no filter, or has a
 * value that there is not, stays a word to find; in quotes everything is one.
 */
export function parseSearch(query: string): ParsedSearch {
  const words: string[] = []
  const filters: Partial<Record<FilterName, string[]>> = {}
  for (const { text, filter } of termsOf(query)) {
    if (filter === undefined) words.push(text)
    else filters[filter.name] = [...new Set([...(filters[filter.name] ?? []), filter.value])]
  }
  return { words: words.join(' '), filters: filters as SearchFilters }
}

/** The query without this filter, however it was written. */
export function withoutTerm(query: string, name: FilterName, value: string): string {
  return termsOf(query)
    .filter(({ filter }) => filter?.name !== name || filter.value !== value)
    .map(({ text }) => text)
    .join(' ')
}

/** What was chosen and what was typed, together. */
export function mergedFilters(chosen: SearchFilters, typed: SearchFilters): SearchFilters {
  const merged: Partial<Record<FilterName, string[]>> = {}
  for (const filters of [chosen, typed])
    for (const [name, values] of Object.entries(filters) as [FilterName, string[] | undefined][])
      if (values !== undefined && values.length > 0)
        merged[name] = [...new Set([...(merged[name] ?? []), ...values])]
  return merged as SearchFilters
}

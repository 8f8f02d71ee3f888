import type { ContainerRef } from '../../../contract/session.ts'
import type { ContainerEntry } from '../../app/stores/catalog-entries.ts'
import { nameMatcher, pieceMatcher, type Ranges, rangesWithin, wordsOf } from './fuzzy.ts'

/** The words of a container or task that can be searched, in the order in which they are shown. */
export interface SearchFields {
  readonly name: string
  readonly crumbs: readonly string[]
}

/** Texts to match, made once per list of entries. */
export interface SearchIndex {
  readonly entries: readonly ContainerEntry[]
  readonly fields: readonly SearchFields[]
  /** Name and place in one text. */
  readonly texts: string[]
  readonly names: string[]
}

export interface CatalogMatch {
  readonly entry: ContainerEntry
  readonly fields: SearchFields
  readonly nameRanges: Ranges
  readonly crumbRanges: readonly Ranges[]
}

export function indexContainers(entries: readonly ContainerEntry[]): SearchIndex {
  return indexBy(entries, ({ ref }) => ({
    name: ref.containerName,
    crumbs: [...placeOf(ref, ref.taskId.slice(0, 8))],
  }))
}

/** One entry per task, found by its full ID; shown by its first eight characters. */
export function indexTasks(entries: readonly ContainerEntry[]): SearchIndex {
  const firstOfTask = new Map<string, ContainerEntry>()
  for (const entry of entries)
    if (!firstOfTask.has(entry.ref.taskArn)) firstOfTask.set(entry.ref.taskArn, entry)
  return indexBy([...firstOfTask.values()], ({ ref }) => ({ name: ref.taskId, crumbs: placeOf(ref) }))
}

function placeOf(ref: ContainerRef, taskId?: string): string[] {
  return [
    ref.serviceName ?? 'standalone',
    ...(taskId === undefined ? [] : [taskId]),
    ref.clusterName,
    ref.accountName ?? ref.scope.accountId,
  ]
}

function indexBy(
  entries: readonly ContainerEntry[],
  fieldsOf: (entry: ContainerEntry) => SearchFields,
): SearchIndex {
  const fields = entries.map(fieldsOf)
  return {
    entries,
    fields,
    texts: fields.map(({ name, crumbs }) => [name, ...crumbs].join(separator)),
    names: fields.map(({ name }) => name),
  }
}

/** Between fields, so that a word never matches across two of them. */
const separator = ' / '

/**
 * Entries in which every word occurs, best first: the name itself, names that
 * begin with it, names that hold it, then what is found by its place, then
 * names with letters left out. Within a rank what can be entered goes before
 * what cannot, and shorter names before longer ones; then the order of the
 * navigator. Without a word to look for, what was used last goes first: `recent`
 * has keys of containers, latest first.
 */
export function searchCatalog(
  index: SearchIndex,
  query: string,
  limit: number,
  recent: readonly string[] = [],
): { matches: CatalogMatch[]; total: number } {
  const words = wordsOf(query)
  const recency = new Map(recent.map((key, place) => [key, place - recent.length]))
  const ranked = filterByWords(index, words)
    .map((position) => ({
      position,
      weight:
        words.length > 0 ? weightOf(index, position, words) : (recency.get(keyAt(index, position)) ?? 0),
    }))
    .sort((left, right) => left.weight - right.weight || left.position - right.position)
  const matches = ranked.slice(0, limit).flatMap(({ position }) => matchAt(index, position, words))
  return { matches, total: ranked.length }
}

/** Each word must stand somewhere in name and place as it is, or in the name with letters left out. */
function filterByWords(index: SearchIndex, words: readonly string[]): number[] {
  let found = index.entries.map((_, position) => position)
  for (const word of words) {
    const exact = pieceMatcher.filterWord(index.texts, word, found)
    const loose = nameMatcher.filterWord(index.names, word, found)
    found = [...new Set([...exact, ...loose])].sort((left, right) => left - right)
  }
  return found
}

export function containerKey({
  taskArn,
  containerName,
}: Pick<ContainerRef, 'taskArn' | 'containerName'>): string {
  return `${taskArn}|${containerName}`
}

function keyAt(index: SearchIndex, position: number): string {
  const ref = index.entries[position]?.ref
  return ref === undefined ? '' : containerKey(ref)
}

/** A step between ranks; larger than any name is long. */
const rankStep = 1000

function weightOf(index: SearchIndex, position: number, words: readonly string[]): number {
  const firstWord = words[0]?.toLowerCase() ?? ''
  const name = index.fields[position]?.name.toLowerCase() ?? ''
  const whole = words.join(' ').toLowerCase()
  const rank = rankOf(name, index.texts[position]?.toLowerCase() ?? '', firstWord, whole)
  const blocked = index.entries[position]?.container.readiness.level === 'blocked'
  return rank * rankStep + (blocked ? rankStep / 2 : 0) + Math.min(name.length, rankStep / 2 - 1)
}

function rankOf(name: string, text: string, firstWord: string, whole: string): number {
  if (name === whole) return 0
  if (name.startsWith(firstWord)) return 1
  if (name.includes(firstWord)) return 2
  return text.includes(firstWord) ? 3 : 4
}

function matchAt(index: SearchIndex, position: number, words: readonly string[]): CatalogMatch[] {
  const entry = index.entries[position]
  const fields = index.fields[position]
  const text = index.texts[position]
  if (entry === undefined || fields === undefined || text === undefined) return []
  const ranges = pieceMatcher.ranges(text, words.join(' '))
  let start = 0
  const perField = [fields.name, ...fields.crumbs].map((field) => {
    const within = rangesWithin(ranges, start, start + field.length)
    start += field.length + separator.length
    return within
  })
  const [exactInName = [], ...crumbRanges] = perField
  const missing = words.filter((word) => pieceMatcher.filterWord([text], word).length === 0)
  const nameRanges = missing.length === 0 ? exactInName : nameMatcher.ranges(fields.name, missing.join(' '))
  return [{ entry, fields, nameRanges, crumbRanges }]
}

import uFuzzy from '@leeoniya/ufuzzy'

/** Pairs of start and end in the text, sorted, not overlapping. */
export type Ranges = readonly number[]

/** Up to this many signs may lie between two typed ones: "pgtools" and "logrouter" find their names. */
const signsBetween = 4

/** Letters of every script, so that account names in any language are found. */
const unicodeOptions: uFuzzy.Options = {
  unicode: true,
  interSplit: "[^\\p{L}\\d']+",
  intraSplit: '\\p{Ll}\\p{Lu}',
  intraBound: '\\p{L}\\d|\\d\\p{L}|\\p{Ll}\\p{Lu}',
  intraChars: "[\\p{L}\\d']",
  intraContr: "'\\p{L}{1,2}\\b",
}

/** Whole pieces of a text, for places: with gaps, "app" would be found in every "example-prod". */
const pieces = new uFuzzy({ ...unicodeOptions, intraIns: 0 })
const names = new uFuzzy({ ...unicodeOptions, intraChars: '.', intraIns: signsBetween })
/** Titles are sentences: typed letters may be spread over all of one. */
const titles = new uFuzzy({ ...unicodeOptions, intraChars: '.', intraIns: Number.POSITIVE_INFINITY })

export interface Matcher {
  /** Indexes of texts in which every word occurs, in any order; `undefined` when there is nothing to look for. */
  filter(texts: string[], query: string): number[] | undefined
  /** Indexes of texts, among these if given, in which one word occurs. */
  filterWord(texts: string[], word: string, among?: number[]): number[]
  /** Where the words stand in one text. */
  ranges(text: string, query: string): Ranges
}

function createMatcher(fuzzy: uFuzzy): Matcher {
  const filterWord = (texts: string[], word: string, among?: number[]) =>
    (among === undefined ? fuzzy.filter(texts, word) : fuzzy.filter(texts, word, among)) ?? []
  return {
    filterWord,
    filter(texts, query) {
      const words = wordsOf(query)
      if (words.length === 0) return undefined
      return words.reduce<number[] | undefined>((found, word) => filterWord(texts, word, found), undefined)
    },
    ranges: (text, query) => mergeRanges(wordsOf(query).flatMap((word) => wordRanges(fuzzy, text, word))),
  }
}

function wordRanges(fuzzy: uFuzzy, text: string, word: string): readonly number[] {
  const found = fuzzy.filter([text], word) ?? []
  return found.length === 0 ? [] : [...(fuzzy.info(found, [text], word).ranges[0] ?? [])]
}

export const pieceMatcher = createMatcher(pieces)
export const nameMatcher = createMatcher(names)
export const titleMatcher = createMatcher(titles)

/** Words that hold at least one letter or digit; signs alone match nothing. */
export function wordsOf(query: string): string[] {
  return query.split(/\s+/).filter((word) => /[\p{L}\d]/u.test(word))
}

function mergeRanges(flat: readonly number[]): number[] {
  const pairs: [number, number][] = []
  for (let index = 0; index + 1 < flat.length; index += 2)
    pairs.push([flat[index] ?? 0, flat[index + 1] ?? 0])
  pairs.sort((left, right) => left[0] - right[0])
  const merged: number[] = []
  for (const [start, end] of pairs) {
    const last = merged.at(-1)
    if (last !== undefined && start <= last) merged[merged.length - 1] = Math.max(last, end)
    else merged.push(start, end)
  }
  return merged
}

/** The part of the ranges that lies in `[start, end)`, counted from `start`. */
export function rangesWithin(ranges: Ranges, start: number, end: number): number[] {
  const within: number[] = []
  for (let index = 0; index + 1 < ranges.length; index += 2) {
    const from = Math.max(ranges[index] ?? 0, start)
    const to = Math.min(ranges[index + 1] ?? 0, end)
    if (from < to) within.push(from - start, to - start)
  }
  return within
}

/** More words than anybody types; the rest of a pasted page is left out. */
const mostWords = 12

const words = /"([^"]*)"|(\S+)/g
const searchable = /[\p{L}\p{N}]/u
// SQLite ends a string at NUL.
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is the point
const controls = /[\x00-\x1f\x7f]/g

/** The words and phrases of a query; what holds no letter and no digit cannot be searched for. */
function termsOf(query: string): string[] {
  const terms: string[] = []
  for (const [, phrase, word] of query.replace(controls, ' ').matchAll(words)) {
    const term = phrase ?? word ?? ''
    if (searchable.test(term)) terms.push(term)
    if (terms.length === mostWords) break
  }
  return terms
}

/**
 * What a person typed as an expression of SQLite's FTS5 that cannot be
 * malformed: each word a quoted string, found as the beginning of a word.
 * Undefined when nothing in it can be searched for.
 */
export function matchExpression(query: string): string | undefined {
  const terms = termsOf(query)
  return terms.length === 0
    ? undefined
    : terms.map((term) => `"${term.replaceAll('"', '""')}" *`).join(' AND ')
}

/**
 * Finds in text what the same query found in the index. The index also folds
 * accents; a word that was found that way is shown without a mark.
 */
export function highlightPattern(query: string): RegExp {
  const patterns = termsOf(query).map(patternOf)
  // Without a word nothing is marked.
  return new RegExp(patterns.length === 0 ? '(?!)' : `(?<![\\p{L}\\p{N}])(?:${patterns.join('|')})`, 'giu')
}

/** Whether all words of a query are in a text, each as the beginning of a word; for texts that are not indexed. */
export function textTest(query: string): (text: string) => boolean {
  const patterns = termsOf(query).map((term) => new RegExp(`(?<![\\p{L}\\p{N}])${patternOf(term)}`, 'iu'))
  return (text) => patterns.every((pattern) => pattern.test(text))
}

function patternOf(term: string): string {
  return (term.match(/[\p{L}\p{N}]+/gu) ?? []).join('[^\\p{L}\\p{N}]+')
}

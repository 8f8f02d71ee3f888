/** More words than anybody types; the rest of a pasted page is left out. */
const mostWords = 12

const words = /"([^"]*)"|(\S+)/g
const searchable = /[\p{L}\p{N}]/u
// SQLite ends a string at NUL.
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is the point
const controls = /[\x00-\x1f\x7f]/g

/**
 * What a person typed as an expression of SQLite's FTS5 that cannot be
 * malformed: each word a quoted string, found as the beginning of a word.
 * Undefined when nothing in it can be searched for.
 */
export function matchExpression(query: string): string | undefined {
  const terms: string[] = []
  for (const [, phrase, word] of query.replace(controls, ' ').matchAll(words)) {
    const term = phrase ?? word ?? ''
    if (searchable.test(term)) terms.push(`"${term.replaceAll('"', '""')}" *`)
    if (terms.length === mostWords) break
  }
  return terms.length === 0 ? undefined : terms.join(' AND ')
}

import type { StoredLine } from './line-store.ts'
import { lineText } from './line-text.ts'

export type LevelFilter = 'all' | 'warn' | 'error'

export interface Search {
  readonly text: string
  readonly matchCase: boolean
  readonly isExpression: boolean
}

/** Finds in a line; undefined when there is nothing to find, or the expression is not one. */
export function searchExpression({ text, matchCase, isExpression }: Search): RegExp | undefined {
  if (text === '') return undefined
  try {
    const source = isExpression ? text : text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    const expression = new RegExp(source, matchCase ? 'gu' : 'giu')
    // One that fits nothing at all would fit everywhere.
    return expression.test('') ? undefined : expression
  } catch {
    return undefined
  }
}

export function isShownLevel(line: StoredLine, filter: LevelFilter): boolean {
  if (filter === 'all') return true
  return line.level === 'error' || (filter === 'warn' && line.level === 'warn')
}

/** How often the search occurs in what is shown of a line. */
export function countMatches(line: StoredLine, expression: RegExp): number {
  expression.lastIndex = 0
  let count = 0
  const text = lineText(line.text)
  while (expression.test(text)) count += 1
  return count
}

export interface TextPart {
  readonly text: string
  readonly match: boolean
}

/** A text in pieces: those that the search found and those between. */
export function markMatches(text: string, expression: RegExp | undefined): TextPart[] {
  if (expression === undefined) return [{ text, match: false }]
  const parts: TextPart[] = []
  let position = 0
  for (const { 0: found, index } of text.matchAll(expression)) {
    if (found === '') continue
    if (index > position) parts.push({ text: text.slice(position, index), match: false })
    parts.push({ text: found, match: true })
    position = index + found.length
  }
  if (position < text.length) parts.push({ text: text.slice(position), match: false })
  return parts
}

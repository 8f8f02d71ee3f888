/** What starts a filter pattern that somebody wrote as one: quotes, signs, JSON, columns, expressions. */
const writtenAsPattern = /^[{["%]|(^|\s)[?-]\S/
const plainWords = /^[\p{L}\p{N}_\s]+$/u

/**
 * A text as a filter pattern of CloudWatch Logs: one that is written as a
 * pattern stays, all else is looked for word for word. Undefined for nothing.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function toPattern(text: string): string | undefined {
  const trimmed = text.trim()
  if (trimmed === '') return undefined
  if (writtenAsPattern.test(trimmed) || plainWords.test(trimmed)) return trimmed
  return `"${trimmed.replace(/["\\]/g, '\\$&')}"`
}

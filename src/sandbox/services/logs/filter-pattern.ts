/**
 * The text form of CloudWatch Logs filter patterns: words and "quoted phrases"
 * must all occur, `?word` asks for any of those, `-word` for none. JSON and
 * column patterns are not simulated.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function parseFilterPattern(pattern: string): (message: string) => boolean {
  const all: string[] = []
  const any: string[] = []
  const none: string[] = []
  for (const [, sign, phrase, word] of pattern.matchAll(/([?-]?)(?:"([^"]*)"|(\S+))/g)) {
    const term = phrase ?? word ?? ''
    if (sign === '?') any.push(term)
    else if (sign === '-') none.push(term)
    else all.push(term)
  }
  return (message) =>
    all.every((term) => message.includes(term)) &&
    (any.length === 0 || any.some((term) => message.includes(term))) &&
    !none.some((term) => message.includes(term))
}

import { invalidPattern, type JsonCondition, parseJsonCondition } from './json-pattern.ts'

/** Whether an event's message is one of those that a pattern asks for. */
export type MessageTest = (message: string) => boolean

interface Term {
  sign: '' | '?' | '-'
  includes: MessageTest
}

/**
 * CloudWatch Logs filter patterns. Text: words and "quoted phrases" must all
 * occur, `?word` asks for any of those, `-word` for none, `%expression%` is a
 * regular expression; letters count as written. `?` is ignored beside terms of
 * the other kinds. JSON: see json-pattern.ts. Column patterns (`[a, b]`) are
 * not simulated and refused.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 *
 * @throws {AwsError} InvalidParameterException
 */
export function parseFilterPattern(pattern: string): MessageTest {
  const text = pattern.trim()
  if (text.startsWith('{')) return jsonTest(parseJsonCondition(text))
  if (text.startsWith('[')) throw invalidPattern('The sandbox knows no column patterns.')
  const terms = parseTerms(text)
  const required = terms.filter(({ sign }) => sign === '')
  const excluded = terms.filter(({ sign }) => sign === '-')
  const optional = required.length + excluded.length > 0 ? [] : terms.filter(({ sign }) => sign === '?')
  return (message) =>
    required.every(({ includes }) => includes(message)) &&
    (optional.length === 0 || optional.some(({ includes }) => includes(message))) &&
    !excluded.some(({ includes }) => includes(message))
}

function jsonTest(condition: JsonCondition): MessageTest {
  return (message) => {
    if (!message.trimStart().startsWith('{')) return false
    try {
      return condition(JSON.parse(message))
    } catch {
      return false
    }
  }
}

/** A word has letters, digits and underscores only; everything else has to be quoted. */
const termSyntax = /([?-]?)(?:"((?:[^"\\]|\\.)*)"|%([^%]+)%|([\p{L}\p{N}_]+))(?=\s|$)/uy

function parseTerms(text: string): Term[] {
  const terms: Term[] = []
  let position = 0
  while (position < text.length) {
    termSyntax.lastIndex = position
    const match = termSyntax.exec(text)
    if (match === null) throw invalidPattern(`Invalid character(s) in term '${text.slice(position)}'`)
    const [whole, sign, phrase, expression, word] = match
    terms.push({ sign: sign as Term['sign'], includes: termTest(phrase, expression, word) })
    position += whole.length
    while (/\s/.test(text.charAt(position))) position += 1
  }
  return terms
}

function termTest(
  phrase: string | undefined,
  expression: string | undefined,
  word: string | undefined,
): MessageTest {
  if (expression !== undefined) {
    const compiled = compile(expression)
    return (message) => compiled.test(message)
  }
  const text = phrase?.replace(/\\(.)/g, '$1') ?? word ?? ''
  return (message) => message.includes(text)
}

function compile(expression: string): RegExp {
  try {
    return new RegExp(expression)
  } catch {
    throw invalidPattern(`Invalid regular expression '${expression}'`)
  }
}

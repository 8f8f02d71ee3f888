import { AwsError } from '../http/aws-error.ts'

/** Whether a parsed message fits. */
export type JsonCondition = (value: unknown) => boolean

/** What a selector leads to: absent things differ from null. */
type Found = { exists: false } | { exists: true; value: unknown }

/**
 * `{ $.level = "error" && ($.status >= 500 || $.route = /api/*) }`: comparisons
 * of one selector with a text, a number or TRUE, FALSE, NULL, joined by && and
 * ||, with parentheses. `*` in a text stands for anything, `%…%` is a regular
 * expression.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
 *
 * @throws {AwsError} InvalidParameterException
 */
export function parseJsonCondition(pattern: string): JsonCondition {
  const text = pattern.trim()
  if (!text.endsWith('}')) throw invalidPattern('a JSON pattern ends with }')
  const parser = new JsonPatternParser(tokensOf(text.slice(1, -1)))
  return parser.parse()
}

const tokenSyntax =
  /\s*(&&|\|\||>=|<=|!=|[()=<>]|\$(?:\.[\w-]+|\[\d+\]|\["[^"]*"\])+|"(?:[^"\\]|\\.)*"|%[^%]+%|[^\s()=<>&|!]+)/y

function tokensOf(text: string): string[] {
  const tokens: string[] = []
  let position = 0
  while (text.slice(position).trim() !== '') {
    tokenSyntax.lastIndex = position
    const match = tokenSyntax.exec(text)
    if (match?.[1] === undefined) throw invalidPattern(`cannot read '${text.slice(position).trim()}'`)
    tokens.push(match[1])
    position = tokenSyntax.lastIndex
  }
  return tokens
}

class JsonPatternParser {
  readonly #tokens: string[]
  #position = 0

  constructor(tokens: string[]) {
    this.#tokens = tokens
  }

  parse(): JsonCondition {
    const condition = this.#any()
    if (this.#peek() !== undefined) throw invalidPattern(`unexpected '${this.#peek()}'`)
    return condition
  }

  #any(): JsonCondition {
    const parts = [this.#all()]
    while (this.#peek() === '||') parts.push(this.#after(() => this.#all()))
    return (value) => parts.some((part) => part(value))
  }

  #all(): JsonCondition {
    const parts = [this.#one()]
    while (this.#peek() === '&&') parts.push(this.#after(() => this.#one()))
    return (value) => parts.every((part) => part(value))
  }

  #one(): JsonCondition {
    if (this.#peek() === '(') {
      const inner = this.#after(() => this.#any())
      if (this.#next() !== ')') throw invalidPattern('a parenthesis is not closed')
      return inner
    }
    return this.#comparison()
  }

  #comparison(): JsonCondition {
    const find = selectorOf(this.#next() ?? '')
    const operator = this.#next() ?? ''
    if (operator === 'NOT' && this.#next() === 'EXISTS') return (value) => !find(value).exists
    if (operator === 'IS') return isLiteral(find, this.#next() ?? '')
    const operand = this.#next()
    if (operand === undefined) throw invalidPattern(`nothing follows '${operator}'`)
    if (operator === '=' || operator === '!=') {
      const equals = equalTo(operand)
      const wanted = operator === '='
      return (value) => {
        const found = find(value)
        return found.exists && equals(found.value) === wanted
      }
    }
    return inOrder(find, operator, operand)
  }

  #after<Part>(read: () => Part): Part {
    this.#position += 1
    return read()
  }

  #peek(): string | undefined {
    return this.#tokens[this.#position]
  }

  #next(): string | undefined {
    return this.#tokens[this.#position++]
  }
}

function selectorOf(token: string): (value: unknown) => Found {
  if (!token.startsWith('$')) throw invalidPattern(`'${token}' is no selector`)
  const steps = [...token.matchAll(/\.([\w-]+)|\[(\d+)\]|\["([^"]*)"\]/g)].map(
    ([, name, index, quoted]) => name ?? quoted ?? Number(index),
  )
  return (value) => {
    let found: Found = { exists: true, value }
    for (const step of steps) {
      const holder: unknown = found.exists ? found.value : undefined
      if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, step))
        return { exists: false }
      found = { exists: true, value: Reflect.get(holder, step) }
    }
    return found
  }
}

const literals: Readonly<Record<string, unknown>> = { TRUE: true, FALSE: false, NULL: null }

function isLiteral(find: (value: unknown) => Found, name: string): JsonCondition {
  if (!Object.hasOwn(literals, name)) throw invalidPattern(`IS '${name}' is not known`)
  return (value) => {
    const found = find(value)
    return found.exists && found.value === literals[name]
  }
}

function equalTo(operand: string): (value: unknown) => boolean {
  if (operand.startsWith('%')) {
    const expression = new RegExp(operand.slice(1, -1))
    return (value) => typeof value === 'string' && expression.test(value)
  }
  const isQuoted = operand.startsWith('"')
  const text = isQuoted ? operand.slice(1, -1).replace(/\\(.)/g, '$1') : operand
  const number = Number(text)
  const parts = text.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  const expression = new RegExp(`^${parts.join('.*')}$`, 's')
  return (value) =>
    typeof value === 'number' && !isQuoted && Number.isFinite(number)
      ? value === number
      : (typeof value === 'string' || typeof value === 'number') && expression.test(String(value))
}

const orders: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '<': (left, right) => left < right,
  '>': (left, right) => left > right,
  '<=': (left, right) => left <= right,
  '>=': (left, right) => left >= right,
}

function inOrder(find: (value: unknown) => Found, operator: string, operand: string): JsonCondition {
  const order = orders[operator]
  const limit = Number(operand)
  if (order === undefined || !Number.isFinite(limit))
    throw invalidPattern(`cannot compare with '${operator}'`)
  return (value) => {
    const found = find(value)
    return found.exists && typeof found.value === 'number' && order(found.value, limit)
  }
}

export function invalidPattern(message: string): AwsError {
  return new AwsError('InvalidParameterException', `Invalid filter pattern: ${message}`)
}

/**
 * JSON in the one spelling of RFC 8785 (JCS): no white space, members sorted by
 * the UTF-16 code units of their names, numbers and strings as ECMAScript
 * writes them. Equal values give equal bytes, so a hash of the text is a hash
 * of the value, and a verifier in any language can rebuild it.
 *
 * Control characters come out escaped, so the text holds no NUL or line break.
 * Members that are `undefined` are left out, as JSON does.
 *
 * @throws {TypeError} for what JSON cannot say (NaN, functions, dates, bigint)
 *   and for a lone surrogate, which RFC 8785 forbids because UTF-8 cannot carry
 *   it. Pass hostile text through `wellFormed` first.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return canonicalNumber(value)
  if (typeof value === 'string') return canonicalString(value)
  if (Array.isArray(value)) return `[${value.map((element) => canonicalJson(element)).join(',')}]`
  if (isPlainObject(value)) return canonicalObject(value)
  throw new TypeError(`JSON cannot hold ${typeof value === 'object' ? 'this object' : typeof value}`)
}

/** The same value with every lone surrogate replaced by U+FFFD. */
export function wellFormed<Value>(value: Value): Value {
  return replaceSurrogates(value) as Value
}

function canonicalNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`JSON cannot hold ${value}`)
  return JSON.stringify(value)
}

function canonicalString(value: string): string {
  if (!value.isWellFormed()) throw new TypeError('JSON cannot hold a lone surrogate')
  return JSON.stringify(value)
}

function canonicalObject(object: Record<string, unknown>): string {
  const members = Object.keys(object)
    .filter((name) => object[name] !== undefined)
    // The default order of `sort` is the one of RFC 8785 section 3.2.3.
    .sort()
    .map((name) => `${canonicalString(name)}:${canonicalJson(object[name])}`)
  return `{${members.join(',')}}`
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function replaceSurrogates(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) return value.map(replaceSurrogates)
  if (!isPlainObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name.toWellFormed(), replaceSurrogates(member)]),
  )
}

import type { AwsError } from './aws-error.ts'

export interface PageRequest {
  /** What the client asked for. */
  size: number | undefined
  token: string | undefined
  limits: { default: number; maximum: number }
  /** Binds a token to its operation and filters: AWS refuses a token used elsewhere. */
  purpose: string
  /** How the service says that a token is not one of its own. */
  invalidToken: () => AwsError
  /** How the service says that the size is out of bounds. */
  invalidSize: (maximum: number) => AwsError
}

export interface Page<Item> {
  items: Item[]
  nextToken?: string
}

/**
 * One page of a list that is sorted by `keyOf`. The token names the last key
 * that was given out, so items that appear or vanish between two calls neither
 * repeat nor hide others.
 */
export function pageOf<Item>(
  sorted: Item[],
  keyOf: (item: Item) => string,
  request: PageRequest,
): Page<Item> {
  const size = request.size ?? request.limits.default
  if (size < 1 || size > request.limits.maximum) throw request.invalidSize(request.limits.maximum)
  const start = request.token === undefined ? 0 : startAfter(sorted, keyOf, request.token, request)
  const items = sorted.slice(start, start + size)
  const last = items.at(-1)
  if (last === undefined || start + size >= sorted.length) return { items }
  return { items, nextToken: encodeToken(request.purpose, keyOf(last)) }
}

/** Sorts by code units, not by locale, so that keys compare the same way everywhere. */
export function sortByKey<Item>(items: Iterable<Item>, keyOf: (item: Item) => string): Item[] {
  return [...items].sort((left, right) => compare(keyOf(left), keyOf(right)))
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

function startAfter<Item>(
  sorted: Item[],
  keyOf: (item: Item) => string,
  token: string,
  request: PageRequest,
): number {
  const lastKey = decodeToken(request.purpose, token)
  if (lastKey === undefined) throw request.invalidToken()
  const index = sorted.findIndex((item) => keyOf(item) > lastKey)
  return index === -1 ? sorted.length : index
}

export function encodeToken(purpose: string, key: string): string {
  return Buffer.from(JSON.stringify([purpose, key])).toString('base64url')
}

/** The key inside, or undefined when the token is not one of this purpose. */
export function decodeToken(purpose: string, token: string): string | undefined {
  try {
    const [itsPurpose, key] = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'))
    return itsPurpose === purpose && typeof key === 'string' ? key : undefined
  } catch {
    return undefined
  }
}

import { notZero } from '../../../contract/search-syntax.ts'
import type { Found, IndexedSession } from './search-database.ts'

/** The codes of these commands, as filters have them: `0`, `127`, and `!0` for any but 0. */
function exitValues(codes: Iterable<number>): string[] {
  const distinct = new Set(codes)
  const values = Array.from(distinct, String)
  if (distinct.size > 1 || (distinct.size === 1 && !distinct.has(0))) values.push(notZero)
  return values
}

/** Those of the commands that were found; of all of the session's where nothing was searched for. */
export function exitValuesOf(
  indexed: IndexedSession | undefined,
  found: Found | undefined,
): readonly string[] {
  if (indexed === undefined || indexed.exits.size === 0) return none
  if (found === undefined) {
    indexed.exitValues ??= exitValues(indexed.exits.values())
    return indexed.exitValues
  }
  const codes = new Set<number>()
  for (let index = found.from; index < found.to; index += 1) {
    const code = indexed.exits.get(found.ids[index] ?? -1)
    if (code !== undefined) codes.add(code)
  }
  return exitValues(codes)
}

const none: readonly string[] = []

/** Of what was found only commands that ended so; of the whole session where nothing was searched for. */
export function withExit(
  indexed: IndexedSession | undefined,
  found: Found | undefined,
  wanted: readonly string[],
): Found {
  const values = new Set(wanted)
  const fits = (id: number) => {
    const code = indexed?.exits.get(id)
    return code !== undefined && (values.has(String(code)) || (code !== 0 && values.has(notZero)))
  }
  const all =
    found === undefined
      ? [...(indexed?.exits.keys() ?? [])].sort((left, right) => left - right)
      : idsOf(found)
  const ids = all.filter(fits)
  return { ids, from: 0, to: ids.length }
}

function idsOf({ ids, from, to }: Found): readonly number[] {
  return ids.slice(from, to)
}

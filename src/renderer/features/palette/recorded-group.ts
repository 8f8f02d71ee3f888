import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useDeferredValue, useMemo } from 'react'
import type { AuditSession } from '../../../contract/audit.ts'
import type { SearchAnswer, SearchHit } from '../../../contract/search.ts'
import { queries } from '../../app/core/queries.ts'
import { useServices } from '../../app/services.ts'

/** What begins a search of recorded commands alone. */
export const recordedSign = '$'
/** One letter is in everything that was ever typed. */
const fewestLetters = 2
/** Beside other kinds, and when it is the only one. */
const mostBesideOthers = 3
const mostAlone = 60

/** A command that somebody typed in a recorded session. */
export interface RecordedMatch {
  readonly session: AuditSession
  readonly hit: SearchHit
}

/**
 * Commands of all recordings with these words, newest session first. Comes after the rest of the
 * palette and stands at its end, so that nothing moves under the hands.
 *
 * @param text as it was typed into the palette
 */
export function useRecorded(enabled: boolean, text: string): { matches: RecordedMatch[]; isBusy: boolean } {
  const { core } = useServices()
  const alone = text.startsWith(recordedSign)
  const query = useDeferredValue(alone ? text.slice(1).trim() : text.trim())
  const isAsked = enabled && query.length >= fewestLetters && !/^[>#]/.test(query)
  const { data, isFetching } = useQuery({
    ...queries.auditSearch(core, { query, filters: {} }),
    enabled: isAsked,
    placeholderData: keepPreviousData,
    // What was typed since is not told about here.
    staleTime: 0,
  })
  const matches = useMemo(
    () => (data === undefined || !isAsked ? [] : recordedMatches(data, alone ? mostAlone : mostBesideOthers)),
    [data, isAsked, alone],
  )
  return { matches, isBusy: isAsked && isFetching && data === undefined }
}

/** The latest use of each command; the same line typed twice is one thing to find. */
export function recordedMatches({ groups }: Pick<SearchAnswer, 'groups'>, most: number): RecordedMatch[] {
  const matches: RecordedMatch[] = []
  const seen = new Set<string>()
  for (const group of groups) {
    if (group.kind !== 'session') continue
    for (const hit of group.hits.toReversed()) {
      if (hit.kind !== 'command' || seen.has(hit.text)) continue
      seen.add(hit.text)
      matches.push({ session: group.session, hit })
      if (matches.length === most) return matches
    }
  }
  return matches
}

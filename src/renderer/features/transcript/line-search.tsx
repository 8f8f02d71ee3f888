import { type KeyboardEvent, useEffect, useMemo, useState } from 'react'
import type { TranscriptPlace } from '../../app/documents/document.ts'
import { IconButton } from '../../ui/button.tsx'
import { TextInput } from '../../ui/field.tsx'
import { ChevronDownIcon, ChevronUpIcon, SearchIcon } from '../../ui/icons.ts'
import styles from './transcript.module.css'

export interface LineSearchState {
  query: string
  /** Numbers of the lines that have it. */
  hits: readonly number[]
  /** Which of the hits one is at. */
  at: number
  /** The line that one is at. */
  line: number | undefined
  search: (query: string) => void
  go: (by: 1 | -1) => void
}

/** Lines that contain a text, whatever its case. A new place is gone to, with its words searched where its line has them. */
export function useLineSearch(lines: readonly string[], place: TranscriptPlace | undefined): LineSearchState {
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)
  const hits = useMemo(() => linesWith(lines, query), [lines, query])
  useEffect(() => {
    if (place === undefined) return
    const { line, words = '' } = place
    const at = linesWith(lines, words).indexOf(line)
    setQuery(at === -1 ? '' : words)
    setAt(Math.max(0, at))
  }, [lines, place])
  return {
    query,
    hits,
    at,
    line: query === '' ? place?.line : hits[at],
    search(next) {
      setQuery(next)
      setAt(0)
    },
    go: (by) => hits.length > 0 && setAt((at + by + hits.length) % hits.length),
  }
}

function linesWith(lines: readonly string[], words: string): number[] {
  const wanted = words.toLowerCase()
  if (wanted === '') return []
  return lines.flatMap((line, index) => (line.toLowerCase().includes(wanted) ? [index] : []))
}

/** Longer than any line one remembers. */
const longestQuery = 200

export function LineSearch({ search: { query, hits, at, search, go } }: { search: LineSearchState }) {
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Enter') go(event.shiftKey ? -1 : 1)
    else if (event.key === 'Escape') search('')
    else return
    event.preventDefault()
  }
  return (
    <search className={styles.search}>
      <TextInput
        className={styles.field}
        start={<SearchIcon size={14} stroke={1.75} aria-hidden />}
        end={
          query !== '' && (
            <span role="status">{hits.length === 0 ? 'None' : `${at + 1} of ${hits.length}`}</span>
          )
        }
        value={query}
        maxLength={longestQuery}
        placeholder="Search in this transcript"
        aria-label="Search in this transcript"
        onChange={(event) => search(event.target.value)}
        onKeyDown={press}
      />
      {query !== '' && (
        <>
          <IconButton label="Previous match" disabled={hits.length === 0} onClick={() => go(-1)}>
            <ChevronUpIcon size={14} stroke={1.75} aria-hidden />
          </IconButton>
          <IconButton label="Next match" disabled={hits.length === 0} onClick={() => go(1)}>
            <ChevronDownIcon size={14} stroke={1.75} aria-hidden />
          </IconButton>
        </>
      )}
    </search>
  )
}

import { type KeyboardEvent, useEffect, useRef } from 'react'
import { useServices } from '../../app/services.ts'
import { IconButton } from '../../ui/button.tsx'
import { TextInput } from '../../ui/field.tsx'
import { AuditIcon, ChevronDownIcon, ChevronUpIcon, SearchIcon } from '../../ui/icons.ts'
import { openSearch } from '../audit/open-activity.ts'
import { mostHits } from './output-search.ts'
import styles from './replay.module.css'
import type { Replay } from './replay.ts'
import { onFindRequest, replayAttribute } from './replay-commands.ts'
import { useReplay } from './use-replay.ts'

/** Searches all of the recording, also what the screen has long lost, and goes to the moment. */
export function SearchBar({
  replay,
  taskId,
  inFront,
}: {
  replay: Replay
  taskId: string | undefined
  inFront: boolean
}) {
  const services = useServices()
  const query = useReplay(replay, (state) => state.query)
  const found = useReplay(replay, (state) => state.hits.length)
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (!inFront) return
    const requests = onFindRequest(() => input.current?.select())
    return () => requests[Symbol.dispose]()
  }, [inFront])

  const label = taskId === undefined ? 'Search in this recording' : 'Search in this session'
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Enter') event.shiftKey ? replay.previousHit() : replay.nextHit()
    else if (event.key === 'Escape') {
      replay.search('')
      event.currentTarget.closest<HTMLElement>(`[${replayAttribute}]`)?.focus()
    } else return
    event.preventDefault()
  }

  return (
    <search className={styles.search}>
      <TextInput
        ref={input}
        className={styles.searchField}
        start={<SearchIcon size={14} stroke={1.75} aria-hidden />}
        end={<Count replay={replay} />}
        value={query}
        maxLength={longestQuery}
        placeholder={label}
        aria-label={label}
        onChange={(event) => replay.search(event.target.value)}
        onKeyDown={press}
      />
      {query !== '' && (
        <>
          <IconButton label="Previous match" disabled={found === 0} onClick={() => replay.previousHit()}>
            <ChevronUpIcon size={14} stroke={1.75} aria-hidden />
          </IconButton>
          <IconButton label="Next match" disabled={found === 0} onClick={() => replay.nextHit()}>
            <ChevronDownIcon size={14} stroke={1.75} aria-hidden />
          </IconButton>
          {taskId !== undefined && (
            <IconButton
              label="Search it in all sessions of this task"
              onClick={() => openSearch(services, { query, range: 'all', filters: { tasks: [taskId] } })}
            >
              <AuditIcon size={14} stroke={1.75} aria-hidden />
            </IconButton>
          )}
        </>
      )}
    </search>
  )
}

/** Longer than any line one remembers. */
const longestQuery = 200

function Count({ replay }: { replay: Replay }) {
  const query = useReplay(replay, (state) => state.query)
  const hit = useReplay(replay, (state) => state.hit)
  const found = useReplay(replay, (state) => state.hits.length)
  const searching = useReplay(replay, (state) => state.searching)
  if (query === '') return null
  return (
    <span className={styles.count} role="status">
      {countText(searching, hit, found)}
    </span>
  )
}

function countText(searching: boolean, hit: number | undefined, found: number): string {
  if (found === 0) return searching ? '' : 'None'
  const all = found >= mostHits ? `${mostHits}+` : `${found}`
  return hit === undefined ? all : `${hit + 1} of ${all}`
}

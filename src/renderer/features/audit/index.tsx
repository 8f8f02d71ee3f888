import { type Ref, useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import type { SearchAnswer, SearchGroup, SearchHit } from '../../../contract/search.ts'
import { CoreError } from '../../app/core/core-error.ts'
import { keyboardAttribute } from '../../app/documents/workspace.ts'
import { useServices } from '../../app/services.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorCallout } from '../../ui/callout.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { TextInput } from '../../ui/field.tsx'
import { AuditIcon, SearchIcon } from '../../ui/icons.ts'
import { formatDay } from '../../ui/time.ts'
import { useNow } from '../../ui/use-now.ts'
import { openReplay } from '../replay/open-replay.ts'
import styles from './audit.module.css'
import { AuditFrame } from './audit-frame.tsx'
import { partOf } from './audit-parts.ts'
import { type DayBar, dayBars } from './day-bars.ts'
import { Facets } from './facets.tsx'
import { FilterBar } from './filter-bar.tsx'
import { HitGroup } from './hit-group.tsx'
import { ImportedShells } from './imported/imported-shells.tsx'
import { RecordPart } from './record/record-part.tsx'
import { initialState } from './search-state.ts'
import { Summary } from './summary.tsx'
import { useSearch } from './use-search.ts'

/** The audit document: its search, and beside it what files told and what was done to the record. */
export default function AuditView() {
  const { part } = useStore(partOf(useServices()))
  const now = useNow('minute')
  if (part === 'imported') return <ImportedShells now={now} />
  return part === 'record' ? <RecordPart now={now} /> : <SearchPart />
}

/** Search over what was done and shown in every session. */
function SearchPart() {
  const { state, request, now, answer, setState } = useSearch()
  const { data, error } = answer
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  return (
    <AuditFrame
      head={
        <>
          <SearchField ref={field} query={state.query} onChange={(query) => setState({ query })} />
          <FilterBar
            state={state}
            facets={data?.facets}
            setState={setState}
            summary={data && summaryOf(data)}
          />
        </>
      }
      facets={data !== undefined && <Facets facets={data.facets} state={state} setState={setState} />}
    >
      {error instanceof CoreError && (
        <ErrorCallout
          error={error.value}
          action={<Button onClick={() => void answer.refetch()}>Try again</Button>}
        />
      )}
      {data !== undefined && (
        <>
          <Chart bars={dayBars(data.days, request.from, now)} />
          <Summary answer={data} state={state} setState={setState} now={now} />
          <Groups answer={data} onReset={() => setState({ ...initialState, range: 'all' })} now={now} />
        </>
      )}
    </AuditFrame>
  )
}

function SearchField({
  ref,
  query,
  onChange,
}: {
  ref: Ref<HTMLInputElement>
  query: string
  onChange: (query: string) => void
}) {
  return (
    <TextInput
      ref={ref}
      large
      className={styles.field}
      start={<SearchIcon size={16} stroke={1.75} aria-hidden />}
      end={<span className={styles.hint}>Commands and output</span>}
      aria-label="Search the audit history"
      placeholder="Search the audit history"
      maxLength={1000}
      value={query}
      {...{ [keyboardAttribute]: '' }}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}

function summaryOf({ hitCount, matchingSessions, sessions, milliseconds, waiting }: SearchAnswer): string {
  const took = `${Math.max(1, Math.round(milliseconds))} ms`
  const rest = waiting > 0 ? `, ${waiting} still to read` : ''
  const hits = hitCount === 1 ? '1 hit' : `${hitCount} hits`
  return hitCount === 0
    ? `${matchingSessions} of ${sessions} sessions, ${took}${rest}`
    : `${hits} in ${matchingSessions} of ${sessions} sessions, ${took}${rest}`
}

function Chart({ bars }: { bars: DayBar[] }) {
  const most = Math.max(1, ...bars.map(({ sessions }) => sessions))
  const [first, last] = [bars[0], bars.at(-1)]
  if (first === undefined || last === undefined) return null
  const height = (count: number) => `${(count / most) * 100}%`
  return (
    <figure className={styles.chart} aria-label="Sessions per day">
      <div className={styles.bars}>
        {bars.map(({ at, sessions, matching }) => (
          <div
            key={at}
            className={styles.bar}
            title={`${formatDay(new Date(at))}: ${matching} of ${sessions} sessions`}
          >
            <i className={styles.all} style={{ height: height(sessions) }} />
            <i className={styles.matching} style={{ height: height(matching) }} />
          </div>
        ))}
      </div>
      <figcaption className={styles.axis}>
        <span>{formatDay(new Date(first.at))}</span>
        <span>Today</span>
      </figcaption>
    </figure>
  )
}

function Groups({ answer, onReset, now }: { answer: SearchAnswer; onReset: () => void; now: number }) {
  const services = useServices()
  const open = ({ session }: SearchGroup, hit?: SearchHit) => openReplay(services, session, hit?.at)
  if (answer.groups.length === 0) return <Nothing answer={answer} onReset={onReset} />
  return (
    <>
      {answer.groups.map((group) => (
        <HitGroup key={group.session.sessionId} group={group} now={now} onOpen={(hit) => open(group, hit)} />
      ))}
      {answer.matchingSessions > answer.groups.length && (
        <p className={styles.more}>
          The newest {answer.groups.length} of {answer.matchingSessions} sessions. Narrow the search to see
          others.
        </p>
      )}
    </>
  )
}

function Nothing({ answer, onReset }: { answer: SearchAnswer; onReset: () => void }) {
  if (answer.sessions === 0 && answer.matchingSessions === 0)
    return (
      <EmptyState
        icon={AuditIcon}
        title="No session in this time"
        action={<Button onClick={onReset}>Search all time</Button>}
      >
        Every shell that is opened in a container is recorded here.
      </EmptyState>
    )
  return (
    <EmptyState
      icon={SearchIcon}
      title="Nothing found"
      action={<Button onClick={onReset}>Clear the search</Button>}
    >
      All words have to be there. Secrets are taken out and cannot be found.
    </EmptyState>
  )
}

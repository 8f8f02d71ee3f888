import { type Ref, useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import type { SearchAnswer } from '../../../contract/search.ts'
import { useRunCommand } from '../../app/commands/use-commands.ts'
import { CoreError } from '../../app/core/core-error.ts'
import { keyboardAttribute } from '../../app/documents/workspace.ts'
import { useServices } from '../../app/services.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorCallout } from '../../ui/callout.tsx'
import { TextInput } from '../../ui/field.tsx'
import { ExportIcon, SearchIcon } from '../../ui/icons.ts'
import { useNow } from '../../ui/use-now.ts'
import styles from './audit.module.css'
import { AuditFrame } from './audit-frame.tsx'
import { partOf } from './audit-parts.ts'
import { dayBars } from './day-bars.ts'
import { DayChart } from './day-chart.tsx'
import { Facets } from './facets.tsx'
import { FilterBar } from './filter-bar.tsx'
import { Groups } from './groups.tsx'
import { ImportedShells } from './imported/imported-shells.tsx'
import { RecordPart } from './record/record-part.tsx'
import { SavedSearches } from './saved-list.tsx'
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
          <div className={styles.searchRow}>
            <SearchField ref={field} query={state.query} onChange={(query) => setState({ query })} />
            <ExportButton />
          </div>
          <FilterBar
            state={state}
            facets={data?.facets}
            setState={setState}
            summary={data && summaryOf(data)}
          />
        </>
      }
      facets={
        <>
          {data !== undefined && <Facets facets={data.facets} state={state} setState={setState} />}
          <SavedSearches state={state} setState={setState} />
        </>
      }
    >
      {error instanceof CoreError && (
        <ErrorCallout
          error={error.value}
          action={<Button onClick={() => void answer.refetch()}>Try again</Button>}
        />
      )}
      {data !== undefined && (
        <>
          <DayChart
            bars={dayBars(data.days, request.from, now)}
            narrowed={data.matchingSessions < data.sessions || state.query !== ''}
          />
          <Summary answer={data} state={state} setState={setState} now={now} />
          <Groups answer={data} state={state} setState={setState} now={now} />
        </>
      )}
    </AuditFrame>
  )
}

function ExportButton() {
  const run = useRunCommand()
  return (
    <Button size="large" onClick={() => run('audit.export')}>
      <ExportIcon size={14} stroke={1.75} aria-hidden />
      Export…
    </Button>
  )
}

const syntaxHelp =
  'All words have to be there; "quoted" ones together. Filters can be typed too: exit:1, exit:!0, person:ana, source:cloud, engine:plugin, is:refused, is:unrecorded, service:, task:, session:'

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
      end={
        <span className={styles.hint} title={syntaxHelp}>
          Commands and output
        </span>
      }
      aria-label="Search the audit history"
      placeholder="Search the audit history"
      maxLength={1000}
      value={query}
      {...{ [keyboardAttribute]: '' }}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}

function summaryOf(answer: SearchAnswer): string {
  const { hitCount, matchingSessions, matchingRefusals, sessions, milliseconds, waiting } = answer
  const took = `${Math.max(1, Math.round(milliseconds))} ms`
  const rest = waiting > 0 ? `, ${waiting.toLocaleString('en')} still to read` : ''
  const refused = matchingRefusals > 0 ? `, ${matchingRefusals.toLocaleString('en')} refused` : ''
  const hits =
    hitCount === 0 ? '' : hitCount === 1 ? '1 hit in ' : `${hitCount.toLocaleString('en')} hits in `
  return `${hits}${matchingSessions.toLocaleString('en')} of ${counted(sessions)}${refused}, ${took}${rest}`
}

function counted(sessions: number): string {
  return sessions === 1 ? '1 session' : `${sessions.toLocaleString('en')} sessions`
}

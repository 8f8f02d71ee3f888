import type { SearchAnswer, SearchGroup, SearchHit, TranscriptHit } from '../../../contract/search.ts'
import { parseSearch } from '../../../contract/search-syntax.ts'
import { type TranscriptPlace, taskDocument, taskRefOf } from '../../app/documents/document.ts'
import { type Services, useServices } from '../../app/services.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { AuditIcon, SearchIcon } from '../../ui/icons.ts'
import { useFirstScreenDrawn } from '../../ui/use-first-screen.ts'
import { openReplay } from '../replay/open-replay.ts'
import { openTranscript } from '../transcript/open-transcript.ts'
import styles from './audit.module.css'
import { HitGroup } from './hit-group.tsx'
import { OtherGroup } from './other-group.tsx'
import { initialState, type SearchState, type ShownSearch, toggled } from './search-state.ts'
import { openTaskOfRecord, taskOfRecord } from './task-of-record.ts'

/** With their hits they fill a large window. */
const groupsAtFirst = 12

/** What was found, newest first; each leads to where it was. */
export function Groups({ answer, state, setState, now }: ShownSearch) {
  const open = useOpening(state)
  const isBelowDrawn = useFirstScreenDrawn()
  const { groups, matchingSessions, matchingRefusals } = answer
  if (groups.length === 0)
    return <Nothing answer={answer} onReset={() => setState({ ...initialState, range: 'all' })} />
  return (
    <>
      {groups
        .slice(0, isBelowDrawn ? undefined : groupsAtFirst)
        .map((group) =>
          group.kind === 'session' ? (
            <HitGroup
              key={group.session.sessionId}
              group={group}
              now={now}
              onOpen={(hit) => open(group, hit)}
              onAll={() => setState(toggled(state, 'sessions', group.session.sessionId))}
            />
          ) : (
            <OtherGroup key={keyOf(group)} group={group} now={now} onOpen={(hit) => open(group, hit)} />
          ),
        )}
      {matchingSessions + matchingRefusals > groups.length && (
        <p className={styles.more}>
          The newest {groups.length} of {(matchingSessions + matchingRefusals).toLocaleString('en')}. Narrow
          the search to see others.
        </p>
      )}
    </>
  )
}

/** A recording or transcript opens at what was found, with the same words searched in it; what has none leads to its task. */
function useOpening(state: SearchState): (group: SearchGroup, hit?: SearchHit | TranscriptHit) => void {
  const services = useServices()
  return (group, hit) => {
    const [from, to] = hit?.highlights[0] ?? []
    const isSearched = parseSearch(state.query).words !== '' && from !== undefined
    const words = isSearched ? hit?.text.slice(from, to) : undefined
    if (group.kind === 'session')
      return openReplay(services, group.session, hit !== undefined && 'at' in hit ? hit.at : undefined, words)
    const place = hit !== undefined && 'line' in hit ? { line: hit.line, words } : undefined
    void openOther(services, group, place)
  }
}

async function openOther(
  services: Services,
  group: Exclude<SearchGroup, { kind: 'session' }>,
  place: TranscriptPlace | undefined,
): Promise<void> {
  const container = group.kind === 'refused' ? group.refusal.container : group.container
  const known = container && taskRefOf(container)
  if (group.kind === 'refused' || (place === undefined && known !== undefined))
    return known && services.workspace.open(taskDocument(known))
  const { event, taskArn } = group
  if (place === undefined) return taskArn === undefined ? undefined : openTaskOfRecord(services, taskArn)
  const task = known ?? (taskArn === undefined ? undefined : await taskOfRecord(services, taskArn))
  if (task !== undefined) openTranscript(services, task, event, place)
}

function keyOf(group: Exclude<SearchGroup, { kind: 'session' }>): string {
  return group.kind === 'refused' ? group.refusal.sessionId : group.event.eventId
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

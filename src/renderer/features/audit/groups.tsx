import type { SearchAnswer, SearchGroup, SearchHit } from '../../../contract/search.ts'
import { parseSearch } from '../../../contract/search-syntax.ts'
import { taskDocument, taskRefOf } from '../../app/documents/document.ts'
import { useServices } from '../../app/services.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { AuditIcon, SearchIcon } from '../../ui/icons.ts'
import { useFirstScreenDrawn } from '../../ui/use-first-screen.ts'
import { openReplay } from '../replay/open-replay.ts'
import styles from './audit.module.css'
import { HitGroup } from './hit-group.tsx'
import { OtherGroup } from './other-group.tsx'
import { initialState, type SearchState, type ShownSearch, toggled } from './search-state.ts'

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
            <OtherGroup key={keyOf(group)} group={group} now={now} onOpen={() => open(group)} />
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

/** A recording opens at what was found, with the same words searched in it; what has none leads to its task. */
function useOpening(state: SearchState): (group: SearchGroup, hit?: SearchHit) => void {
  const services = useServices()
  return (group, hit) => {
    if (group.kind !== 'session') {
      const container = group.kind === 'refused' ? group.refusal.container : group.container
      if (container !== undefined) services.workspace.open(taskDocument(taskRefOf(container)))
      return
    }
    const [from, to] = hit?.highlights[0] ?? []
    const isSearched = parseSearch(state.query).words !== '' && from !== undefined
    openReplay(services, group.session, hit?.at, isSearched ? hit?.text.slice(from, to) : undefined)
  }
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

import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef } from 'react'
import { navigatorAttribute, navigatorStopAttribute, useRunCommand } from '../../app/commands/use-commands.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { IconButton } from '../../ui/button.tsx'
import { TextInput } from '../../ui/field.tsx'
import { ChevronDownIcon, CloudIcon, RefreshIcon, SearchIcon } from '../../ui/icons.ts'
import { Kbd } from '../../ui/kbd.tsx'
import { Name } from '../../ui/name.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { filterHelp } from './filter.ts'
import styles from './navigator.module.css'
import { usePlaceRowIds } from './place-rows.ts'
import { PlacesSection } from './places-section.tsx'
import { summarise } from './tree-moves.ts'
import { TreeView } from './tree-view.tsx'
import { ViewMenuButton } from './view-menu.tsx'

/** Everything one can see, down to the containers. */
export default function Navigator() {
  const filter = useRef<HTMLInputElement>(null)
  const tree = useRef<HTMLDivElement>(null)
  const focusFilter = useCallback(() => filter.current?.focus(), [])
  useEffect(() => {
    // The tree has this key too; here it is for when nothing has the keyboard, as right after signing in.
    const press = (event: globalThis.KeyboardEvent) => {
      if (event.key !== '/' || document.activeElement !== document.body) return
      event.preventDefault()
      focusFilter()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [focusFilter])
  const element = useRef<HTMLElement>(null)
  const { navigator } = useServices()
  const placeIds = usePlaceRowIds()
  const placeKeys = useMemo(
    () => ({
      toTree: () => {
        navigator.setState({ selectedId: undefined, target: undefined })
        tree.current?.focus()
      },
      toFilter: focusFilter,
    }),
    [navigator, focusFilter],
  )
  const focusStop = () => {
    const { selectedId, filter: typed } = navigator.getState()
    if (selectedId === undefined && typed === '' && placeIds[0] !== undefined)
      navigator.setState({ selectedId: placeIds[0] })
    else element.current?.querySelector<HTMLElement>(`[${navigatorStopAttribute}][tabindex="0"]`)?.focus()
  }

  return (
    <nav ref={element} className={styles.navigator} aria-label="Navigator" {...{ [navigatorAttribute]: '' }}>
      <Filter input={filter} onLeave={focusStop} />
      <PlacesSection keys={placeKeys} />
      <AccountsHeading />
      <Problems />
      <TreeView element={tree} onFilter={focusFilter} />
      <Foot />
    </nav>
  )
}

function Filter({
  input,
  onLeave,
}: {
  input: React.RefObject<HTMLInputElement | null>
  onLeave: () => void
}) {
  const { navigator } = useServices()
  const filter = useServiceStore('navigator', (state) => state.filter)
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Escape') navigator.setState({ filter: '' })
    else if (event.key !== 'ArrowDown' && event.key !== 'Enter') return
    // What was selected before is not what one was looking for.
    else if (filter !== '') navigator.setState({ selectedId: undefined, target: undefined })
    event.preventDefault()
    onLeave()
  }
  return (
    <div className={styles.filter}>
      <TextInput
        ref={input}
        type="search"
        aria-label="Filter"
        placeholder="Filter"
        title={filterHelp}
        value={filter}
        onChange={(event) => navigator.setState({ filter: event.target.value })}
        onKeyDown={press}
        start={<SearchIcon size={14} stroke={1.75} aria-hidden />}
        end={filter === '' && <Kbd>/</Kbd>}
      />
      <ViewMenuButton />
    </div>
  )
}

function AccountsHeading() {
  const run = useRunCommand()
  const regions = useServiceStore('accounts', ({ accounts }) =>
    [...new Set(accounts.flatMap(({ scope }) => scope?.region ?? []))].join(', '),
  )
  return (
    <div className={styles.heading}>
      <CloudIcon size={12} stroke={2} aria-hidden />
      <span>Accounts</span>
      {regions !== '' && (
        <button type="button" title="Change region of all accounts" onClick={() => run('region.changeAll')}>
          {regions}
          <ChevronDownIcon size={12} stroke={2} aria-hidden />
        </button>
      )}
    </div>
  )
}

/** An identity whose accounts could not be listed has no row of its own to say so. */
function Problems() {
  const problems = useServiceStore('accounts', (state) => state.problems)
  return problems.map((problem) => (
    <p key={problem.message} className={styles.problem} role="alert">
      <Name text={problem.message} />
    </p>
  ))
}

function Foot() {
  const run = useRunCommand()
  const clusters = useServiceStore('catalog', (state) => state.clusters)
  const scopes = useServiceStore('catalog', (state) => state.scopes)
  const { tasks, accounts, updatedAt } = summarise({ clusters, scopes })
  return (
    <div className={styles.foot}>
      <span className={styles.count}>
        {tasks === 1 ? '1 task' : `${tasks.toLocaleString('en')} tasks`}
        <span className="wide-only"> in {accounts === 1 ? '1 account' : `${accounts} accounts`}</span>
      </span>
      {updatedAt !== undefined && (
        <span>
          Updated <RelativeTime timestamp={updatedAt} />
        </span>
      )}
      <IconButton label="Refresh" onClick={() => run('catalog.refresh')}>
        <RefreshIcon size={14} stroke={1.75} aria-hidden />
      </IconButton>
    </div>
  )
}

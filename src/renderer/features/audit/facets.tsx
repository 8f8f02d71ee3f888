import type { Environment } from '../../../contract/identity.ts'
import type { SearchAnswer } from '../../../contract/search.ts'
import { useServiceStore } from '../../app/services.ts'
import { useFrontCaller } from '../../app/shell/use-front-scope.ts'
import { accountName } from '../../app/stores/accounts-store.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { EnvironmentSquare, environmentWords } from '../../ui/environment.tsx'
import { Checkbox } from '../../ui/field.tsx'
import { Name } from '../../ui/name.tsx'
import { nameOfExit } from '../replay/commands.ts'
import styles from './audit.module.css'
import { filterWords, wordOf } from './filter-words.ts'
import { type FacetName, filtersOf, type SearchState, toggled } from './search-state.ts'

const facetNames: readonly FacetName[] = [
  'environments',
  'people',
  'sources',
  'results',
  'exits',
  'services',
  'engines',
  'accounts',
]

/** What a list shows of one filter; a longer one is for the search field. */
const mostShown = 8

/** The filters with what each would leave. */
export function Facets({
  facets,
  state,
  setState,
}: {
  facets: SearchAnswer['facets']
  state: SearchState
  setState: (state: SearchState) => void
}) {
  const filters = filtersOf(state)
  return facetNames.map((name) => {
    const values = valuesOf(facets[name], filters[name] ?? [])
    // An engine or a code that nothing has is no choice.
    if (values.length === 0) return null
    return (
      <fieldset key={name} className={styles.facet}>
        <legend>{filterWords[name]}</legend>
        {values.map(({ value, count }) => (
          <div key={value} className={styles.choice}>
            <Checkbox
              checked={filters[name]?.includes(value) ?? false}
              onChange={() => setState(toggled(state, name, value))}
            >
              <Value name={name} value={value} />
            </Checkbox>
            <span className={styles.count}>{count.toLocaleString('en')}</span>
          </div>
        ))}
      </fieldset>
    )
  })
}

/** What is chosen stays to be seen, also when nothing fits it any more. */
function valuesOf(counted: { value: string; count: number }[], chosen: readonly string[]) {
  const missing = chosen.filter((value) => !counted.some((each) => each.value === value))
  return [...counted.slice(0, mostShown), ...missing.map((value) => ({ value, count: 0 }))]
}

function Value({ name, value }: { name: FacetName; value: string }) {
  if (name === 'accounts') return <AccountValue accountId={value} />
  if (name === 'people') return <PersonValue userName={value} />
  if (name === 'services') return <Name text={value} />
  if (name === 'exits') return <span title={nameOfExit(Number(value))}>{wordOf(name, value)}</span>
  if (name !== 'environments') return <>{wordOf(name, value)}</>
  const environment = value as Environment
  return (
    <span className={styles.value}>
      <EnvironmentSquare environment={environment} />
      {environmentWords[environment]}
    </span>
  )
}

function PersonValue({ userName }: { userName: string }) {
  const self = useFrontCaller()?.userName
  return (
    <span className={styles.value}>
      <Avatar userName={userName} self={userName === self} />
      <Name text={userName} />
    </span>
  )
}

/** By its name where it is known; the ID is what the history has. */
function AccountValue({ accountId }: { accountId: string }) {
  const known = useServiceStore('accounts', ({ accounts, others }) =>
    [...accounts.map(({ account }) => account), ...others].find((account) => account.accountId === accountId),
  )
  return (
    <span title={accountId}>
      <Name text={known === undefined ? accountId : accountName(known)} />
    </span>
  )
}

import type { Environment } from '../../../contract/identity.ts'
import type { SearchAnswer } from '../../../contract/search.ts'
import { useServiceStore } from '../../app/services.ts'
import { accountName } from '../../app/stores/accounts-store.ts'
import { EnvironmentSquare, environmentWords } from '../../ui/environment.tsx'
import { Checkbox } from '../../ui/field.tsx'
import { Name } from '../../ui/name.tsx'
import styles from './audit.module.css'
import { type FilterName, type SearchState, toggled } from './search-state.ts'

export const facetWords: Record<FilterName, string> = {
  environments: 'Environment',
  people: 'Person',
  services: 'Service',
  accounts: 'Account',
  results: 'Result',
}

export const resultWords: Record<string, string> = {
  succeeded: 'No failed command',
  failed: 'Failed commands',
}

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
  return (Object.keys(facetWords) as FilterName[]).map((name) => (
    <fieldset key={name} className={styles.facet}>
      <legend>{facetWords[name]}</legend>
      {valuesOf(facets[name], state.filters[name] ?? []).map(({ value, count }) => (
        <div key={value} className={styles.choice}>
          <Checkbox
            checked={state.filters[name]?.includes(value) ?? false}
            onChange={() => setState(toggled(state, name, value))}
          >
            <Value name={name} value={value} />
          </Checkbox>
          <span className={styles.count}>{count}</span>
        </div>
      ))}
    </fieldset>
  ))
}

/** What is chosen stays to be seen, also when nothing fits it any more. */
function valuesOf(counted: { value: string; count: number }[], chosen: readonly string[]) {
  const missing = chosen.filter((value) => !counted.some((each) => each.value === value))
  return [...counted.slice(0, mostShown), ...missing.map((value) => ({ value, count: 0 }))]
}

function Value({ name, value }: { name: FilterName; value: string }) {
  if (name === 'results') return <>{resultWords[value]}</>
  if (name === 'accounts') return <AccountValue accountId={value} />
  if (name !== 'environments') return <Name text={value} />
  const environment = value as Environment
  return (
    <span className={styles.environment}>
      <EnvironmentSquare environment={environment} />
      {environmentWords[environment]}
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

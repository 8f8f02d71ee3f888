import type { CatalogScope } from '../../../contract/catalog.ts'
import { type Account, scopeKey } from '../../../contract/identity.ts'
import { type AccountView, accountName } from '../../app/stores/accounts-store.ts'
import { clusterKey } from '../../app/stores/catalog-store.ts'
import { type FilterTerm, parseFilter, type RowFacts, unanswered } from './filter.ts'
import { addClusters } from './tree-clusters.ts'
import { addBranch, type Growing, type TreeInput, type TreeRow } from './tree-rows.ts'

/**
 * The rows to show, top to bottom. With a filter: every term must be answered
 * by a row or by those above it; rows on the way to a match are opened.
 */
export function flattenTree(input: TreeInput): TreeRow[] {
  const terms = parseFilter(input.filter)
  const growing: Growing = { rows: [], input }
  for (const view of input.accounts) addAccount(growing, view, terms)
  if (input.others.length > 0) addOthers(growing, terms)
  return growing.rows
}

/** More would be a list to scroll; the palette is better at that. */
const mostOthersFound = 20

/** With a filter those that it finds, and always the way to all of them. */
function addOthers({ rows, input }: Growing, terms: readonly FilterTerm[]): void {
  const { accounts, others } = input
  const found =
    terms.length === 0
      ? []
      : others.filter((account) => unanswered(terms, () => accountFacts(account)).length === 0)
  for (const account of found.slice(0, mostOthersFound))
    rows.push({ kind: 'other-account', id: rowIdOf(account), level: 0, account })
  if (terms.length === 0)
    rows.push({
      kind: 'choose-account',
      id: 'choose-account',
      level: 0,
      total: accounts.length + others.length,
    })
}

function rowIdOf({ identityId, accountId }: Account): string {
  return `${identityId}/${accountId}`
}

function accountFacts(account: Account, region?: string): RowFacts {
  const name = `${accountName(account)} ${account.accountId}`.toLowerCase()
  return {
    name,
    fields: {
      account: [name],
      env: [account.environment],
      ...(region === undefined ? {} : { region: [region] }),
    },
  }
}

function addAccount(growing: Growing, view: AccountView, terms: readonly FilterTerm[]): void {
  const { account, scope } = view
  const known = scope && growing.input.scopes[scopeKey(scope)]
  const loading = view.problem === undefined && (known === undefined || known.state === 'loading')
  const row: TreeRow = {
    kind: 'account',
    id: rowIdOf(account),
    level: 0,
    view,
    loading,
    target: { kind: 'account', identityId: account.identityId, accountId: account.accountId },
  }
  addBranch(growing, row, {
    terms,
    facts: () => accountFacts(account, scope?.region),
    openByDefault: true,
    children: (left) => addAccountContents(growing, view, known, row, left),
  })
}

function addAccountContents(
  growing: Growing,
  view: AccountView,
  known: CatalogScope | undefined,
  parent: TreeRow,
  terms: readonly FilterTerm[],
): void {
  const { rows, input } = growing
  const plain = terms.length === 0
  const problem = view.problem ?? known?.error
  if (problem !== undefined && plain)
    rows.push({
      kind: 'problem',
      id: `${parent.id}/problem`,
      level: 1,
      error: problem,
      target: parent.target,
    })
  const { scope } = view
  if (scope === undefined || known === undefined) return
  const found = known.clusterArns.map((arn) => ({ arn, cluster: input.clusters[clusterKey(scope, arn)] }))
  addClusters(growing, { ...view, scope }, found, terms)
  if (known.state === 'ready' && known.clusterArns.length === 0 && plain)
    rows.push({ kind: 'note', id: `${parent.id}/empty`, level: 1, text: `No clusters in ${scope.region}` })
}

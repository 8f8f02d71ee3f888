import type { CatalogScope, Cluster, Container, Readiness, Service, Task } from '../../../contract/catalog.ts'
import type { ErrorValue } from '../../../contract/errors.ts'
import { type Account, scopeKey } from '../../../contract/identity.ts'
import type { Target } from '../../app/documents/target.ts'
import { type AccountView, accountName } from '../../app/stores/accounts-store.ts'
import {
  type ClusterContents,
  containerRefFor,
  contentsOf,
  taskRefFor,
} from '../../app/stores/catalog-entries.ts'
import { clusterKey } from '../../app/stores/catalog-store.ts'

export interface TreeInput {
  readonly accounts: readonly AccountView[]
  /** Accounts that nobody chose to look at. */
  readonly others: readonly Account[]
  readonly scopes: Readonly<Record<string, CatalogScope>>
  readonly clusters: Readonly<Record<string, Cluster>>
  /** Containers by task ARN in which someone had a shell. */
  readonly touched: ReadonlyMap<string, ReadonlySet<string>>
  /** Containers by task ARN in which this window has a live shell. */
  readonly live: ReadonlyMap<string, ReadonlySet<string>>
  /** Rows opened or closed by hand. */
  readonly toggled: Readonly<Record<string, boolean>>
  readonly filter: string
}

interface RowBase {
  readonly id: string
  /** 0 for accounts to 4 for containers. */
  readonly level: number
  /** Absent on rows that cannot be opened. */
  readonly expanded?: boolean
  /** What commands are about when this row is selected. */
  readonly target?: Target
}

export type TreeRow = RowBase &
  (
    | { kind: 'account'; view: AccountView; loading: boolean }
    /** Not looked at; choosing it changes that. */
    | { kind: 'other-account'; account: Account }
    | { kind: 'choose-account'; total: number }
    /** Without a count it has not come yet; refused, the count would be a lie. */
    | { kind: 'cluster'; name: string; taskCount: number | undefined; refused: boolean }
    | { kind: 'service'; service: Service; readiness: Readiness | undefined; touched: boolean }
    | { kind: 'standalone'; taskCount: number }
    | { kind: 'task'; task: Task; touched: boolean; live: boolean }
    | { kind: 'container'; container: Container; touched: boolean; live: boolean }
    | { kind: 'problem'; error: ErrorValue }
    | { kind: 'note'; text: string }
  )

/** Up to this many services a cluster shows them at once; more would bury the next cluster. */
const openServicesUpTo = 12

/**
 * The rows to show, top to bottom. With a filter: every word must occur in a
 * row's name or in those above it; rows on the way to a match are opened.
 */
export function flattenTree(input: TreeInput): TreeRow[] {
  const words = input.filter.toLowerCase().split(/\s+/).filter(Boolean)
  const rows: TreeRow[] = []
  for (const view of input.accounts) addAccount(rows, input, view, words)
  if (input.others.length > 0) addOthers(rows, input, words)
  return rows
}

/** More would be a list to scroll; the palette is better at that. */
const mostOthersFound = 20

/** With a filter those that it finds, and always the way to all of them. */
function addOthers(rows: TreeRow[], { accounts, others }: TreeInput, words: readonly string[]): void {
  const found =
    words.length === 0 ? [] : others.filter((account) => unmatchedAccount(words, account).length === 0)
  for (const account of found.slice(0, mostOthersFound))
    rows.push({ kind: 'other-account', id: rowIdOf(account), level: 0, account })
  if (words.length === 0)
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

function unmatchedAccount(words: readonly string[], account: Account): readonly string[] {
  return unmatched(words, `${accountName(account)} ${account.accountId}`)
}

/** The words that a name does not contain yet; they must occur further down. */
function unmatched(words: readonly string[], name: string): readonly string[] {
  if (words.length === 0) return words
  const text = name.toLowerCase()
  return words.filter((word) => !text.includes(word))
}

/**
 * Adds a row and what is under it. While words are unmatched the row is open
 * and stays only if something below it matches.
 */
function addBranch(
  rows: TreeRow[],
  input: TreeInput,
  row: TreeRow,
  options: { words: readonly string[]; openByDefault: boolean; children: (words: readonly string[]) => void },
): void {
  const { words, openByDefault, children } = options
  const searching = words.length > 0
  const expanded = searching || (input.toggled[row.id] ?? openByDefault)
  const place = rows.length
  rows.push({ ...row, expanded })
  if (expanded) children(words)
  if (searching && rows.length === place + 1) rows.length = place
}

function addAccount(rows: TreeRow[], input: TreeInput, view: AccountView, words: readonly string[]): void {
  const { account, scope } = view
  const known = scope && input.scopes[scopeKey(scope)]
  const loading = view.problem === undefined && (known === undefined || known.state === 'loading')
  const row: TreeRow = {
    kind: 'account',
    id: rowIdOf(account),
    level: 0,
    view,
    loading,
    target: { kind: 'account', identityId: account.identityId, accountId: account.accountId },
  }
  addBranch(rows, input, row, {
    words: unmatchedAccount(words, account),
    openByDefault: true,
    children: (left) => addAccountContents(rows, input, view, known, row, left),
  })
}

function addAccountContents(
  rows: TreeRow[],
  input: TreeInput,
  view: AccountView,
  known: CatalogScope | undefined,
  parent: TreeRow,
  words: readonly string[],
): void {
  const plain = words.length === 0
  const problem = view.problem ?? known?.error
  if (problem !== undefined && plain)
    rows.push({
      kind: 'problem',
      id: `${parent.id}/problem`,
      level: 1,
      error: problem,
      target: parent.target,
    })
  if (view.scope === undefined || known === undefined) return
  const { scope } = view
  for (const arn of known.clusterArns) {
    const cluster = input.clusters[clusterKey(scope, arn)]
    if (cluster !== undefined) addCluster(rows, input, view, cluster, words)
    else if (unmatched(words, lastSegment(arn)).length === 0)
      rows.push({
        kind: 'cluster',
        id: clusterKey(scope, arn),
        level: 1,
        name: lastSegment(arn),
        taskCount: undefined,
        refused: false,
        expanded: false,
      })
  }
  if (known.state === 'ready' && known.clusterArns.length === 0 && plain)
    rows.push({ kind: 'note', id: `${parent.id}/empty`, level: 1, text: `No clusters in ${scope.region}` })
}

/** `arn:aws:ecs:eu-west-1:111122223333:cluster/web` is called `web`. */
function lastSegment(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1)
}

function addCluster(
  rows: TreeRow[],
  input: TreeInput,
  view: AccountView,
  cluster: Cluster,
  words: readonly string[],
): void {
  const contents = contentsOf(cluster)
  const id = clusterKey(cluster.scope, cluster.arn)
  const row: TreeRow = {
    kind: 'cluster',
    id,
    level: 1,
    name: cluster.name,
    taskCount: cluster.tasks.length,
    refused: cluster.problems.length > 0 && cluster.tasks.length === 0,
  }
  addBranch(rows, input, row, {
    words: unmatched(words, cluster.name),
    openByDefault: contents.services.length <= openServicesUpTo,
    children: (left) => addClusterContents(rows, input, view, cluster, contents, left),
  })
}

function addClusterContents(
  rows: TreeRow[],
  input: TreeInput,
  view: AccountView,
  cluster: Cluster,
  contents: ClusterContents,
  words: readonly string[],
): void {
  const { account } = view
  const id = clusterKey(cluster.scope, cluster.arn)
  if (words.length === 0)
    for (const [index, error] of cluster.problems.entries())
      rows.push({
        kind: 'problem',
        id: `${id}/problem/${index}`,
        level: 2,
        error,
        target: { kind: 'account', identityId: account.identityId, accountId: account.accountId },
      })

  for (const { service, tasks, readiness } of contents.services) {
    const touched = tasks.some(({ arn }) => input.touched.has(arn))
    const row: TreeRow = {
      kind: 'service',
      id: `${id}/${service.arn}`,
      level: 2,
      service,
      readiness,
      touched,
    }
    addBranch(rows, input, row, {
      words: unmatched(words, service.name),
      openByDefault: false,
      children: (left) => addTasks(rows, input, view, cluster, tasks, `No task is running`, row, left),
    })
  }

  if (contents.standalone.length > 0) {
    const taskCount = contents.standalone.length
    const row: TreeRow = { kind: 'standalone', id: `${id}/standalone`, level: 2, taskCount }
    addBranch(rows, input, row, {
      words: unmatched(words, 'standalone'),
      openByDefault: false,
      children: (left) => addTasks(rows, input, view, cluster, contents.standalone, '', row, left),
    })
  }
  if (
    words.length === 0 &&
    contents.services.length + contents.standalone.length + cluster.problems.length === 0
  )
    rows.push({ kind: 'note', id: `${id}/empty`, level: 2, text: 'No services and no tasks' })
}

function addTasks(
  rows: TreeRow[],
  input: TreeInput,
  view: AccountView,
  cluster: Cluster,
  tasks: readonly Task[],
  emptyText: string,
  parent: TreeRow,
  words: readonly string[],
): void {
  if (tasks.length === 0 && words.length === 0)
    rows.push({ kind: 'note', id: `${parent.id}/empty`, level: 3, text: emptyText })
  for (const task of tasks) {
    const id = `${parent.id}/${task.id}`
    const touched = input.touched.get(task.arn)
    const live = input.live.get(task.arn)
    const row: TreeRow = {
      kind: 'task',
      id,
      level: 3,
      task,
      touched: touched !== undefined,
      live: live !== undefined,
      target: { kind: 'task', task: taskRefFor(view.account, cluster, task) },
    }
    addBranch(rows, input, row, {
      words: unmatched(words, `${task.id} ${task.taskDefinition}`),
      openByDefault: tasks.length === 1,
      children: (left) => {
        for (const container of task.containers) {
          if (unmatched(left, container.name).length > 0) continue
          rows.push({
            kind: 'container',
            id: `${id}/${container.name}`,
            level: 4,
            container,
            touched: touched?.has(container.name) ?? false,
            live: live?.has(container.name) ?? false,
            target: {
              kind: 'container',
              container: containerRefFor(view.account, cluster, task, container),
              readiness: container.readiness,
            },
          })
        }
      },
    })
  }
}

/** Where Left goes: the nearest row above on a lower level. */
export function parentIndex(rows: readonly TreeRow[], index: number): number | undefined {
  const level = rows[index]?.level ?? 0
  for (let above = index - 1; above >= 0; above -= 1) if ((rows[above]?.level ?? 0) < level) return above
  return undefined
}

/** The rows that a row is in, nearest first. */
export function rowsAbove(rows: readonly TreeRow[], index: number): TreeRow[] {
  const above = parentIndex(rows, index)
  const parent = above === undefined ? undefined : rows[above]
  return above === undefined || parent === undefined ? [] : [parent, ...rowsAbove(rows, above)]
}

/** Where a filter leads: the first row that is not only on the way to another. */
export function firstMatchIndex(rows: readonly TreeRow[]): number {
  return rows.findIndex(({ level }, index) => (rows[index + 1]?.level ?? 0) <= level)
}

/** What the foot says: how many tasks, in how many accounts, and how fresh the oldest of them is. */
export function summarise(input: Pick<TreeInput, 'scopes' | 'clusters'>): {
  tasks: number
  accounts: number
  updatedAt: number | undefined
} {
  const clusters = Object.values(input.clusters)
  const updates = Object.values(input.scopes).flatMap(({ updatedAt }) => updatedAt ?? [])
  return {
    tasks: clusters.reduce((sum, cluster) => sum + cluster.tasks.length, 0),
    accounts: Object.keys(input.scopes).length,
    updatedAt: updates.length === 0 ? undefined : Math.min(...updates),
  }
}

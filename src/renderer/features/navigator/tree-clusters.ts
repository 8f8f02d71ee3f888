import type { Cluster, Service, Task } from '../../../contract/catalog.ts'
import type { Scope } from '../../../contract/identity.ts'
import type { Target } from '../../app/documents/target.ts'
import type { AccountView } from '../../app/stores/accounts-store.ts'
import { type ClusterContents, type ServiceTasks, taskRefFor } from '../../app/stores/catalog-entries.ts'
import { clusterKey } from '../../app/stores/catalog-store.ts'
import { type FilterTerm, type RowFacts, tagFacts, unanswered } from './filter.ts'
import { orderedContents } from './tree-order.ts'
import { addBranch, type Growing, type TreeRow } from './tree-rows.ts'
import { addTasks } from './tree-tasks.ts'

/** Up to this many services a cluster shows them at once; more would bury the next cluster. */
const openServicesUpTo = 12

type ScopedView = AccountView & { readonly scope: Scope }

interface FoundCluster {
  readonly arn: string
  /** Absent until it was read. */
  readonly cluster: Cluster | undefined
}

/** The clusters of an account; grouped by Copilot, its services stand under their environments instead. */
export function addClusters(
  growing: Growing,
  view: ScopedView,
  found: readonly FoundCluster[],
  terms: readonly FilterTerm[],
): void {
  const { order, grouping } = growing.input
  const read = found.flatMap(({ cluster }) => cluster ?? [])
  if (grouping === 'copilot') addEnvironments(growing, view, read, terms)
  for (const { arn, cluster } of inOrder(found, order)) {
    if (cluster === undefined) addUnread(growing, view, arn, terms)
    else {
      const contents = withoutCopilot(orderedContents(cluster, order), grouping === 'copilot')
      const isEmptied =
        contents.services.length + contents.standalone.length === 0 && cluster.services.length > 0
      if (!isEmptied || cluster.problems.length > 0) addCluster(growing, view, cluster, contents, terms)
    }
  }
}

/** By size, the fullest first; else as AWS names them. */
function inOrder(found: readonly FoundCluster[], order: string): readonly FoundCluster[] {
  if (order !== 'size') return found
  return found.toSorted(
    (left, right) => (right.cluster?.tasks.length ?? 0) - (left.cluster?.tasks.length ?? 0),
  )
}

function addUnread(
  { rows }: Growing,
  { scope }: ScopedView,
  arn: string,
  terms: readonly FilterTerm[],
): void {
  const name = lastSegment(arn)
  if (unanswered(terms, () => clusterFacts(name)).length > 0) return
  rows.push({
    kind: 'cluster',
    id: clusterKey(scope, arn),
    level: 1,
    name,
    arn,
    taskCount: undefined,
    refused: false,
    expanded: false,
  })
}

/** `arn:aws:ecs:eu-west-1:111122223333:cluster/web` is called `web`. */
function lastSegment(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1)
}

function clusterFacts(clusterName: string, tags: Readonly<Record<string, string>> = {}): RowFacts {
  const name = clusterName.toLowerCase()
  return { name, fields: { cluster: [name], tag: tagFacts(tags) } }
}

function addCluster(
  growing: Growing,
  view: ScopedView,
  cluster: Cluster,
  contents: ClusterContents,
  terms: readonly FilterTerm[],
): void {
  const row: TreeRow = {
    kind: 'cluster',
    id: clusterKey(cluster.scope, cluster.arn),
    level: 1,
    name: cluster.name,
    arn: cluster.arn,
    taskCount: cluster.tasks.length,
    refused: cluster.problems.length > 0 && cluster.tasks.length === 0,
  }
  addBranch(growing, row, {
    terms,
    facts: () => clusterFacts(cluster.name, cluster.tags),
    openByDefault: contents.services.length <= openServicesUpTo,
    children: (left) => addClusterContents(growing, view, cluster, contents, left),
  })
}

function addClusterContents(
  growing: Growing,
  view: ScopedView,
  cluster: Cluster,
  contents: ClusterContents,
  terms: readonly FilterTerm[],
): void {
  const { rows } = growing
  const { identityId, accountId } = view.account
  const id = clusterKey(cluster.scope, cluster.arn)
  if (terms.length === 0)
    for (const [index, error] of cluster.problems.entries())
      rows.push({
        kind: 'problem',
        id: `${id}/problem/${index}`,
        level: 2,
        error,
        target: { kind: 'account', identityId, accountId },
      })
  for (const each of contents.services) addService(growing, view, cluster, each, terms)
  const { standalone } = contents
  const names = new Set(cluster.services.map(({ name }) => name))
  const stopped = stoppedIn(growing, cluster, ({ serviceName }) => !names.has(serviceName ?? ''))
  if (standalone.length + stopped.length > 0) {
    const row: TreeRow = {
      kind: 'standalone',
      id: `${id}/standalone`,
      level: 2,
      taskCount: standalone.length,
    }
    const tasks = [...standalone, ...stopped]
    addBranch(growing, row, {
      terms,
      facts: () => ({ name: 'standalone', fields: { service: ['standalone'] } }),
      openByDefault: false,
      children: (left) => addTasks(growing, { view, cluster, tasks, parent: row }, left),
    })
  }
  if (terms.length === 0 && contents.services.length + standalone.length + cluster.problems.length === 0)
    rows.push({ kind: 'note', id: `${id}/empty`, level: 2, text: 'No services and no tasks' })
}

function addService(
  growing: Growing,
  view: ScopedView,
  cluster: Cluster,
  { service, tasks, readiness }: ServiceTasks,
  terms: readonly FilterTerm[],
): void {
  const row: TreeRow = {
    kind: 'service',
    id: `${clusterKey(cluster.scope, cluster.arn)}/${service.arn}`,
    level: 2,
    service,
    readiness,
    touched: tasks.some(({ arn }) => growing.input.touched.has(arn)),
    get target(): Target {
      return serviceTarget(view.account, cluster, service, tasks)
    },
  }
  const name = service.name.toLowerCase()
  addBranch(growing, row, {
    terms,
    facts: () => ({ name, fields: { service: [name], tag: tagFacts(service.tags) } }),
    openByDefault: false,
    children: (left) => {
      const stopped = stoppedIn(growing, cluster, ({ serviceName }) => serviceName === service.name)
      addTasks(growing, { view, cluster, tasks: [...tasks, ...stopped], parent: row }, left)
    },
  })
}

/** After those that run, so that nothing moves when they come; none unless they were asked for. */
function stoppedIn({ input }: Growing, cluster: Cluster, belongs: (task: Task) => boolean): Task[] {
  const stopped = input.stopped[clusterKey(cluster.scope, cluster.arn)]
  if (stopped === undefined) return []
  const running = new Set(cluster.tasks.map(({ arn }) => arn))
  return stopped.filter((task) => !running.has(task.arn) && belongs(task))
}

const readinessOrder = ['blocked', 'unknown', 'advice', 'ready']

/** Where readiness and logs of a service lead: the task with the most trouble, else the one that runs longest. */
function serviceTarget(
  account: ScopedView['account'],
  cluster: Cluster,
  service: Service,
  tasks: readonly Task[],
): Target {
  const worst = tasks.reduce<Task | undefined>(
    (found, task) => (found === undefined || troubleOf(task) < troubleOf(found) ? task : found),
    undefined,
  )
  const {
    taskArn: _,
    taskId: __,
    ...place
  } = taskRefFor(account, cluster, { arn: '', id: '', serviceName: service.name })
  return { kind: 'service', service: place, task: worst && taskRefFor(account, cluster, worst) }
}

function troubleOf({ readiness }: Task): number {
  return readinessOrder.indexOf(readiness.level)
}

/** What AWS Copilot tags its services with. */
const copilotTags = { application: 'copilot-application', environment: 'copilot-environment' }

function copilotOf({ service }: ServiceTasks): { application: string; environment: string } | undefined {
  const application = service.tags[copilotTags.application]
  const environment = service.tags[copilotTags.environment]
  return application === undefined || environment === undefined ? undefined : { application, environment }
}

function withoutCopilot(contents: ClusterContents, isGrouped: boolean): ClusterContents {
  if (!isGrouped) return contents
  return { ...contents, services: contents.services.filter((each) => copilotOf(each) === undefined) }
}

function addEnvironments(
  growing: Growing,
  view: ScopedView,
  clusters: readonly Cluster[],
  terms: readonly FilterTerm[],
): void {
  const members = clusters.flatMap((cluster) =>
    orderedContents(cluster, growing.input.order).services.flatMap((each) => {
      const place = copilotOf(each)
      return place === undefined ? [] : [{ cluster, each, place }]
    }),
  )
  const groups = Map.groupBy(members, ({ place }) => `${place.application}/${place.environment}`)
  for (const [key, group] of [...groups].toSorted(([left], [right]) => left.localeCompare(right))) {
    const { application, environment } = group[0]?.place ?? { application: '', environment: '' }
    const row: TreeRow = {
      kind: 'environment',
      id: `${view.account.identityId}/${view.account.accountId}/copilot/${key}`,
      level: 1,
      application,
      environment,
      taskCount: group.reduce((sum, { each }) => sum + each.tasks.length, 0),
    }
    addBranch(growing, row, {
      terms,
      facts: () => ({ name: `${application} ${environment}`.toLowerCase(), fields: {} }),
      openByDefault: group.length <= openServicesUpTo,
      children: (left) => {
        for (const { cluster, each } of group) addMember(growing, view, cluster, each, left)
      },
    })
  }
}

/** Its cluster has no row here, but a filter may name it. */
function addMember(
  growing: Growing,
  view: ScopedView,
  cluster: Cluster,
  each: ServiceTasks,
  terms: readonly FilterTerm[],
): void {
  const left = unanswered(terms, () => clusterFacts(cluster.name, cluster.tags))
  addService(growing, view, cluster, each, left)
}

import type { Cluster } from '../../../contract/catalog.ts'
import type { ErrorValue } from '../../../contract/errors.ts'
import { scopeKey } from '../../../contract/identity.ts'
import type { Link } from '../../../contract/link.ts'
import type { Target } from '../documents/target.ts'
import { partitionOfRegion } from '../regions.ts'
import type { AccountsState } from '../stores/accounts-store.ts'
import { containerRefFor, taskRefFor } from '../stores/catalog-entries.ts'
import type { CatalogState } from '../stores/catalog-store.ts'

export type LinkSearch =
  | { state: 'found'; target: Extract<Target, { kind: 'task' | 'container' }> }
  /** Something has yet to be read. */
  | { state: 'searching' }
  /** The account is looked at in another region, or not at all. */
  | { state: 'other-region' }
  | { state: 'not-in-view' }
  | { state: 'nowhere'; error: ErrorValue }

/** What a link leads to, as far as this person's accounts and the catalog know it now. */
export function findLinkTarget(
  link: Link,
  accounts: AccountsState,
  catalog: CatalogState,
  signedIn: boolean,
): LinkSearch {
  if (!signedIn) return { state: 'searching' }
  const views = accounts.accounts.filter(({ account }) => account.accountId === link.accountId)
  const view = views.find(({ scope }) => scope !== undefined) ?? views[0]
  if (view === undefined && accounts.others.some(({ accountId }) => accountId === link.accountId))
    return { state: 'not-in-view' }
  if (view === undefined) return accounts.loading ? { state: 'searching' } : nowhere(noAccount(link))
  const { account, scope, problem } = view
  if (scope === undefined) return problem === undefined ? { state: 'searching' } : nowhere(problem)
  if (partitionOfRegion(scope.region) !== partitionOfRegion(link.region)) return nowhere(noRegion(link))
  if (scope.region !== link.region) return { state: 'other-region' }

  const reading = catalog.scopes[scopeKey(scope)]
  const cluster = Object.values(catalog.clusters).find(
    (candidate) => scopeKey(candidate.scope) === scopeKey(scope) && candidate.name === link.clusterName,
  )
  if (cluster !== undefined) {
    const target = targetIn(link, account, cluster)
    if (target !== undefined) return { state: 'found', target }
    if (link.kind === 'task' && reading?.state === 'ready')
      return { state: 'found', target: pastTask(link, account, cluster) }
  }
  if (reading?.state === 'failed') return nowhere(reading.error ?? notThere(link))
  return reading?.state === 'ready' ? nowhere(notThere(link)) : { state: 'searching' }
}

function targetIn(
  link: Link,
  account: Parameters<typeof taskRefFor>[0],
  cluster: Cluster,
): Extract<Target, { kind: 'task' | 'container' }> | undefined {
  const task = cluster.tasks.find(({ id }) => id === link.taskId)
  if (task === undefined) return undefined
  if (link.kind === 'task') return { kind: 'task', task: taskRefFor(account, cluster, task) }
  const container = task.containers.find(({ name }) => name === link.containerName)
  return (
    container && {
      kind: 'container',
      container: containerRefFor(account, cluster, task, container),
      readiness: container.readiness,
    }
  )
}

/** ECS forgets a task; its audit history is still there to be looked at. */
function pastTask(
  { accountId, region, clusterName, taskId }: Link,
  account: Parameters<typeof taskRefFor>[0],
  cluster: Cluster,
): Extract<Target, { kind: 'task' }> {
  const partition = cluster.arn.split(':')[1] ?? 'aws'
  const taskArn = `arn:${partition}:ecs:${region}:${accountId}:task/${clusterName}/${taskId}`
  return { kind: 'task', task: taskRefFor(account, cluster, { arn: taskArn, id: taskId }) }
}

function nowhere(error: ErrorValue): LinkSearch {
  return { state: 'nowhere', error }
}

function noAccount({ accountId }: Link): ErrorValue {
  return {
    code: 'NOT_FOUND',
    message: `The link leads to account ${accountId}, which none of your sign-ins reaches.`,
    action: 'Sign in to the organization that has it, then follow the link again.',
    retryable: false,
  }
}

function noRegion({ accountId, region }: Link): ErrorValue {
  return {
    code: 'NOT_FOUND',
    message: `Account ${accountId} has nothing in ${region}, which is a part of AWS of its own.`,
    action: 'Look whether the link is whole.',
    retryable: false,
  }
}

function notThere(link: Link): ErrorValue {
  const what = link.kind === 'shell' ? `${link.containerName} in task` : 'Task'
  return {
    code: 'NOT_FOUND',
    message: `${what} ${link.taskId.slice(0, 8)} of ${link.clusterName} is not there any more.`,
    action: 'Look for its replacement in the palette.',
    retryable: false,
  }
}

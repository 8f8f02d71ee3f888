import type { AuditEntry } from '../../../contract/audit.ts'
import type { Result } from '../../../contract/errors.ts'
import type { CoreClient } from '../../app/core/core-link.ts'
import { type TaskRef, taskDocument, taskRefOf } from '../../app/documents/document.ts'
import type { Services } from '../../app/services.ts'
import type { AccountsState } from '../../app/stores/accounts-store.ts'
import type { CatalogState } from '../../app/stores/catalog-store.ts'
import { showToast } from '../../ui/toast.tsx'
import { parsePastedPlace } from '../palette/pasted-place.ts'

/**
 * A task that a record names, as somebody of this window may look at it: with the
 * role that its account is looked at with, also in another Region or after ECS
 * forgot it. Undefined when none of the accounts in view is its own.
 */
export function taskInView(
  taskArn: string,
  { accounts }: Pick<AccountsState, 'accounts'>,
  { clusters }: Pick<CatalogState, 'clusters'>,
): TaskRef | undefined {
  const place = parsePastedPlace(taskArn)
  if (place?.taskId === undefined || place.accountId === undefined) return undefined
  const { accountId, region, clusterName, taskId } = place
  const view = accounts.find(({ account, scope }) => account.accountId === accountId && scope !== undefined)
  if (view?.scope === undefined) return undefined
  const { account } = view
  const scope = { ...view.scope, region }
  const cluster = Object.values(clusters).find(
    (each) => each.name === clusterName && each.scope.accountId === accountId && each.scope.region === region,
  )
  return {
    scope,
    accountName: account.name,
    environment: account.environment,
    clusterArn: taskArn.replace(/:task\/([^/]+)\/.*$/, ':cluster/$1'),
    clusterName,
    serviceName: cluster?.tasks.find(({ arn }) => arn === taskArn)?.serviceName,
    taskArn,
    taskId,
  }
}

/** As whoever had a shell in it from this computer saw it, signed in or not. */
export function taskInLedger(entries: readonly AuditEntry[]): TaskRef | undefined {
  const known = entries.find((entry) => entry.kind === 'session' || entry.kind === 'refused')
  return known && taskRefOf(known.container)
}

/** Entries among which is an attempt at a shell, where the task has any. */
async function readAttempts(core: CoreClient, taskArn: string): Promise<Result<AuditEntry[]>> {
  const history = await core.call('audit.history', { taskArn })
  if (!history.ok) return history
  const { lines } = history.value
  const seqs = lines.filter(({ kind }) => kind === 'session' || kind === 'refused').map(({ seq }) => seq)
  const read = await core.call('audit.historyEntries', { taskArn, seqs: seqs.slice(0, 1) })
  return read.ok ? { ok: true, value: read.value.map(({ entry }) => entry) } : read
}

/** The task that a record names; where nobody here can look at it, that is said and nothing returned. */
export async function taskOfRecord(services: Services, taskArn: string): Promise<TaskRef | undefined> {
  const { core, accounts, catalog } = services
  const inView = taskInView(taskArn, accounts.getState(), catalog.getState())
  if (inView !== undefined) return inView
  const entries = await readAttempts(core, taskArn)
  const task = entries.ok ? taskInLedger(entries.value) : undefined
  if (task !== undefined) return task
  showToast({
    tone: 'warn',
    title: 'The task cannot be shown',
    text: entries.ok
      ? 'Its account is not among those in view, and no shell was opened in it from this computer.'
      : entries.error.message,
  })
  return undefined
}

/** Opens the page of a task that a record names. */
export async function openTaskOfRecord(services: Services, taskArn: string): Promise<void> {
  const task = await taskOfRecord(services, taskArn)
  if (task !== undefined) services.workspace.open(taskDocument(task))
}

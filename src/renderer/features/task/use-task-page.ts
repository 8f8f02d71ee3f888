import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import type { HistoryLine, PlacedEntry, TaskSnapshot, TouchedTask } from '../../../contract/audit.ts'
import type { CatalogScope, Cluster, Task } from '../../../contract/catalog.ts'
import type { CloudHistory } from '../../../contract/cloud-audit.ts'
import type { ErrorValue } from '../../../contract/errors.ts'
import { scopeKey } from '../../../contract/identity.ts'
import { CoreError } from '../../app/core/core-error.ts'
import { queries, taskAuditKey } from '../../app/core/queries.ts'
import { isLive } from '../../app/core/task-history.ts'
import type { TaskRef } from '../../app/documents/document.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { clusterKey } from '../../app/stores/catalog-store.ts'
import { type ServiceChange, type Visit, visitsOf, withContainerNames } from './audit-entries.ts'
import { serviceChanges } from './service-changes.ts'
import { useCloudHistory } from './use-cloud-history.ts'

export interface TaskPage {
  ref: TaskRef
  /** Absent while the cluster is read, and when ECS no longer lists it. */
  task: Task | undefined
  cluster: Cluster | undefined
  /** ECS was asked and does not list the task any more. */
  gone: boolean
  /** The task as it was when somebody opened a shell, where there is no other news of it. */
  snapshot: TaskSnapshot | undefined
  /** Why the cluster could not be read. */
  problem: ErrorValue | undefined
  /** One for each entry of the ledger, newest first. Absent until the first answer. */
  lines: readonly HistoryLine[] | undefined
  /** The newest of these entries themselves; the list asks for others as they come into sight. */
  newest: readonly PlacedEntry[] | undefined
  /** Everybody's time inside, whoever recorded it. */
  visits: readonly Visit[]
  auditProblem: ErrorValue | undefined
  /** What CloudTrail says; absent until the first answer. */
  cloud: CloudHistory | undefined
  cloudProblem: ErrorValue | undefined
  /** Reads CloudTrail now. */
  readCloud: () => void
  /** What the service did since the task started, newest first. */
  changes: readonly ServiceChange[]
  /** By anyone, as far as this computer and CloudTrail know. */
  touched: TouchedTask | undefined
  /** Who AWS says we are, where that is known. */
  self: string | undefined
}

/** What a row of the list shows beside its own entry. */
export type RowPage = Pick<TaskPage, 'ref' | 'self' | 'cloud'>

/** A live session writes all the time, and the core tells only of its beginning and end. */
const liveRefreshInMilliseconds = 5000

/** Everything the page shows, kept up to date by the events of the core. */
export function useTaskPage(ref: TaskRef): TaskPage {
  const { core } = useServices()
  const cluster = useServiceStore('catalog', (state) => state.clusters[clusterKey(ref.scope, ref.clusterArn)])
  const scope = useServiceStore('catalog', (state) => state.scopes[scopeKey(ref.scope)])
  const running = cluster?.tasks.find(({ arn }) => arn === ref.taskArn)
  const missing = running === undefined && isKnown(cluster, scope)
  const stopped = useQuery({
    ...queries.stoppedTasks(core, ref.scope, ref.clusterArn),
    enabled: missing,
  })
  const task = running ?? stopped.data?.find(({ arn }) => arn === ref.taskArn)

  const audit = useQuery({
    ...queries.taskHistory(core, ref.taskArn),
    refetchInterval: ({ state }) =>
      state.data?.lines.some(isLive) === true ? liveRefreshInMilliseconds : false,
  })
  const lines = audit.data?.lines
  useReadAgainWithSessions(ref.taskArn)
  const touched = useQuery(queries.touched(core)).data?.find(({ taskArn }) => taskArn === ref.taskArn)
  const { cloud: history, problem: cloudProblem, readNow: readCloud } = useCloudHistory(ref, lines)
  const containers = task?.containers
  const cloud = useMemo(
    () => history && { ...history, events: withContainerNames(history.events, containers ?? []) },
    [history, containers],
  )
  const visits = useMemo(() => visitsOf(lines ?? [], cloud?.events), [lines, cloud?.events])
  const services = cluster?.services
  const changes = useMemo(
    () => (task === undefined ? [] : serviceChanges(task, services ?? [])),
    [task, services],
  )
  const self = useQuery(queries.caller(core, ref.scope)).data?.userName

  const gone = missing && task === undefined && !stopped.isPending
  const unreadable = cluster === undefined && scope?.error !== undefined
  const snapshot = useQuery({
    ...queries.taskSnapshot(core, ref.taskArn),
    enabled: gone || unreadable,
  }).data?.snapshot

  return {
    ref,
    task,
    cluster,
    gone,
    snapshot: gone || unreadable ? snapshot : undefined,
    problem: cluster === undefined ? scope?.error : undefined,
    lines,
    newest: audit.data?.newest,
    visits,
    auditProblem: audit.error instanceof CoreError ? audit.error.value : undefined,
    cloud,
    cloudProblem,
    readCloud,
    changes,
    touched,
    self,
  }
}

/** Without the cluster's tasks nothing can be said: they may have been refused. */
function isKnown(cluster: Cluster | undefined, scope: CatalogScope | undefined): boolean {
  if (cluster !== undefined) return cluster.tasks.length > 0 || cluster.problems.length === 0
  return scope?.state === 'ready'
}

/** `audit.changed` is followed for the whole page; a session's own news may come first. */
function useReadAgainWithSessions(taskArn: string): void {
  const { core } = useServices()
  const queryClient = useQueryClient()
  useEffect(() => {
    const states = new Map<string, string>()
    const changes = core.on('session.changed', ({ id, state, container }) => {
      if (container.taskArn !== taskArn || states.get(id) === state) return
      states.set(id, state)
      void queryClient.invalidateQueries({ queryKey: taskAuditKey(taskArn) })
    })
    return () => changes[Symbol.dispose]()
  }, [core, queryClient, taskArn])
}

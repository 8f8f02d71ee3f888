import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ExecRollout, ReadinessReport } from '../../../contract/readiness.ts'

export interface ReadinessState {
  /** The latest report of each task that was checked. */
  readonly reports: Readonly<Record<string, ReadinessReport>>
  /** Deployments that turn exec on or off, the latest of each service. */
  readonly rollouts: Readonly<Record<string, ExecRollout>>
}

export type ReadinessStore = StoreApi<ReadinessState>

export function createReadinessStore(): ReadinessStore {
  return createStore<ReadinessState>(() => ({ reports: {}, rollouts: {} }))
}

export function rolloutKey({
  clusterArn,
  serviceName,
}: Pick<ExecRollout, 'clusterArn' | 'serviceName'>): string {
  return `${clusterArn} ${serviceName}`
}

export function withReport(state: ReadinessState, report: ReadinessReport): ReadinessState {
  return { ...state, reports: { ...state.reports, [report.task.taskArn]: report } }
}

export function withRollout(state: ReadinessState, rollout: ExecRollout): ReadinessState {
  return { ...state, rollouts: { ...state.rollouts, [rolloutKey(rollout)]: rollout } }
}

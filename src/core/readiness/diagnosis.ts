import type { CheckResult, ReadinessReport } from '../../contract/readiness.ts'

const certainties = ['certain', 'likely', 'possible'] as const

/** What bars the way whatever else is wrong comes first among equally certain findings. */
const importance = ['task-status', 'exec-enabled', 'platform', 'exec-agent', 'task-role', 'writable-root']

/**
 * What is behind a stopped agent, the likeliest first. The agent's end is certain and its cause is not,
 * but mending the end alone brings it back.
 */
const behindAgent = ['writable-root', 'task-role', 'network-path', 'outbound-https', 'static-keys']

export type Diagnosis = Pick<ReadinessReport, 'obstacles' | 'diagnosis'>

export function diagnose(checks: readonly CheckResult[]): Diagnosis {
  const obstacles = checks.filter(({ status }) => status === 'blocked').sort(byLikelihood)
  const [first] = obstacles
  if (!first) return { obstacles: [] }
  return {
    obstacles: obstacles.map(({ id }) => id),
    diagnosis: { checkId: first.id, rootCheckId: rootOf(first, checks).id },
  }
}

function rootOf(first: CheckResult, checks: readonly CheckResult[]): CheckResult {
  if (first.id !== 'exec-agent') return first
  const causes = behindAgent.flatMap((id) => checks.find((check) => check.id === id) ?? [])
  return causes.find(({ status }) => status === 'blocked') ?? first
}

function byLikelihood(left: CheckResult, right: CheckResult): number {
  return certaintyOf(left) - certaintyOf(right) || importanceOf(left) - importanceOf(right)
}

function certaintyOf({ certainty = 'possible' }: CheckResult): number {
  return certainties.indexOf(certainty)
}

function importanceOf({ id }: CheckResult): number {
  const place = importance.indexOf(id)
  return place < 0 ? importance.length : place
}

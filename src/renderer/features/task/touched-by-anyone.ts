import type { TouchedTask } from '../../../contract/audit.ts'
import type { CloudEvent } from '../../../contract/cloud-audit.ts'

/** A task is touched by whoever had a shell in it, from this computer or another. */
export function touchedByAnyone(
  taskArn: string,
  here: TouchedTask | undefined,
  events: readonly CloudEvent[],
): TouchedTask | undefined {
  const shells = events.filter(({ refusal }) => refusal === undefined)
  if (shells.length === 0) return here
  const names = shells.map(({ userName }) => userName)
  const containers = shells.flatMap(({ containerName }) => containerName ?? [])
  return {
    taskArn,
    containers: [...new Set([...(here?.containers ?? []), ...containers])],
    sessions: (here?.sessions ?? 0) + shells.length,
    people: [...new Set([...(here?.people ?? []), ...names])],
    since: Math.min(here?.since ?? Number.POSITIVE_INFINITY, ...shells.map(({ at }) => at)),
  }
}

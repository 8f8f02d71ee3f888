import type { TouchedTask } from '../../../contract/audit.ts'
import type { CloudEvent } from '../../../contract/cloud-audit.ts'
import { partitionOf } from '../../aws/partitions.ts'
import type { CloudShell } from './cloud-store.ts'

/**
 * A task is touched by whoever had a shell in it, from this computer or another.
 *
 * @param here of this computer's ledger
 * @param known AWS's ids of the sessions that are in it: they count once
 * @returns the longest touched first
 */
export function touchedByAnyone(
  here: readonly TouchedTask[],
  shells: readonly CloudShell[],
  known: readonly string[],
): TouchedTask[] {
  const counted = new Set(known)
  const tasks = new Map(here.map((task) => [task.taskArn, task]))
  for (const shell of shells) {
    const taskArn = taskArnOf(shell)
    if (taskArn === undefined || counted.has(shell.awsSessionId)) continue
    counted.add(shell.awsSessionId)
    tasks.set(taskArn, withShell(tasks.get(taskArn), taskArn, shell))
  }
  return [...tasks.values()].sort((left, right) => left.since - right.since)
}

function withShell(
  task: TouchedTask | undefined,
  taskArn: string,
  { containerName, userName, at }: CloudShell,
): TouchedTask {
  const containers = [...(task?.containers ?? []), ...(containerName === null ? [] : [containerName])]
  return {
    taskArn,
    containers: [...new Set(containers)].sort(),
    sessions: (task?.sessions ?? 0) + 1,
    people: [...new Set([...(task?.people ?? []), userName])].sort(),
    since: Math.min(task?.since ?? at, at),
  }
}

/** As ECS names the task; undefined for what an event has no word or no Region for. */
export function taskArnOf({
  accountId,
  region,
  clusterName,
  taskId,
}: Pick<CloudEvent, 'accountId' | 'region' | 'taskId'> & { clusterName?: string | null | undefined }):
  | string
  | undefined {
  if (!clusterName) return undefined
  try {
    return `arn:${partitionOf(region).id}:ecs:${region}:${accountId}:task/${clusterName}/${taskId}`
  } catch {
    return undefined
  }
}

import type { Container, Readiness, Task } from '../../contract/catalog.ts'

/** The parts of a task that decide; everything is in the catalog already, so no call is made. */
type TaskFacts = Pick<Task, 'status' | 'desiredStatus' | 'execEnabled'>
type ContainerFacts = Pick<Container, 'status' | 'execAgent' | 'runtimeId'>

/** ECS task life cycle: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html */
const startingStatuses = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING'])

/** Whether ExecuteCommand can work, in the order in which the causes exclude each other. */
export function containerReadiness(task: TaskFacts, container: ContainerFacts): Readiness {
  return taskObstacle(task) ?? containerObstacle(container) ?? { level: 'ready' }
}

function taskObstacle({ status, desiredStatus, execEnabled }: TaskFacts): Readiness | undefined {
  if (status === 'STOPPED') return blocked('Task has stopped', 'TASK_STOPPED')
  if (desiredStatus === 'STOPPED') return blocked('Task is stopping', 'TASK_STOPPED')
  if (!execEnabled) return blocked('Exec is off', 'EXEC_NOT_ENABLED')
  if (startingStatuses.has(status)) return blocked('Task is starting', 'AGENT_NOT_RUNNING')
  return undefined
}

function containerObstacle({ status, execAgent, runtimeId }: ContainerFacts): Readiness | undefined {
  if (status === 'STOPPED') return blocked('Container has stopped', 'TASK_STOPPED')
  if (status !== 'RUNNING') return blocked('Container is starting', 'AGENT_NOT_RUNNING')
  if (execAgent === 'STOPPED') return blocked('Exec agent stopped', 'AGENT_NOT_RUNNING')
  if (execAgent === 'PENDING') return blocked('Exec agent is starting', 'AGENT_NOT_RUNNING')
  if (execAgent === 'ABSENT') return blocked('No exec agent', 'AGENT_NOT_RUNNING')
  return runtimeId ? undefined : { level: 'unknown', reason: 'No runtime id yet' }
}

function blocked(reason: string, code: Readiness['code']): Readiness {
  return { level: 'blocked', reason, code }
}

/** Of a task as a whole: ready when every container is, advice when only some are. */
export function taskReadiness(containers: readonly Pick<Container, 'name' | 'readiness'>[]): Readiness {
  const obstructed = containers.filter(({ readiness }) => readiness.level !== 'ready')
  const [first] = obstructed
  if (!first)
    return containers.length > 0 ? { level: 'ready' } : { level: 'unknown', reason: 'No containers yet' }
  if (obstructed.length === containers.length) return first.readiness
  return { level: 'advice', reason: `${first.name}: ${first.readiness.reason}`, code: first.readiness.code }
}

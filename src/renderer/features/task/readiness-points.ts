import type { Task } from '../../../contract/catalog.ts'
import type { ReadinessReport } from '../../../contract/readiness.ts'
import { phaseOf } from './task-words.ts'

export interface ReadinessPoint {
  state: 'good' | 'advice' | 'bad'
  /** Names of containers may stand in it: untrusted. */
  words: string
}

/** What the catalog alone can say about opening a shell; no call is made for it. */
export function readinessPoints(task: Task): ReadinessPoint[] {
  const phase = phaseOf(task)
  const points: ReadinessPoint[] = [
    phase === 'running'
      ? { state: 'good', words: 'The task is running' }
      : { state: 'bad', words: `The task ${phaseWords[phase]}` },
    task.execEnabled
      ? { state: 'good', words: 'Exec is on for this task' }
      : { state: 'bad', words: 'Exec is off for this task' },
  ]
  if (phase !== 'running' || !task.execEnabled) return points
  const all = task.containers.length
  const running = task.containers.filter(({ execAgent }) => execAgent === 'RUNNING').length
  if (all > 0)
    points.push({
      state: running === all ? 'good' : running === 0 ? 'bad' : 'advice',
      words: `Agent is running in ${running} of ${all} ${all === 1 ? 'container' : 'containers'}`,
    })
  for (const { name, readiness } of task.containers)
    if (readiness.level !== 'ready' && readiness.reason !== undefined)
      points.push({
        state: readiness.level === 'blocked' ? 'bad' : 'advice',
        words: `${name}: ${readiness.reason}`,
      })
  return points
}

/** Of twenty checks, those that everybody wants to know of. */
const alwaysShown = ['caller-permission', 'task-role', 'exec-agent', 'network-path']

/** What the last check of a task found, in a few lines. */
export function reportPoints({ checks, obstacles }: ReadinessReport): ReadinessPoint[] {
  return checks.flatMap(({ id, title, problem, status, quiet, cause }): ReadinessPoint[] => {
    if (status === 'ok') return alwaysShown.includes(id) ? [{ state: 'good', words: title }] : []
    if (obstacles.includes(id)) return [{ state: 'bad', words: cause ?? problem }]
    return status === 'advice' && quiet !== true ? [{ state: 'advice', words: cause ?? problem }] : []
  })
}

const phaseWords = { starting: 'is starting', stopping: 'is stopping', stopped: 'has stopped' }

import { describe, expect, test } from 'vitest'
import { containerReadiness, taskReadiness } from '../../../../src/core/catalog/readiness.ts'

const task = { status: 'RUNNING', desiredStatus: 'RUNNING', execEnabled: true }
const container = { status: 'RUNNING', execAgent: 'RUNNING', runtimeId: 'abc-1' } as const

describe('Readiness from what the catalog knows', () => {
  test.each([
    [{}, {}, { level: 'ready' }],
    [{ execEnabled: false }, {}, { level: 'blocked', reason: 'Exec is off', code: 'EXEC_NOT_ENABLED' }],
    [
      { execEnabled: false, status: 'PENDING' },
      { status: 'PENDING' },
      { level: 'blocked', reason: 'Exec is off', code: 'EXEC_NOT_ENABLED' },
    ],
    [
      { status: 'STOPPED', desiredStatus: 'STOPPED' },
      { status: 'STOPPED' },
      { level: 'blocked', reason: 'Task has stopped', code: 'TASK_STOPPED' },
    ],
    [
      { desiredStatus: 'STOPPED' },
      {},
      { level: 'blocked', reason: 'Task is stopping', code: 'TASK_STOPPED' },
    ],
    [
      { status: 'PROVISIONING' },
      { status: 'PENDING' },
      { level: 'blocked', reason: 'Task is starting', code: 'AGENT_NOT_RUNNING' },
    ],
    [{}, { status: 'STOPPED' }, { level: 'blocked', reason: 'Container has stopped', code: 'TASK_STOPPED' }],
    [
      {},
      { execAgent: 'STOPPED' },
      { level: 'blocked', reason: 'Exec agent stopped', code: 'AGENT_NOT_RUNNING' },
    ],
    [
      {},
      { execAgent: 'PENDING' },
      { level: 'blocked', reason: 'Exec agent is starting', code: 'AGENT_NOT_RUNNING' },
    ],
    [{}, { execAgent: 'ABSENT' }, { level: 'blocked', reason: 'No exec agent', code: 'AGENT_NOT_RUNNING' }],
    [{}, { runtimeId: undefined }, { level: 'unknown', reason: 'No runtime id yet' }],
  ] as const)('task %j, container %j', (taskChange, containerChange, expected) => {
    expect(containerReadiness({ ...task, ...taskChange }, { ...container, ...containerChange })).toEqual(
      expected,
    )
  })

  test('a task is as ready as its containers', () => {
    const ready = { name: 'web', readiness: { level: 'ready' } } as const
    const blocked = {
      name: 'envoy',
      readiness: { level: 'blocked', reason: 'Exec agent stopped', code: 'AGENT_NOT_RUNNING' },
    } as const
    expect(taskReadiness([ready, ready])).toEqual({ level: 'ready' })
    expect(taskReadiness([blocked, blocked])).toEqual(blocked.readiness)
    expect(taskReadiness([ready, blocked])).toEqual({
      level: 'advice',
      reason: 'envoy: Exec agent stopped',
      code: 'AGENT_NOT_RUNNING',
    })
    expect(taskReadiness([])).toEqual({ level: 'unknown', reason: 'No containers yet' })
  })
})

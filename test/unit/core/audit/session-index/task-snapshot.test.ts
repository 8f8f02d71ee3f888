import fc from 'fast-check'
import { expect, test } from 'vitest'
import { taskOfSnapshot } from '../../../../../src/core/audit/session-index/task-snapshot.ts'
import { noon, taskArn } from '../audit-fixtures.ts'

const facts = { at: noon, userName: 'ada' }

const task = {
  taskArn,
  taskDefinitionArn: 'arn:aws:ecs:eu-central-1:111122223333:task-definition/shop:12',
  clusterArn: 'arn:aws:ecs:eu-central-1:111122223333:cluster/web',
  group: 'service:shop',
  lastStatus: 'RUNNING',
  startedAt: '2026-11-20T09:00:00.000Z',
  cpu: '256',
  containers: [{ name: 'nginx', image: 'nginx:1', imageDigest: 'sha256:aa', runtimeId: 'x-1' }],
}

test('a snapshot becomes the task that the catalog would show', () => {
  const snapshot = { task, cluster: { execLogging: { mode: 'OVERRIDE', bucket: 'transcripts' } } }
  expect(taskOfSnapshot({ ...facts, snapshot })).toMatchObject({
    at: noon,
    userName: 'ada',
    execLogging: { mode: 'OVERRIDE', bucket: 'transcripts' },
    task: {
      arn: taskArn,
      serviceName: 'shop',
      taskDefinition: 'shop:12',
      startedAt: Date.UTC(2026, 10, 20, 9),
      cpu: 256,
      containers: [{ name: 'nginx', imageDigest: 'sha256:aa', readiness: { level: 'unknown' } }],
    },
  })
})

test('whatever a snapshot holds, it is a task or nothing', () => {
  fc.assert(
    fc.property(
      fc.anything(),
      fc.dictionary(fc.constantFrom(...Object.keys(task)), fc.anything()),
      (any, odd) => {
        expect(() => taskOfSnapshot({ ...facts, snapshot: any })).not.toThrow()
        expect(() => taskOfSnapshot({ ...facts, snapshot: { task: { ...task, ...odd } } })).not.toThrow()
      },
    ),
    { numRuns: 300 },
  )
  expect(
    taskOfSnapshot({ ...facts, snapshot: { task: { taskArn, startedAt: 'soon' } } })?.task.startedAt,
  ).toBe(undefined)
})

import { expect, test } from 'vitest'
import { seemsStopped } from '../../../../src/core/session/task-presence.ts'
import { sampleCluster, sampleContainer, sampleTask } from '../../../fixtures/session-samples.ts'

const running = sampleTask()
const stoppedContainers = running.containers.map((container) => ({ ...container, status: 'STOPPED' }))

test.each([
  ['a running task', running, false],
  ['a task told to stop whose container still runs', { ...running, desiredStatus: 'STOPPED' }, false],
  [
    'a task told to stop whose container has ended',
    { ...running, status: 'STOPPING', desiredStatus: 'STOPPED', containers: stoppedContainers },
    true,
  ],
  ['a running task one of whose containers has ended', { ...running, containers: stoppedContainers }, false],
  ['a task that is taken down', { ...running, status: 'DEPROVISIONING' }, true],
])('%s', (_, task, expected) => {
  expect(seemsStopped(sampleCluster([task]), sampleContainer)).toBe(expected)
})

test('a task that is not in its cluster any more', () => {
  expect(seemsStopped(sampleCluster([]), sampleContainer)).toBe(true)
})

test('other clusters, and the same cluster seen by another role, say nothing', () => {
  const other = { ...sampleCluster([]), arn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/other' }
  expect(seemsStopped(other, sampleContainer)).toBe(false)
  const foreign = { ...sampleCluster([]), scope: { ...sampleContainer.scope, roleName: 'ReadOnly' } }
  expect(seemsStopped(foreign, sampleContainer)).toBe(false)
})

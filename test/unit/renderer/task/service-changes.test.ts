import { expect, test } from 'vitest'
import type { Deployment, Service, ServiceEvent } from '../../../../src/contract/catalog.ts'
import { serviceChanges } from '../../../../src/renderer/features/task/service-changes.ts'
import { sampleTask } from '../../../fixtures/session-samples.ts'

const task = sampleTask({ serviceName: 'api', startedAt: 100 })

function deployment(id: string, createdAt: number, rolloutState?: string): Deployment {
  const counts = { desiredCount: 1, runningCount: 1, pendingCount: 0, failedTasks: 0 }
  return { id, status: 'ACTIVE', taskDefinition: `api:${id}`, createdAt, rolloutState, ...counts }
}

function event(id: string, at: number, message: string): ServiceEvent {
  return { id, at, message }
}

function service(changes: Partial<Service>): Service {
  return {
    arn: 'service',
    name: 'api',
    status: 'ACTIVE',
    desiredCount: 1,
    runningCount: 1,
    pendingCount: 0,
    taskDefinition: 'api:1',
    execEnabled: true,
    deployments: [],
    events: [],
    targets: [],
    tags: {},
    ...changes,
  }
}

test('deployments since the task started are told, newest first, by how they went', () => {
  const deployments = [
    deployment('1', 50, 'COMPLETED'),
    deployment('2', 150, 'FAILED'),
    deployment('3', 200, 'IN_PROGRESS'),
    deployment('4', 180),
  ]
  const told = serviceChanges(task, [service({ deployments })])
  expect(told.map(({ subject, words }) => `${subject} ${words}`)).toEqual([
    'api:3 is being deployed',
    'api:4 deployed',
    'api:2 failed to deploy',
  ])
})

test('of the events those count that are about the task or a roll-back', () => {
  const events = [
    event('a', 110, '(service api) has reached a steady state.'),
    event('b', 120, `(service api) has started 1 tasks: (task ${task.id}).`),
    event('c', 130, '(service api) rolling back to deployment ecs-svc/1.'),
    event('d', 90, `(service api) has started 1 tasks: (task ${task.id}).`),
  ]
  const told = serviceChanges(task, [service({ events })])
  expect(told.map(({ detail }) => detail)).toEqual([
    'rolling back to deployment ecs-svc/1.',
    `has started 1 tasks: (task ${task.id}).`,
  ])
})

test('nothing after the task stopped, of another service, or of a task without one', () => {
  const services = [service({ deployments: [deployment('2', 150)] })]
  expect(serviceChanges({ ...task, stoppedAt: 120 }, services)).toEqual([])
  expect(serviceChanges({ ...task, serviceName: 'worker' }, services)).toEqual([])
  expect(serviceChanges({ ...task, serviceName: undefined }, services)).toEqual([])
})

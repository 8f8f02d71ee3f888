import { describe, expect, test } from 'vitest'
import type { Container, Task } from '../../../../src/contract/catalog.ts'
import { readinessPoints } from '../../../../src/renderer/features/task/readiness-points.ts'
import {
  phaseOf,
  platformText,
  shortArn,
  shortImage,
  sizeText,
  takesShells,
} from '../../../../src/renderer/features/task/task-words.ts'
import { formatBytes } from '../../../../src/renderer/ui/bytes.ts'

test.each([
  [
    { launchType: 'FARGATE', platformVersion: '1.4.0', platformFamily: 'Linux', architecture: 'x86_64' },
    'Fargate 1.4.0, Linux x86_64',
  ],
  [
    { launchType: 'FARGATE', platformFamily: 'WINDOWS_SERVER_2022_CORE' },
    'Fargate, Windows Server 2022 Core',
  ],
  [{ launchType: 'EC2', architecture: 'arm64' }, 'EC2, arm64'],
  [{ launchType: 'NEW_KIND' }, 'NEW_KIND'],
])('a platform is told as far as it is known', (task, words) => {
  expect(platformText(task)).toBe(words)
})

test.each([
  [{ cpu: 1024, memory: 2048 }, '1 vCPU, 2 GB'],
  [{ cpu: 256, memory: 512 }, '0.25 vCPU, 512 MB'],
  [{ memory: 1536 }, '1.5 GB'],
  [{}, undefined],
])('a size is told in the units of the price list', (task, words) => {
  expect(sizeText(task)).toBe(words)
})

test.each([
  [
    '111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/storefront-nginx:2026.11.16-1',
    'storefront-nginx:2026.11.16-1',
  ],
  ['nginx', 'nginx'],
  [`public.ecr.aws/nginx/nginx@sha256:${'0123456789abcdef'.repeat(4)}`, 'nginx@0123456789ab'],
])('an image is called by its own name', (image, short) => {
  expect(shortImage(image)).toBe(short)
})

test.each([
  ['alias/ecs-exec', 'alias/ecs-exec'],
  ['arn:aws:kms:eu-west-1:111122223333:alias/ecs-exec', 'alias/ecs-exec'],
  ['arn:aws:kms:eu-west-1:111122223333:key/1234abcd', '1234abcd'],
  ['/ecs/exec/web', '/ecs/exec/web'],
])('a key is called by its last part', (arn, short) => {
  expect(shortArn(arn)).toBe(short)
})

test.each([
  ['PROVISIONING', 'RUNNING', 'starting'],
  ['RUNNING', 'RUNNING', 'running'],
  ['RUNNING', 'STOPPED', 'stopping'],
  ['DEPROVISIONING', 'STOPPED', 'stopping'],
  ['STOPPED', 'STOPPED', 'stopped'],
] as const)('a task that is %s and shall be %s is %s', (status, desiredStatus, phase) => {
  expect(phaseOf({ status, desiredStatus })).toBe(phase)
  expect(takesShells({ status, desiredStatus })).toBe(desiredStatus === 'RUNNING')
})

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1000, '1 KB'],
  [14_336, '14 KB'],
  [1_258_291, '1.2 MB'],
  [1_047_900, '1 MB'],
  [52_428_800, '50 MB'],
])('%i bytes are %s', (bytes, words) => {
  expect(formatBytes(bytes)).toBe(words)
})

describe('readiness in points', () => {
  const container = (name: string, change: Partial<Container> = {}): Container => ({
    name,
    image: 'image',
    status: 'RUNNING',
    health: 'HEALTHY',
    execAgent: 'RUNNING',
    ports: [],
    readiness: { level: 'ready' },
    ...change,
  })
  const task = (change: Partial<Task>): Task => ({
    arn: 'arn',
    id: 'id',
    clusterArn: 'cluster',
    status: 'RUNNING',
    desiredStatus: 'RUNNING',
    launchType: 'FARGATE',
    taskDefinitionArn: 'arn',
    taskDefinition: 'storefront:187',
    execEnabled: true,
    tags: {},
    containers: [container('nginx'), container('app')],
    readiness: { level: 'ready' },
    ...change,
  })
  const told = (change: Partial<Task>) =>
    readinessPoints(task(change)).map(({ state, words }) => `${state}: ${words}`)

  test('says what is well', () => {
    expect(told({})).toEqual([
      'good: The task is running',
      'good: Exec is on for this task',
      'good: Agent is running in 2 of 2 containers',
    ])
  })

  test('names the container that is not', () => {
    const stopped = container('app', {
      execAgent: 'STOPPED',
      readiness: { level: 'blocked', reason: 'Exec agent stopped' },
    })
    expect(told({ containers: [container('nginx'), stopped] }).slice(2)).toEqual([
      'advice: Agent is running in 1 of 2 containers',
      'bad: app: Exec agent stopped',
    ])
  })

  test('stops at the cause that excludes the others', () => {
    expect(told({ execEnabled: false })).toEqual([
      'good: The task is running',
      'bad: Exec is off for this task',
    ])
    expect(told({ desiredStatus: 'STOPPED' })[0]).toBe('bad: The task is stopping')
  })
})

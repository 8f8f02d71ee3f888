import { beforeEach, describe, expect, it } from 'vitest'
import type {
  ContainerRuntime,
  ContainerSpec,
  RunningContainer,
} from '../../../../src/sandbox/containers/container-runtime.ts'
import { Trail } from '../../../../src/sandbox/services/cloudtrail/trail.ts'
import { ContainerHost } from '../../../../src/sandbox/services/ecs/container-host.ts'
import {
  EcsState,
  type LiveService,
  type LiveTask,
  tasksOf,
} from '../../../../src/sandbox/services/ecs/ecs-state.ts'
import { Scheduler } from '../../../../src/sandbox/services/ecs/scheduler.ts'
import { KeyStore } from '../../../../src/sandbox/services/kms/key-store.ts'
import { LogStore } from '../../../../src/sandbox/services/logs/log-store.ts'
import { ObjectStore } from '../../../../src/sandbox/services/s3/object-store.ts'
import { seedWorld } from '../../../../src/sandbox/services/seed-world.ts'
import { SessionRegister } from '../../../../src/sandbox/services/ssm/session-register.ts'
import { Transcripts } from '../../../../src/sandbox/services/ssm/transcripts.ts'
import { describeWorld } from '../../../../src/sandbox/world/world.ts'
import { ManualClock } from '../message-gateway/manual-clock.ts'

/** Counts what runs; a container ends when it is stopped or told to. */
class CountingRuntime implements ContainerRuntime {
  readonly kind = 'simulated'
  readonly running = new Map<string, () => void>()
  /** Message of the next start's failure. */
  failure: string | undefined

  async start(spec: ContainerSpec): Promise<RunningContainer> {
    if (this.failure) throw new Error(this.failure)
    const exited = Promise.withResolvers<void>()
    const end = () => {
      this.running.delete(spec.id)
      exited.resolve()
    }
    this.running.set(spec.id, end)
    return {
      exec: () => Promise.reject(new Error('Nothing is executed here.')),
      stop: async () => end(),
      exited: exited.promise,
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

const place = { accountId: '111122223333', region: 'eu-west-1' }
let clock: ManualClock
let runtime: CountingRuntime
let scheduler: Scheduler
let stoppedSessions: string[]
let storefront: LiveService

beforeEach(() => {
  clock = new ManualClock()
  runtime = new CountingRuntime()
  stoppedSessions = []
  const state = new EcsState()
  const logs = new LogStore(clock)
  const objects = new ObjectStore()
  const host = new ContainerHost({
    runtime,
    logs,
    onExit: (task, container) => scheduler.containerExited(task, container),
  })
  scheduler = new Scheduler({ clock, host, gateway: { taskStopped: (arn) => stoppedSessions.push(arn) } })
  seedWorld(describeWorld(), {
    state,
    keys: new KeyStore(),
    logs,
    objects,
    trail: new Trail(),
    register: new SessionRegister(),
    transcripts: new Transcripts(logs, objects),
    now: clock.now(),
  })
  const service = state.cluster(place, 'web')?.services.get('storefront')
  if (!service) throw new Error('The world has no storefront.')
  storefront = service
})

/** Lets a second pass in steps, so that what promises start is scheduled too. */
async function pass(milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 50) {
    clock.advance(50)
    await new Promise(setImmediate)
  }
}

function live(): LiveTask[] {
  return tasksOf(storefront).filter((task) => task.desiredStatus === 'RUNNING')
}

function first(): LiveTask {
  const [task] = live()
  if (!task) throw new Error('No task is left.')
  return task
}

describe('a service', () => {
  it('replaces a task that is stopped within two seconds', async () => {
    const task = first()
    scheduler.stop(task, 'UserInitiated', 'Replaced by ana')
    const replacement = live().find((each) => each.createdAt === clock.now())
    expect(replacement?.lastStatus).toBe('PROVISIONING')
    expect(task.lastStatus).toBe('DEACTIVATING')
    const seen = new Set<string>()
    for (let step = 0; step < 40; step += 1) {
      await pass(50)
      seen.add(
        `${task.lastStatus} ${replacement?.lastStatus} ${replacement?.containers[0]?.agent?.lastStatus}`,
      )
    }
    expect(task).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'Replaced by ana',
    })
    expect(replacement?.lastStatus).toBe('RUNNING')
    expect([...seen].some((states) => states.endsWith('PENDING PENDING'))).toBe(true)
    expect([...seen].some((states) => states.endsWith('RUNNING PENDING'))).toBe(true)
    expect([...seen].at(-1)).toBe('STOPPED RUNNING RUNNING')
    expect(stoppedSessions).toEqual([task.arn])
  })

  it('starts the page of a new task, reports where, and ends it with the task', async () => {
    scheduler.stop(first(), 'UserInitiated', 'test')
    await pass(2000)
    const page = live()
      .at(-1)
      ?.containers.find((container) => container.description.name === 'nginx')
    expect(page?.hostPort).toBeGreaterThan(0)
    expect(runtime.running.size).toBe(1)
    const task = live().at(-1)
    if (task) scheduler.stop(task, 'UserInitiated', 'test')
    await pass(2000)
    expect(runtime.running.has(`${task?.id}-nginx`)).toBe(false)
  })

  it('replaces a task whose essential container ended by itself', async () => {
    scheduler.stop(first(), 'UserInitiated', 'test')
    await pass(2000)
    const task = live().at(-1)
    runtime.running.get(`${task?.id}-nginx`)?.()
    await pass(2000)
    expect(task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'EssentialContainerExited' })
    expect(live()).toHaveLength(3)
  })

  it('rolls a deployment out before it stops what it replaces', async () => {
    const before = live()
    const [deployment] = storefront.deployments
    if (!deployment) throw new Error('The service has no deployment.')
    const next = scheduler.deploy(storefront, deployment.definition)
    await pass(400)
    expect(before.every((task) => task.desiredStatus === 'RUNNING')).toBe(true)
    await pass(3000)
    expect(before.every((task) => task.lastStatus === 'STOPPED')).toBe(true)
    expect(live().every((task) => task.startedBy === next.id)).toBe(true)
    expect(live()).toHaveLength(3)
    expect(next.rolloutState).toBe('COMPLETED')
    expect(storefront.deployments).toEqual([next])
  })

  it('scales down and up', async () => {
    storefront.desiredCount = 1
    scheduler.reconcile(storefront)
    await pass(2000)
    expect(live()).toHaveLength(1)
    storefront.desiredCount = 4
    scheduler.reconcile(storefront)
    await pass(2000)
    expect(live().filter((task) => task.lastStatus === 'RUNNING')).toHaveLength(4)
  })

  it('waits longer each time before it tries again what cannot start', async () => {
    runtime.failure = 'no room'
    scheduler.stop(first(), 'UserInitiated', 'test')
    await pass(1000)
    const failed = tasksOf(storefront).filter((task) => task.stopCode === 'TaskFailedToStart')
    expect(failed).toHaveLength(1)
    expect(failed[0]?.stoppedReason).toContain('no room')
    await pass(10_000)
    const tries = tasksOf(storefront).filter((task) => task.stopCode === 'TaskFailedToStart').length
    expect(tries).toBeGreaterThan(1)
    expect(tries).toBeLessThan(5)
    runtime.failure = undefined
    await pass(10_000)
    expect(live().filter((task) => task.lastStatus === 'RUNNING')).toHaveLength(3)
  })
})

it('describes a stopped task for an hour, and then forgets it', async () => {
  const task = first()
  scheduler.stop(task, 'UserInitiated', 'test')
  await pass(2000)
  clock.advance(3500_000)
  expect(task.cluster.tasks.has(task.id)).toBe(true)
  clock.advance(200_000)
  expect(task.cluster.tasks.has(task.id)).toBe(false)
})

it('leaves no timer behind when it is disposed in the middle of things', async () => {
  scheduler.stop(first(), 'UserInitiated', 'test')
  await pass(200)
  expect(clock.pendingTimers).toBeGreaterThan(0)
  await scheduler[Symbol.asyncDispose]()
  await pass(1000)
  expect(clock.pendingTimers).toBe(0)
})

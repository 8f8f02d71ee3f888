import type { Cluster as EcsCluster, Service as EcsService, Task as EcsTask } from '@aws-sdk/client-ecs'
import { beforeEach, describe, expect, test } from 'vitest'
import type { CatalogScope, Cluster } from '../../../../src/contract/catalog.ts'
import { type ErrorCode, PortholeError } from '../../../../src/contract/errors.ts'
import type { EcsReader } from '../../../../src/core/catalog/ecs-reader.ts'
import { createScopePoller, type ScopePoller } from '../../../../src/core/catalog/scope-poller.ts'
import { createHandClock, type HandClock } from '../../../fixtures/hand-clock.ts'

const scope = { identityId: 'sso:corp', accountId: '1', roleName: 'R', region: 'eu-west-1' }
const arnOf = (name: string) => `arn:aws:ecs:eu-west-1:1:cluster/${name}`

/** What "AWS" answers; a test changes it between rounds. */
interface World {
  clusters: string[]
  services: Record<string, EcsService[]>
  tasks: Record<string, EcsTask[]>
  failing: Partial<Record<keyof EcsReader, ErrorCode>>
  asked: { alsoArns: string[]; calls: number }
}

let world: World
let clock: HandClock
let poller: ScopePoller
let told: { scopes: CatalogScope[]; clusters: Cluster[]; gone: string[] }
let roundDone: () => Promise<void>

beforeEach(() => {
  clock = createHandClock()
  world = {
    clusters: ['web', 'batch'],
    services: { web: [service()] },
    tasks: { web: [task('1', 'RUNNING')] },
    failing: {},
    asked: { alsoArns: [], calls: 0 },
  }
  told = { scopes: [], clusters: [], gone: [] }
  poller = createScopePoller({
    scope,
    clock,
    random: () => 0.5,
    reader: reader(),
    events: {
      scope: (state) => told.scopes.push(state),
      cluster: (cluster) => told.clusters.push(cluster),
      clusterGone: (arn) => told.gone.push(arn),
    },
  })
  // A round is over when it has set the timer for the next one.
  roundDone = async () => {
    for (let turn = 0; turn < 1000 && clock.pendingTimers === 0; turn++) await Promise.resolve()
    expect(clock.pendingTimers).toBe(1)
  }
})

function reader(): EcsReader {
  const fail = (call: keyof EcsReader) => {
    const code = world.failing[call]
    if (code) throw new PortholeError({ code, message: `${call} failed` })
  }
  const nameOf = (arn: string) => arn.slice(arn.lastIndexOf('/') + 1)
  return {
    async clusterArns() {
      world.asked.calls++
      fail('clusterArns')
      return world.clusters.map(arnOf)
    },
    async clusters(_scope, arns): Promise<EcsCluster[]> {
      fail('clusters')
      return arns.map((clusterArn) => ({ clusterArn, status: 'ACTIVE' }))
    },
    async services(_scope, arn) {
      fail('services')
      return world.services[nameOf(arn)] ?? []
    },
    stoppedTasks: () => Promise.reject(new Error('Nobody asked for what has stopped.')),
    async tasks(_scope, arn, alsoArns) {
      if (nameOf(arn) === 'web') world.asked.alsoArns = alsoArns
      fail('tasks')
      return world.tasks[nameOf(arn)] ?? []
    },
  }
}

function service(change: EcsService = {}): EcsService {
  return { serviceArn: 'arn:s/api', desiredCount: 1, runningCount: 1, pendingCount: 0, ...change }
}

function task(id: string, lastStatus: string, desiredStatus = 'RUNNING'): EcsTask {
  return { taskArn: `arn:t/${id}`, lastStatus, desiredStatus, createdAt: new Date(Number(id)) }
}

function statusesInWeb(): string[] {
  const web = poller.clusters().find(({ name }) => name === 'web')
  return (web?.tasks ?? []).map(({ id, status }) => `${id} ${status}`)
}

describe('Scope poller', () => {
  test('tells every cluster and the scope, then only what changed', async () => {
    expect(poller.state()).toMatchObject({ state: 'loading', clusterArns: [] })
    poller.start()
    await roundDone()
    expect(told.clusters.map(({ name }) => name).sort()).toEqual(['batch', 'web'])
    const clusterArns = [arnOf('batch'), arnOf('web')]
    // The names first: they are the first rows.
    expect(told.scopes).toMatchObject([
      { state: 'loading', clusterArns },
      { state: 'ready', clusterArns },
    ])

    clock.advance(15_000)
    await roundDone()
    expect(world.asked.calls).toBe(2)
    expect(told.clusters).toHaveLength(2)
    expect(told.scopes).toHaveLength(2)
    expect(poller.clusters()[0]?.updatedAt).toBe(clock.now())

    world.tasks.web = [task('2', 'RUNNING'), task('1', 'RUNNING')]
    clock.advance(15_000)
    await roundDone()
    expect(told.clusters).toHaveLength(3)
    expect(statusesInWeb()).toEqual(['1 RUNNING', '2 RUNNING'])
  })

  test('looks more often while something is changing, and follows a stopping task to its end', async () => {
    poller.start()
    await roundDone()
    world.services.web = [service({ runningCount: 0, pendingCount: 1 })]
    world.tasks.web = [task('1', 'DEPROVISIONING', 'STOPPED'), task('2', 'PENDING')]
    clock.advance(15_000)
    await roundDone()
    expect(world.asked.alsoArns).toEqual(['arn:t/1'])
    expect(statusesInWeb()).toEqual(['1 DEPROVISIONING', '2 PENDING'])

    world.services.web = [service()]
    world.tasks.web = [task('1', 'STOPPED', 'STOPPED'), task('2', 'RUNNING')]
    clock.advance(5_000)
    await roundDone()
    expect(statusesInWeb()).toEqual(['2 RUNNING'])
    clock.advance(5_000)
    expect(world.asked.calls).toBe(3)
  })

  test('says when a cluster is gone', async () => {
    poller.start()
    await roundDone()
    world.clusters = ['web']
    clock.advance(15_000)
    await roundDone()
    expect(told.gone).toEqual([arnOf('batch')])
    expect(told.scopes.at(-1)?.clusterArns).toEqual([arnOf('web')])
  })

  test('a part that cannot be read is a problem, and the rest and what was known stay', async () => {
    poller.start()
    await roundDone()
    world.failing = { services: 'ACCESS_DENIED' }
    world.tasks.web = [task('1', 'RUNNING'), task('2', 'RUNNING')]
    clock.advance(15_000)
    await roundDone()
    const web = poller.clusters().find(({ name }) => name === 'web')
    expect(web?.problems).toMatchObject([{ code: 'ACCESS_DENIED', message: 'services failed' }])
    expect(web?.services).toHaveLength(1)
    expect(web?.tasks).toHaveLength(2)
    expect(poller.state().state).toBe('ready')
  })

  test('clusters that may only be listed still show what is in them', async () => {
    world.failing = { clusters: 'ACCESS_DENIED' }
    poller.start()
    await roundDone()
    const web = poller.clusters().find(({ name }) => name === 'web')
    expect(web).toMatchObject({ status: 'UNKNOWN', problems: [{ message: 'clusters failed' }] })
    expect(web?.tasks).toHaveLength(1)
  })

  test('a scope that was never read has failed; a known one keeps its clusters and names the error', async () => {
    world.failing = { clusterArns: 'SSO_EXPIRED' }
    poller.start()
    await roundDone()
    expect(told.scopes).toMatchObject([{ state: 'failed', error: { code: 'SSO_EXPIRED' } }])
    world.failing = {}
    clock.advance(15_000)
    await roundDone()
    expect(poller.state().error).toBeUndefined()
    world.failing = { clusterArns: 'SSO_EXPIRED' }
    clock.advance(15_000)
    await roundDone()
    expect(poller.state()).toMatchObject({ state: 'ready', error: { code: 'SSO_EXPIRED' } })
    expect(poller.clusters()).toHaveLength(2)
  })

  test('backs off while AWS throttles, and is back at once when it does not', async () => {
    world.failing = { tasks: 'THROTTLED' }
    poller.start()
    for (const [wait, calls] of [
      [30_000, 2],
      [60_000, 3],
      [120_000, 4],
      [120_000, 5],
    ] as const) {
      await roundDone()
      clock.advance(wait - 1)
      expect(world.asked.calls).toBe(calls - 1)
      if (calls === 5) world.failing = {}
      clock.advance(1)
      expect(world.asked.calls).toBe(calls)
    }
    await roundDone()
    clock.advance(15_000)
    expect(world.asked.calls).toBe(6)
  })

  test('asks rarely where it may not look', async () => {
    world.failing = { clusterArns: 'ACCESS_DENIED' }
    poller.start()
    await roundDone()
    clock.advance(59_999)
    expect(world.asked.calls).toBe(1)
    clock.advance(1)
    expect(world.asked.calls).toBe(2)
  })

  test('refresh looks at once; stopped, nothing is asked or told any more', async () => {
    poller.start()
    await roundDone()
    await poller.refresh()
    expect(world.asked.calls).toBe(2)
    world.clusters = []
    const refreshed = poller.refresh()
    poller.stop()
    await refreshed
    expect(told.gone).toEqual([])
    expect(clock.pendingTimers).toBe(0)
    await poller.refresh()
    expect(world.asked.calls).toBe(3)
  })
})

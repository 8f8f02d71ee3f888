import { describe, expect, it } from 'vitest'
import { isAllowed } from '../../../../src/sandbox/services/identity/policy.ts'
import { describeWorld } from '../../../../src/sandbox/world/world.ts'
import type { ClusterDescription, TaskRoleDescription } from '../../../../src/sandbox/world/world-types.ts'

function clustersOf(world: ReturnType<typeof describeWorld>, region: string): ClusterDescription[] {
  return world.accounts.flatMap((account) =>
    account.regions.filter((each) => each.name === region).flatMap((each) => each.clusters),
  )
}

function mayOpenChannels({ policy }: TaskRoleDescription): boolean {
  return isAllowed(policy, { action: 'ssmmessages:OpenDataChannel', resource: '*' })
}

function runningTasks(cluster: ClusterDescription): number {
  const ofServices = cluster.services.reduce((sum, service) => sum + (service.tasks?.length ?? 0), 0)
  return ofServices + (cluster.standalone?.length ?? 0)
}

describe('the world', () => {
  it('is the one of the mockups: 35 tasks in three accounts', () => {
    const counts = clustersOf(describeWorld(), 'eu-west-1').map((cluster) => [
      cluster.name,
      runningTasks(cluster),
    ])
    expect(counts).toEqual([
      ['web', 18],
      ['data', 6],
      ['web', 9],
      ['batch', 2],
    ])
  })

  it('has every case that the product must handle', () => {
    const clusters = clustersOf(describeWorld(), 'eu-west-1')
    const services = clusters.flatMap((cluster) => cluster.services)
    const agents = services
      .flatMap((service) => service.tasks ?? [])
      .flatMap((task) => Object.values(task.agents ?? {}))
    expect(services.some((service) => !service.execEnabled)).toBe(true)
    expect(services.some(({ definition: { role } }) => role && !mayOpenChannels(role))).toBe(true)
    expect(services.some((service) => service.launchType === 'EC2')).toBe(true)
    expect(services.some((service) => service.definition.platform?.startsWith('WINDOWS'))).toBe(true)
    expect(services.some((service) => service.definition.pidMode === 'task')).toBe(true)
    expect(agents.some((agent) => agent.status === 'STOPPED')).toBe(true)
    expect(clusters.some((cluster) => cluster.execution?.keyAlias)).toBe(true)
    expect(clusters.some((cluster) => cluster.execution?.logging === 'NONE')).toBe(true)
    expect(clusters.some((cluster) => cluster.execution === undefined)).toBe(true)
    expect(clusters.some((cluster) => (cluster.stopped?.length ?? 0) > 0)).toBe(true)
  })

  it.each([1, 24, 25, 26, 5000])('grows by exactly %i tasks', (tasks) => {
    const fleet = fleetOf(describeWorld({ tasks })).flatMap(({ clusters }) => clusters)
    expect(fleet.reduce((sum, cluster) => sum + runningTasks(cluster), 0)).toBe(tasks)
  })

  it('spreads 5,000 tasks over 50 clusters in three accounts', () => {
    const counts = fleetOf(describeWorld({ tasks: 5000 })).map(({ clusters }) => clusters.length)
    expect(counts.filter((count) => count > 0)).toEqual([17, 17, 16])
  })
})

function fleetOf({ accounts }: ReturnType<typeof describeWorld>) {
  return accounts.map(({ regions }) => ({
    clusters: regions.flatMap(({ clusters }) => clusters).filter(({ name }) => name.startsWith('fleet')),
  }))
}

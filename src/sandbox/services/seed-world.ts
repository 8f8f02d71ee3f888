import { firstFleetCluster } from '../world/fleet.ts'
import { pastLines } from '../world/log-history.ts'
import type {
  BucketDescription,
  ClusterDescription,
  RegionDescription,
  ServiceDescription,
  StandaloneDescription,
  StoppedDescription,
  TaskDefinitionDescription,
  TaskDescription,
  WorldDescription,
} from '../world/world-types.ts'
import { type LiveNetwork, liveNetwork } from './ec2/network.ts'
import { clusterArn, type Place, serviceArn, taskDefinitionArn } from './ecs/arns.ts'
import { awslogsGroup, logStreamName } from './ecs/container-logs.ts'
import type { LiveCluster, LiveService, LiveTask, LiveTaskDefinition } from './ecs/ecs-state.ts'
import { markRunning, newTask } from './ecs/new-task.ts'
import { recordServiceEvent } from './ecs/service-events.ts'
import { stableHex, stableNumber } from './identifiers.ts'
import type { KeyStore } from './kms/key-store.ts'
import type { LogStore } from './logs/log-store.ts'
import type { ObjectStore } from './s3/object-store.ts'
import { type PastSessionParts, seedPastSession } from './seed-past-session.ts'

const minute = 60_000
/** Agents report a few seconds after their task runs. */
const agentDelay = 4000
/** From accepted to running, as Fargate needs it. */
const startDuration = 34_000
/** Definitions are registered shortly before their first task. */
const registrationLead = 20 * minute

export interface SeedParts extends PastSessionParts {
  keys: KeyStore
  logs: LogStore
  objects: ObjectStore
}

/** Makes the described world live: everything is as if it had been running for days. */
export function seedWorld(world: WorldDescription, parts: SeedParts): void {
  const regions = world.accounts.flatMap((account) =>
    account.regions.map((region) => {
      const place = { accountId: account.id, region: region.name }
      return { region, seed: new RegionSeed(world, place, parts) }
    }),
  )
  for (const { region, seed } of regions) seed.seedStores(region)
  for (const { region, seed } of regions) seed.seed(region)
}

class RegionSeed {
  readonly #world: WorldDescription
  readonly #place: Place
  readonly #parts: SeedParts

  constructor(world: WorldDescription, place: Place, parts: SeedParts) {
    this.#world = world
    this.#place = place
    this.#parts = parts
  }

  /** What a cluster in another Region may use. */
  seedStores(region: RegionDescription): void {
    for (const key of region.keys ?? [])
      this.#parts.keys.add(this.#kmsArn(`key/${key.id}`), this.#kmsArn(key.alias), key.state)
    for (const bucket of region.buckets ?? []) this.#seedBucket(bucket)
  }

  seed(region: RegionDescription): void {
    const network = liveNetwork(this.#place, this.#networkNumber(), region.network ?? {})
    for (const cluster of region.clusters) this.#seedCluster(cluster, network)
    for (const session of region.pastSessions ?? []) seedPastSession(session, this.#place, this.#parts)
  }

  #seedBucket({ name, encryption = 'AES256', keyAlias }: BucketDescription): void {
    const keyArn = keyAlias && this.#parts.keys.resolve(this.#kmsArn(keyAlias))
    this.#parts.objects.addBucket({ ...this.#place, name, encryption, keyArn })
  }

  #seedCluster(description: ClusterDescription, network: LiveNetwork): void {
    const { execution } = description
    const cluster: LiveCluster = {
      ...this.#place,
      name: description.name,
      arn: clusterArn(this.#place, description.name),
      tags: description.tags ?? {},
      execution,
      keyArn: execution?.keyAlias && this.#parts.keys.resolve(this.#kmsArn(execution.keyAlias)),
      network,
      services: new Map(),
      tasks: new Map(),
    }
    this.#parts.state.addCluster(cluster)
    for (const service of description.services) this.#seedService(cluster, service)
    for (const task of description.standalone ?? []) this.#seedStandalone(cluster, task)
    for (const task of description.stopped ?? []) this.#seedStopped(cluster, task)
  }

  #seedService(cluster: LiveCluster, description: ServiceDescription): void {
    const { name } = description
    const tasks = description.tasks ?? []
    const oldest = Math.max(0, ...tasks.map((task) => task.ageMinutes ?? 0))
    const deployedAt = this.#parts.now - (oldest + 1) * minute
    const definition = this.#define(description.definition, deployedAt)
    const service: LiveService = {
      cluster,
      name,
      arn: serviceArn(cluster, cluster.name, name),
      desiredCount: description.desiredCount,
      capacity: description.capacity ?? Number.POSITIVE_INFINITY,
      launchType: description.launchType ?? 'FARGATE',
      execEnabled: description.execEnabled,
      tags: description.tags ?? {},
      publicIp: description.publicIp ?? false,
      createdAt: deployedAt - 90 * 24 * 60 * minute,
      deployments: [
        {
          id: stableDeploymentId(`${cluster.arn} ${name}`),
          definition,
          createdAt: deployedAt,
          updatedAt: deployedAt + startDuration,
          rolloutState: 'COMPLETED',
          failedTasks: 0,
        },
      ],
      events: [],
    }
    cluster.services.set(name, service)
    tasks.forEach((task, index) => {
      this.#seedServiceTask(service, task, `${name} ${index}`)
    })
    recordServiceEvent(service, deployedAt + startDuration, 'has reached a steady state.')
    if (tasks.length < service.desiredCount) {
      recordServiceEvent(
        service,
        this.#parts.now - 11 * minute,
        'was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.',
      )
    }
  }

  #seedServiceTask(service: LiveService, description: TaskDescription, seed: string): void {
    const [deployment] = service.deployments
    if (deployment === undefined) return
    const task = newTask({
      cluster: service.cluster,
      definition: deployment.definition,
      ...this.#identityOf(service.cluster, description, seed),
      serviceName: service.name,
      startedBy: deployment.id,
      launchType: service.launchType,
      execEnabled: service.execEnabled,
      tags: service.tags,
      createdAt: this.#createdAt(description),
    })
    this.#settle(task, description)
  }

  #seedStandalone(cluster: LiveCluster, description: StandaloneDescription): void {
    const createdAt = this.#createdAt(description)
    const task = newTask({
      cluster,
      definition: this.#define(description.definition, createdAt),
      ...this.#identityOf(cluster, description, `standalone ${description.startedBy}`),
      startedBy: description.startedBy,
      launchType: description.launchType ?? 'FARGATE',
      execEnabled: description.execEnabled,
      tags: description.tags,
      createdAt,
    })
    this.#settle(task, description)
  }

  #seedStopped(cluster: LiveCluster, description: StoppedDescription): void {
    const createdAt = this.#createdAt(description)
    const service = description.service === undefined ? undefined : cluster.services.get(description.service)
    const task = newTask({
      cluster,
      definition: this.#define(description.definition, createdAt),
      ...this.#identityOf(
        cluster,
        description,
        `stopped ${description.service} ${description.stoppedMinutesAgo}`,
      ),
      serviceName: service?.name,
      startedBy: service?.deployments[0]?.id ?? '',
      launchType: 'FARGATE',
      execEnabled: description.execEnabled,
      createdAt,
    })
    this.#settle(task, description)
    task.desiredStatus = 'STOPPED'
    task.lastStatus = 'STOPPED'
    task.stoppedAt = this.#parts.now - description.stoppedMinutesAgo * minute
    task.stoppingAt = task.stoppedAt - startDuration
    task.stopCode = description.stopCode
    task.stoppedReason = description.stoppedReason
    for (const container of task.containers) {
      container.lastStatus = 'STOPPED'
      container.exitCode = description.exitCode
      container.reason = description.containerReason
      if (container.agent) container.agent.lastStatus = 'STOPPED'
    }
  }

  /** Puts a task into its cluster as one that has been running for its whole age. */
  #settle(task: LiveTask, description: TaskDescription): void {
    const startedAt = task.createdAt + startDuration
    markRunning(task, startedAt)
    for (const container of task.containers) {
      if (!container.agent) continue
      const special = description.agents?.[container.description.name]
      container.agent = special
        ? { lastStatus: special.status, reason: special.reason, lastStartedAt: startedAt + agentDelay }
        : { lastStatus: 'RUNNING', lastStartedAt: startedAt + agentDelay }
    }
    task.cluster.tasks.set(task.id, task)
    this.#seedLogs(task)
  }

  #seedLogs(task: LiveTask): void {
    // A fleet of thousands would spend its start writing lines that nobody reads.
    if (task.cluster.name.startsWith(firstFleetCluster)) return
    for (const { description } of task.containers) {
      const group = awslogsGroup(description)
      if (group === undefined) continue
      const name = logStreamName(description.name, task.id)
      const stream = this.#parts.logs.stream(this.#place, group, name, task.createdAt)
      for (const { at, text } of pastLines(description, task.id, this.#parts.now)) {
        if (at > task.createdAt) stream.append(at, text)
      }
    }
  }

  #define(description: TaskDefinitionDescription, firstUse: number): LiveTaskDefinition {
    return this.#parts.state.addDefinition({
      ...this.#place,
      arn: taskDefinitionArn(this.#place, description.family, description.revision),
      registeredAt: firstUse - registrationLead,
      description,
    })
  }

  #identityOf(cluster: LiveCluster, description: TaskDescription, seed: string) {
    const unique = `${cluster.arn} ${seed}`
    const prefix = description.idPrefix ?? ''
    const octets = [stableNumber(`third ${unique}`, 200) + 16, stableNumber(`fourth ${unique}`, 240) + 4]
    return {
      id: prefix + stableHex(`task ${unique}`, 32 - prefix.length),
      privateIp: description.privateIp ?? `10.${this.#networkNumber()}.${octets.join('.')}`,
    }
  }

  /** Each account has a network of its own, numbered in the order of the world. */
  #networkNumber(): number {
    return this.#world.accounts.findIndex((account) => account.id === this.#place.accountId)
  }

  #createdAt(description: TaskDescription): number {
    return this.#parts.now - (description.ageMinutes ?? 60) * minute
  }

  #kmsArn(resource: string): string {
    return `arn:aws:kms:${this.#place.region}:${this.#place.accountId}:${resource}`
  }
}

function stableDeploymentId(seed: string): string {
  const digits = Array.from({ length: 19 }, (_, index) => stableNumber(`${seed} ${index}`, 10))
  return `ecs-svc/${digits.join('').replace(/^0/, '7')}`
}

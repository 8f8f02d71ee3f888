import type { Clock } from '../clock.ts'
import type { MessageGateway } from '../exec-session.ts'
import type { ContainerHost } from './container-host.ts'
import {
  isRunning,
  type LiveContainer,
  type LiveDeployment,
  type LiveService,
  type LiveTask,
  type LiveTaskDefinition,
  tasksOf,
} from './ecs-state.ts'
import { markRunning, type NewTask, newTask } from './new-task.ts'
import { recordServiceEvent } from './service-events.ts'

/**
 * How long each step takes. Fargate needs half a minute; a person at the demo
 * should see every state and still not wait.
 */
const provisioningTime = 250
const pendingTime = 350
const agentStartTime = 500
const deactivatingTime = 150
const deprovisioningTime = 150
/** ECS describes a stopped task for about an hour. */
const stoppedTaskRetention = 3600_000
/** ECS waits ever longer before it tries a task again that cannot start. */
const firstRetryDelay = 1000
const longestRetryDelay = 60_000

export type StopCode =
  | 'UserInitiated'
  | 'ServiceSchedulerInitiated'
  | 'EssentialContainerExited'
  | 'TaskFailedToStart'

export interface SchedulerOptions {
  clock: Clock
  host: ContainerHost
  gateway: Pick<MessageGateway, 'taskStopped'>
}

/** Moves tasks through their lives and keeps services at their desired count. */
export class Scheduler implements AsyncDisposable {
  readonly #options: SchedulerOptions
  readonly #timers = new Set<Disposable>()
  /** Tasks that end right now: their containers are being stopped. */
  readonly #stopping = new Set<Promise<void>>()
  #disposed = false

  constructor(options: SchedulerOptions) {
    this.#options = options
  }

  /** Accepts a task; it is running about a second later. */
  launch(options: Omit<NewTask, 'createdAt'>): LiveTask {
    const task = newTask({ ...options, createdAt: this.#options.clock.now() })
    task.cluster.tasks.set(task.id, task)
    this.#later(provisioningTime, () => {
      if (task.desiredStatus === 'RUNNING') {
        this.#move(task, 'PENDING')
        this.#later(pendingTime, () => void this.#run(task))
      }
    })
    return task
  }

  /** Asks a task to stop. One that stops already is left alone. */
  stop(task: LiveTask, stopCode: StopCode, reason: string): void {
    if (task.desiredStatus === 'STOPPED') return
    this.#beginStop(task, stopCode, reason)
    const service = serviceOf(task)
    if (service) this.reconcile(service)
  }

  /** A deployment of this definition replaces what runs. */
  deploy(service: LiveService, definition: LiveTaskDefinition): LiveDeployment {
    const now = this.#options.clock.now()
    const deployment: LiveDeployment = {
      id: deploymentId(),
      definition,
      createdAt: now,
      updatedAt: now,
      rolloutState: 'IN_PROGRESS',
      failedTasks: 0,
    }
    service.deployments.unshift(deployment)
    this.reconcile(service)
    return deployment
  }

  /** Starts or stops tasks until the service is as it should be. */
  reconcile(service: LiveService): void {
    if (this.#disposed) return
    const deployment = service.deployments[0]
    if (deployment === undefined) return
    const live = tasksOf(service).filter((task) => task.desiredStatus === 'RUNNING')
    const current = live.filter((task) => task.startedBy === deployment.id)
    const outdated = live.filter((task) => task.startedBy !== deployment.id)
    const reason = `Scaling activity initiated by (deployment ${deployment.id})`
    const wanted = Math.min(service.desiredCount, service.capacity)
    for (let missing = wanted - current.length; missing > 0; missing -= 1)
      this.#launchFor(service, deployment)
    for (const task of current.slice(wanted)) {
      this.#beginStop(task, 'ServiceSchedulerInitiated', reason)
    }
    if (current.filter(isRunning).length < wanted) return
    for (const task of outdated) {
      this.#beginStop(task, 'ServiceSchedulerInitiated', reason)
    }
    if (deployment.rolloutState === 'IN_PROGRESS') this.#completeRollout(service, deployment)
  }

  /** A container could not be started: the task stops. Counted against the deployment; the next try waits longer each time. */
  failedToStart(task: LiveTask, reason: string): void {
    const service = serviceOf(task)
    const deployment = service?.deployments.find((each) => each.id === task.startedBy)
    this.#beginStop(task, 'TaskFailedToStart', `CannotStartContainerError: ${reason}`)
    if (!service || !deployment) return
    deployment.failedTasks += 1
    const delay = Math.min(firstRetryDelay * 2 ** (deployment.failedTasks - 1), longestRetryDelay)
    this.#later(delay, () => this.reconcile(service))
  }

  /** A main process ended by itself: an essential one takes its task with it. */
  containerExited(task: LiveTask, container: LiveContainer): void {
    container.lastStatus = 'STOPPED'
    if (container.agent) container.agent = { ...container.agent, lastStatus: 'STOPPED' }
    if (container.description.essential ?? true) {
      this.stop(task, 'EssentialContainerExited', 'Essential container in task exited')
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true
    for (const timer of this.#timers) timer[Symbol.dispose]()
    this.#timers.clear()
    await Promise.all(this.#stopping)
  }

  #beginStop(task: LiveTask, stopCode: StopCode, reason: string): void {
    task.desiredStatus = 'STOPPED'
    task.stopCode = stopCode
    task.stoppedReason = reason
    task.stoppingAt = this.#options.clock.now()
    this.#move(task, 'DEACTIVATING')
    this.#later(deactivatingTime, () => {
      this.#move(task, 'STOPPING')
      const ending = this.#endContainers(task)
      this.#stopping.add(ending)
      void ending.finally(() => this.#stopping.delete(ending))
    })
  }

  #launchFor(service: LiveService, deployment: LiveDeployment): void {
    const task = this.launch({
      cluster: service.cluster,
      definition: deployment.definition,
      serviceName: service.name,
      startedBy: deployment.id,
      launchType: service.launchType,
      execEnabled: service.execEnabled,
      tags: service.tags,
    })
    recordServiceEvent(service, this.#options.clock.now(), `has started 1 tasks: (task ${task.id}).`)
  }

  async #run(task: LiveTask): Promise<void> {
    if (task.desiredStatus === 'STOPPED' || this.#disposed) return
    try {
      await this.#options.host.startPages(task)
    } catch (thrown) {
      this.failedToStart(task, thrown instanceof Error ? thrown.message : String(thrown))
      return
    }
    if (task.desiredStatus !== 'RUNNING' || this.#disposed) return
    markRunning(task, this.#options.clock.now())
    this.#later(agentStartTime, () => this.#startAgents(task))
    const service = serviceOf(task)
    if (!service) return
    this.reconcile(service)
    const isSteady = tasksOf(service).filter(isRunning).length === service.desiredCount
    if (isSteady) recordServiceEvent(service, this.#options.clock.now(), 'has reached a steady state.')
  }

  #startAgents(task: LiveTask): void {
    if (task.lastStatus !== 'RUNNING') return
    for (const container of task.containers) {
      if (container.agent)
        container.agent = { lastStatus: 'RUNNING', lastStartedAt: this.#options.clock.now() }
    }
    task.version += 1
  }

  async #endContainers(task: LiveTask): Promise<void> {
    this.#options.gateway.taskStopped(task.arn)
    await this.#options.host.stop(task)
    const now = this.#options.clock.now()
    for (const container of task.containers) {
      container.lastStatus = 'STOPPED'
      container.exitCode ??= 0
      if (container.agent) container.agent = { ...container.agent, lastStatus: 'STOPPED' }
    }
    this.#move(task, 'DEPROVISIONING')
    this.#later(deprovisioningTime, () => {
      task.stoppedAt = now
      this.#move(task, 'STOPPED')
      this.#later(stoppedTaskRetention, () => task.cluster.tasks.delete(task.id))
    })
  }

  #completeRollout(service: LiveService, deployment: LiveDeployment): void {
    deployment.rolloutState = 'COMPLETED'
    deployment.updatedAt = this.#options.clock.now()
    service.deployments.splice(1)
    recordServiceEvent(service, deployment.updatedAt, `(deployment ${deployment.id}) deployment completed.`)
  }

  #move(task: LiveTask, status: LiveTask['lastStatus']): void {
    task.lastStatus = status
    task.version += 1
  }

  #later(delay: number, action: () => void): void {
    if (this.#disposed) return
    const timer = this.#options.clock.after(delay, () => {
      this.#timers.delete(timer)
      action()
    })
    this.#timers.add(timer)
  }
}

/** `ecs-svc/` and nineteen digits. */
function deploymentId(): string {
  const digits = Array.from({ length: 18 }, () => Math.floor(Math.random() * 10)).join('')
  return `ecs-svc/${1 + Math.floor(Math.random() * 9)}${digits}`
}

function serviceOf(task: LiveTask): LiveService | undefined {
  return task.serviceName === undefined ? undefined : task.cluster.services.get(task.serviceName)
}

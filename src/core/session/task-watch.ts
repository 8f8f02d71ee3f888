import type { Cluster } from '../../contract/catalog.ts'
import { toErrorValue } from '../../contract/errors.ts'
import type { ContainerRef } from '../../contract/session.ts'
import { type Clock, sleep } from '../clock.ts'
import { seemsStopped, seemsThere } from './task-presence.ts'

/** How long an end waits for ECS to say whether the task is gone; longer would look like a frozen shell. */
const questionMilliseconds = 2_000

/** Between two questions about one task, so that a bad line does not turn into many of them. */
const questionPauseMilliseconds = 10_000

/** How often ECS is asked about a task that the catalog does not look at: one call per open shell. */
export const taskLookMilliseconds = 30_000

/** A live shell, as far as its task goes. */
export interface WatchedShell {
  readonly id: string
  readonly container: ContainerRef
}

export interface TaskWatchOptions {
  clock: Clock
  /** @throws {PortholeError} TASK_STOPPED or NOT_FOUND when the container is gone or going */
  describeForExec: (container: ContainerRef) => Promise<unknown>
  /** What the catalog reads anyway: it often knows that a task has stopped before its shells do. */
  onCluster: (listener: (cluster: Cluster) => void) => Disposable
  shells: () => readonly WatchedShell[]
  /** The task is gone; maybe told more than once. */
  stopped: (id: string) => void
}

/**
 * Watches the tasks of live shells through ECS. A shell whose task is gone
 * notices late or, if nobody types, never.
 */
export class TaskWatch implements Disposable {
  readonly #options: TaskWatchOptions
  readonly #subscription: Disposable
  /** `Clock.elapsed` of the last news of a shell's task, and of the last question about it. */
  readonly #heardAt = new Map<string, number>()
  readonly #askedAt = new Map<string, number>()
  #look: Disposable | undefined

  constructor(options: TaskWatchOptions) {
    this.#options = options
    this.#subscription = options.onCluster((cluster) => this.#read(cluster))
  }

  /** To be called when a shell is live: from now on its task is looked at. */
  begin(id: string): void {
    this.#heardAt.set(id, this.#options.clock.elapsed())
    this.#lookLater()
  }

  forget(id: string): void {
    this.#heardAt.delete(id)
    this.#askedAt.delete(id)
  }

  /** There is a sign that the task may be gone: asks, unless it was asked just now. */
  suspect(id: string): void {
    const now = this.#options.clock.elapsed()
    const askedAt = this.#askedAt.get(id)
    if (askedAt !== undefined && now - askedAt < questionPauseMilliseconds) return
    void this.#ask(id)
  }

  /** Asks ECS, for a bounded time. What cannot be found out counts as no. */
  async hasStopped(container: ContainerRef): Promise<boolean> {
    const { clock, describeForExec } = this.#options
    const isGone = describeForExec(container).then(
      () => false,
      (thrown) => ['TASK_STOPPED', 'NOT_FOUND'].includes(toErrorValue(thrown).code),
    )
    const patience = new AbortController()
    const giveUp = sleep(clock, questionMilliseconds, patience.signal).then(
      () => false,
      () => false,
    )
    const stopped = await Promise.race([isGone, giveUp])
    patience.abort()
    return stopped
  }

  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]()
    this.#look?.[Symbol.dispose]()
  }

  #read(cluster: Cluster): void {
    // Only a reason to ask: a list may be older than a task.
    for (const { id, container } of this.#options.shells())
      if (seemsStopped(cluster, container)) void this.#ask(id)
      else if (seemsThere(cluster, container)) this.#heardAt.set(id, this.#options.clock.elapsed())
  }

  #lookLater(): void {
    this.#look ??= this.#options.clock.after(taskLookMilliseconds, () => {
      this.#look = undefined
      const shells = this.#options.shells()
      const now = this.#options.clock.elapsed()
      for (const { id } of shells)
        if (now - (this.#heardAt.get(id) ?? 0) >= taskLookMilliseconds) void this.#ask(id)
      if (shells.length > 0) this.#lookLater()
    })
  }

  async #ask(id: string): Promise<void> {
    const container = this.#options.shells().find((shell) => shell.id === id)?.container
    if (container === undefined) return
    this.#askedAt.set(id, this.#options.clock.elapsed())
    if (await this.hasStopped(container)) this.#options.stopped(id)
  }
}

import { type ErrorValue, PortholeError, toErrorValue } from '../../contract/errors.ts'
import type { Clock } from '../clock.ts'

/**
 * How long the exec agent of a task may take until it can be reached. Usually it
 * is there a few seconds after its container; with a slow image pull of a
 * sidecar or a busy account people report one to two minutes.
 */
export const agentStartMilliseconds = 3 * 60_000

/** Between two attempts: doubled from the first to the longest. */
const firstPauseMilliseconds = 1_000
const longestPauseMilliseconds = 8_000

/** What AWS says, in one way or the other, when an agent has not started yet. */
const maybeStarting = new Set(['TARGET_NOT_CONNECTED', 'EXEC_NOT_ENABLED', 'AGENT_NOT_RUNNING'])

export interface ExecAgent {
  status: 'RUNNING' | 'PENDING' | 'STOPPED' | 'ABSENT'
  reason?: string
}

/** What is known of a task that refuses a shell. */
export interface YoungTask {
  /** When it reached RUNNING; absent before. */
  startedAt?: number
  execEnabled?: boolean
  agent?: ExecAgent
}

/** Whether a refusal may be gone in a moment, because the task has only just started. */
export function isStarting(error: ErrorValue, task: YoungTask | undefined, now: number): boolean {
  if (!maybeStarting.has(error.code)) return false
  if (task === undefined) return error.code === 'AGENT_NOT_RUNNING' && error.retryable
  if (task.execEnabled === false || task.agent?.status === 'STOPPED') return false
  return task.startedAt === undefined || now - task.startedAt < agentStartMilliseconds
}

/** The same refusal in the light of what ECS says about the task's agent. */
export function explainRefusal(thrown: unknown, task: YoungTask | undefined): unknown {
  const error = toErrorValue(thrown)
  if (!maybeStarting.has(error.code) || task?.execEnabled === false) return thrown
  const { status, reason } = task?.agent ?? {}
  if (status === 'STOPPED')
    return new PortholeError({
      code: 'AGENT_NOT_RUNNING',
      message: 'The exec agent in the container has stopped.',
      detail: reason ?? error.detail,
      action: 'Replace the task: ECS does not start the agent again.',
    })
  if (status === 'PENDING')
    return new PortholeError({
      code: 'AGENT_NOT_RUNNING',
      message: 'The exec agent in the container has not started.',
      detail: reason ?? error.detail,
      action:
        'Check that the task can reach AWS, and that its role may use ssmmessages. Then replace the task.',
      retryable: true,
    })
  return thrown
}

/** Waits that somebody can cut short or break off. */
export class Patience implements Disposable {
  readonly #clock: Clock
  #attempts = 0
  #waiting: { timer: Disposable; done: (goOn: boolean) => void } | undefined
  #over = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @param onWait told when the wait is over, epoch milliseconds. @returns false when it was broken off */
  wait(onWait: (until: number) => void): Promise<boolean> {
    if (this.#over) return Promise.resolve(false)
    const pause = Math.min(longestPauseMilliseconds, firstPauseMilliseconds * 2 ** this.#attempts)
    this.#attempts += 1
    onWait(this.#clock.now() + pause)
    return new Promise((resolve) => {
      const timer = this.#clock.after(pause, () => this.hurry())
      this.#waiting = { timer, done: resolve }
    })
  }

  /** Somebody does not want to wait. */
  hurry(): void {
    this.#end(true)
  }

  [Symbol.dispose](): void {
    this.#over = true
    this.#end(false)
  }

  #end(goOn: boolean): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.timer[Symbol.dispose]()
    waiting?.done(goOn)
  }
}

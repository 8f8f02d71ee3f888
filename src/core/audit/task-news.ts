import type { Clock } from '../clock.ts'
import type { HistoryNews } from './audit-service.ts'
import type { AuditEvent } from './ledger/audit-events.ts'

/**
 * A flood adds to a recording many times a second, and each time whoever looks
 * at its task would read the whole history again, for a number that has grown.
 */
const growthMilliseconds = 1000

/** Tells whose history has changed: at once of what happened, now and then of a recording that grows. */
export class TaskNews implements Disposable {
  readonly #clock: Clock
  readonly #tell: (news: HistoryNews) => void
  readonly #growing = new Map<string, Disposable>()

  constructor(clock: Clock, tell: (news: HistoryNews) => void) {
    this.#clock = clock
    this.#tell = tell
  }

  noted(event: AuditEvent): void {
    if (!('taskArn' in event) || event.taskArn === undefined) return
    if (event.type === 'recording.chunk') this.#grown(event.taskArn)
    else this.changed(event.taskArn, event.type === 'session.start')
  }

  /** @param touched somebody opened a shell in it */
  changed(taskArn: string, touched = false): void {
    // It tells of the growth too.
    this.#growing.get(taskArn)?.[Symbol.dispose]()
    this.#growing.delete(taskArn)
    this.#tell({ taskArn, touched })
  }

  [Symbol.dispose](): void {
    for (const timer of this.#growing.values()) timer[Symbol.dispose]()
    this.#growing.clear()
  }

  #grown(taskArn: string): void {
    if (this.#growing.has(taskArn)) return
    this.#growing.set(
      taskArn,
      this.#clock.after(growthMilliseconds, () => this.changed(taskArn)),
    )
  }
}

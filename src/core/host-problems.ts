import type { ErrorValue } from '../contract/errors.ts'
import { createListeners } from './listeners.ts'

/** Parts of the app, and of the computer under it, that can fail as a whole; each has at most one problem at a time. */
export type HostPart = 'audit' | 'session-host' | 'clock'

/** What is wrong with the app itself right now, as every window shows it. */
export interface HostProblems extends Disposable {
  list(): ErrorValue[]
  /** Sets or, with `undefined`, clears the problem of a part. */
  report(part: HostPart, problem: ErrorValue | undefined): void
  onChanged(listener: (problems: ErrorValue[]) => void): Disposable
}

export function createHostProblems(): HostProblems {
  const problems = new Map<HostPart, ErrorValue>()
  const changes = createListeners<ErrorValue[]>()
  const list = () => [...problems.values()]
  return {
    list,
    report(part, problem) {
      if (problem === undefined ? !problems.delete(part) : problems.get(part) === problem) return
      if (problem !== undefined) problems.set(part, problem)
      changes.emit(list())
    },
    onChanged: changes.add,
    [Symbol.dispose]: () => changes[Symbol.dispose](),
  }
}

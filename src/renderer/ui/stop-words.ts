import type { Container, Task } from '../../contract/catalog.ts'

/** ECS puts this before the reason of a container that needed more memory than it may. */
const outOfMemory = /^OutOfMemoryError\b/

/** "exit 137", "out of memory"; undefined while ECS says nothing of its end. */
export function exitText({ exitCode, reason }: Pick<Container, 'exitCode' | 'reason'>): string | undefined {
  if (outOfMemory.test(reason ?? '')) return 'out of memory'
  return exitCode === undefined ? undefined : `exit ${exitCode}`
}

/** Why a task is over in two words: what its containers ended with says more than the stop code. */
export function stopSummary({
  status,
  stopCode,
  containers,
}: Pick<Task, 'status' | 'stopCode' | 'containers'>): string | undefined {
  if (status !== 'STOPPED') return undefined
  const failed = containers.find(
    ({ exitCode, reason }) => (exitCode ?? 0) !== 0 || outOfMemory.test(reason ?? ''),
  )
  if (failed !== undefined) return outOfMemory.test(failed.reason ?? '') ? 'OOM' : exitText(failed)
  return stopCode === 'TaskFailedToStart' ? 'failed to start' : 'stopped'
}

/** What ECS means by its stop codes: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html */
const stopCodes: Readonly<Record<string, string>> = {
  TaskFailedToStart: 'It failed to start',
  EssentialContainerExited: 'A container that it cannot do without has ended',
  UserInitiated: 'Somebody stopped it',
  ServiceSchedulerInitiated: 'Its service stopped it',
  SpotInterruption: 'AWS took back its Spot capacity',
  TerminationNotice: 'AWS ended it',
}

/** A stop code in words; one that is new as it is. */
export function stopCodeText(code: string): string {
  return stopCodes[code] ?? code
}

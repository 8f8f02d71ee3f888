import { type Clock, sleep } from '../../clock.ts'
import { storageProblem } from '../../files/storage-problem.ts'
import type { OwnPlugins } from '../own-plugins.ts'

/** How often to look whether another Porthole has finished. */
const lockPollMilliseconds = 250

/** Undefined while another Porthole, or another part of this one, changes the folder. */
export async function tryLockOwnPlugins(own: OwnPlugins): Promise<Disposable | undefined> {
  // Loaded when needed: it brings SQLite along, which nothing else in this process wants.
  const { tryProcessLock } = await import('../../files/process-lock.ts')
  try {
    return tryProcessLock(own.lockFile)
  } catch (thrown) {
    throw storageProblem(thrown, 'The plugin', own.folder)
  }
}

/**
 * Waits for as long as another Porthole installs; the person can cancel that.
 * @throws the signal's reason when it aborts
 */
export async function lockOwnPlugins(
  own: OwnPlugins,
  { clock, signal, onWait }: { clock: Clock; signal: AbortSignal; onWait: () => void },
): Promise<Disposable> {
  for (let isFirst = true; ; isFirst = false) {
    const lock = await tryLockOwnPlugins(own)
    if (lock !== undefined) return lock
    if (isFirst) onWait()
    await sleep(clock, lockPollMilliseconds, signal)
  }
}

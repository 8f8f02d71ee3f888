import { mkdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type Clock, sleep } from '../clock.ts'
import { tryProcessLock } from './process-lock.ts'

/** Two tries a blink apart: the work behind a lock is one request or one small file. */
const retryMilliseconds = 40

/**
 * Longer than the slowest work behind a lock: three tries of a request at 20 s.
 * Whoever waits longer has a file system that cannot lock, and goes ahead.
 */
const longestWaitMilliseconds = 90_000

/**
 * Does work that only one process at a time may do to a file. The lock is a file
 * of its own beside it (`.<name>.lock`, empty and left there), because the file is
 * replaced as a whole. Where none can be made (read-only folder) nobody can write
 * either, and the work goes ahead.
 *
 * The AWS CLI and the SDKs take no lock; they are not kept out.
 */
export async function withFileLock<Answer>(
  file: string,
  clock: Clock,
  work: () => Promise<Answer>,
): Promise<Answer> {
  using _lock = await acquire(join(dirname(file), `.${basename(file)}.lock`), clock)
  return await work()
}

async function acquire(lockFile: string, clock: Clock): Promise<Disposable | undefined> {
  const begun = clock.elapsed()
  try {
    await mkdir(dirname(lockFile), { recursive: true, mode: 0o700 })
    while (clock.elapsed() - begun < longestWaitMilliseconds) {
      const lock = tryProcessLock(lockFile)
      if (lock) return lock
      await sleep(clock, retryMilliseconds)
    }
  } catch {
    // Said by whatever then writes there, in its own words.
  }
  return undefined
}

import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, rename, stat, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { type Clock, sleep } from '../clock.ts'
import { errorCode } from './error-code.ts'

/** Two tries a blink apart: the work behind a lock is one request or one small file. */
const retryMilliseconds = 40

/**
 * Longer than the slowest work behind a lock: three tries of a request at 20 s.
 * Only a holder on another computer, or one whose process id lives on, is waited
 * for so long.
 */
export const staleLockMilliseconds = 120_000

const ownerSchema = z.object({ id: z.string(), pid: z.number().int(), host: z.string() })

/**
 * Does work that only one process at a time may do to a file. The lock is a file
 * of its own beside it (`.<name>.lock`), because the file is replaced as a whole.
 * One left behind by a process that died is taken over. Where no lock can be made
 * (read-only folder) nobody can write either, and the work goes ahead.
 *
 * The AWS CLI and the SDKs take no lock; they are not kept out.
 */
export async function withFileLock<Answer>(
  file: string,
  clock: Clock,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const lockFile = join(dirname(file), `.${basename(file)}.lock`)
  const id = randomUUID()
  const locked = await acquire(lockFile, id, clock)
  try {
    return await work()
  } finally {
    if (locked) await removeIfOurs(lockFile, id)
  }
}

async function acquire(lockFile: string, id: string, clock: Clock): Promise<boolean> {
  try {
    await mkdir(dirname(lockFile), { recursive: true, mode: 0o700 })
  } catch {
    return false
  }
  for (;;) {
    try {
      await createLock(lockFile, id)
      return true
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') return false
    }
    if (!(await removeIfStale(lockFile, clock))) await sleep(clock, retryMilliseconds)
  }
}

async function createLock(lockFile: string, id: string): Promise<void> {
  const handle = await open(lockFile, 'wx', 0o600)
  try {
    await handle.writeFile(JSON.stringify({ id, pid: process.pid, host: hostname() }))
  } finally {
    await handle.close()
  }
}

async function readOwner(lockFile: string): Promise<z.output<typeof ownerSchema> | undefined> {
  try {
    return ownerSchema.parse(JSON.parse(await readFile(lockFile, 'utf8')))
  } catch {
    // Gone, or its owner is in the middle of writing it.
    return undefined
  }
}

/** Whether it is worth trying again at once. */
async function removeIfStale(lockFile: string, clock: Clock): Promise<boolean> {
  const owner = await readOwner(lockFile)
  const writtenAt = await stat(lockFile).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  )
  if (writtenAt === undefined) return true
  const ownerDied = owner !== undefined && owner.host === hostname() && !isAlive(owner.pid)
  if (!ownerDied && clock.now() - writtenAt < staleLockMilliseconds) return false
  return takeAway(lockFile, owner?.id)
}

/** Two may judge the same lock stale: whoever took a newer one away by mistake puts it back. */
async function takeAway(lockFile: string, id: string | undefined): Promise<boolean> {
  const aside = `${lockFile}.${randomUUID()}`
  try {
    await rename(lockFile, aside)
  } catch {
    return true
  }
  const taken = await readOwner(aside)
  if (taken?.id !== id) await link(aside, lockFile).catch(() => {})
  await unlink(aside).catch(() => {})
  return true
}

/** After a take-over the file there belongs to somebody else. */
async function removeIfOurs(lockFile: string, id: string): Promise<void> {
  const owner = await readOwner(lockFile)
  if (owner?.id === id) await unlink(lockFile).catch(() => {})
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

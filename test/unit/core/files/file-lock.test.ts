import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../../src/core/clock.ts'
import { staleLockMilliseconds, withFileLock } from '../../../../src/core/files/file-lock.ts'

let folder: string
let file: string
let lockFile: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'porthole-lock-'))
  file = join(folder, 'token.json')
  lockFile = join(folder, '.token.json.lock')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const lock = <Answer>(work: () => Promise<Answer>) => withFileLock(file, systemClock, work)

async function lockOf(owner: { pid: number; host?: string }, ageMilliseconds = 0): Promise<void> {
  await writeFile(lockFile, JSON.stringify({ id: 'other', host: hostname(), ...owner }))
  const time = (Date.now() - ageMilliseconds) / 1000
  await utimes(lockFile, time, time)
}

describe('File lock', () => {
  test('lets one in at a time, and leaves nothing behind, also after a failure', async () => {
    let inside = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, ++inside)
      await new Promise((resolve) => setImmediate(resolve))
      inside--
    }
    await Promise.all(Array.from({ length: 8 }, () => lock(work)))
    expect(most).toBe(1)
    await expect(lock(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await readdir(folder)).toEqual([])
  })

  test('takes over from a process that died', async () => {
    const dead = spawn('true')
    await once(dead, 'exit')
    await lockOf({ pid: dead.pid ?? 0 })
    expect(await lock(async () => 'done')).toBe('done')
    expect(await readdir(folder)).toEqual([])
  })

  test('waits for a living one, and for another computer only as long as any work can take', async () => {
    await lockOf({ pid: process.pid })
    let done = false
    const waiting = lock(async () => {
      done = true
    })
    await new Promise((resolve) => setTimeout(resolve, 120))
    expect(done).toBe(false)
    await rm(lockFile)
    await waiting
    expect(done).toBe(true)
    await lockOf({ pid: 1, host: 'elsewhere' }, staleLockMilliseconds + 1000)
    expect(await lock(async () => 'done')).toBe('done')
  })

  test('where no lock can be made the work goes ahead', async () => {
    const inAFile = join(file, 'under', 'a-file')
    await writeFile(file, '')
    expect(await withFileLock(inAFile, systemClock, async () => 'done')).toBe('done')
  })

  test('eight who find a stale lock at once still go in one by one', async () => {
    await lockOf({ pid: 1, host: 'elsewhere' }, staleLockMilliseconds + 1000)
    let inside = 0
    let most = 0
    await Promise.all(
      Array.from({ length: 8 }, () =>
        lock(async () => {
          most = Math.max(most, ++inside)
          await new Promise((resolve) => setTimeout(resolve, 5))
          inside--
        }),
      ),
    )
    expect(most).toBe(1)
  })
})

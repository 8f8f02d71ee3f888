import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../../src/core/clock.ts'
import { withFileLock } from '../../../../src/core/files/file-lock.ts'
import { tryProcessLock } from '../../../../src/core/files/process-lock.ts'
import { createHandClock } from '../../../fixtures/hand-clock.ts'

let folder: string
let file: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'porthole-lock-'))
  file = join(folder, 'token.json')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('File lock', () => {
  test('lets one in at a time, also after a failure', async () => {
    let inside = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, ++inside)
      await new Promise((resolve) => setImmediate(resolve))
      inside--
    }
    await Promise.all(Array.from({ length: 6 }, () => withFileLock(file, systemClock, work)))
    expect(most).toBe(1)
    await expect(withFileLock(file, systemClock, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await withFileLock(file, systemClock, async () => 'done')).toBe('done')
    expect(await readdir(folder)).toEqual(['.token.json.lock'])
  })

  test('where no lock can be made the work goes ahead', async () => {
    await writeFile(file, '')
    const underAFile = join(file, 'under', 'a-file')
    expect(await withFileLock(underAFile, systemClock, async () => 'done')).toBe('done')
  })

  test('nobody waits for ever', async () => {
    using _held = tryProcessLock(join(folder, '.token.json.lock'))
    const clock = createHandClock()
    let done = false
    const waiting = withFileLock(file, clock, async () => {
      done = true
    })
    for (let seconds = 0; seconds < 89; seconds++) {
      await new Promise((resolve) => setImmediate(resolve))
      clock.advance(1000)
    }
    expect(done).toBe(false)
    for (let seconds = 0; seconds < 3; seconds++) {
      await new Promise((resolve) => setImmediate(resolve))
      clock.advance(1000)
    }
    await waiting
    expect(done).toBe(true)
  })
})

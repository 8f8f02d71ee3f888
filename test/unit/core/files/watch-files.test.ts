import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../../src/core/clock.ts'
import { watchFiles } from '../../../../src/core/files/watch-files.ts'

let home: string
let resources: DisposableStack
let changes: number
let news: PromiseWithResolvers<void>
/** Milliseconds until the next look, as the watcher asked for them. */
let waits: number[]

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'porthole-watch-'))
  resources = new DisposableStack()
  changes = 0
  news = Promise.withResolvers()
  waits = []
})
afterEach(async () => {
  resources.dispose()
  await rm(home, { recursive: true, force: true })
})

/** Resolves when the first look is over: what changes from now on is news. */
async function watch(clock = systemClock): Promise<void> {
  const looked = Promise.withResolvers<void>()
  resources.use(
    watchFiles(
      { files: [join(home, '.aws', 'config')], folders: [join(home, '.aws', 'sso', 'cache')] },
      {
        clock: {
          ...clock,
          after(milliseconds, callback) {
            looked.resolve()
            waits.push(milliseconds)
            return clock.after(milliseconds, callback)
          },
        },
        onChanged: () => {
          changes++
          news.resolve()
          news = Promise.withResolvers()
        },
      },
    ),
  )
  await looked.promise
}

/** Waits as long as the machine takes; how soon the watcher means to look is told by what it asks of the clock. */
async function told(change: () => Promise<unknown>): Promise<void> {
  const { promise } = news
  await change()
  await promise
  expect(Math.max(...waits)).toBeLessThanOrEqual(1000)
}

describe('Watching files', () => {
  test('folders that appear, files made, replaced, changed and deleted', async () => {
    await watch()
    const cache = join(home, '.aws', 'sso', 'cache')
    const token = join(cache, 'a.json')
    await told(async () => {
      await mkdir(cache, { recursive: true })
      await writeFile(token, '1')
    })
    await told(() => writeFile(token, '22'))
    await told(async () => {
      await writeFile(join(cache, 'b.tmp'), '33')
      await rename(join(cache, 'b.tmp'), token)
    })
    await told(() => rm(token))
    await told(() => writeFile(join(home, '.aws', 'config'), '[default]\n'))
  })

  test('a linked file elsewhere, of whose changes the system tells nothing', async () => {
    await mkdir(join(home, '.aws'))
    await writeFile(join(home, 'dotfile'), 'a')
    await symlink(join(home, 'dotfile'), join(home, '.aws', 'config'))
    await watch()
    await told(() => writeFile(join(home, 'dotfile'), 'bb'))
  })

  test('looking at files and stopping tell nothing', async () => {
    await mkdir(join(home, '.aws'))
    await watch()
    await writeFile(join(home, '.aws', 'other'), 'x')
    await told(() => writeFile(join(home, '.aws', 'config'), 'x'))
    expect(changes).toBe(1)
    resources.dispose()
    await writeFile(join(home, '.aws', 'config'), 'yy')
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(changes).toBe(1)
  })
})

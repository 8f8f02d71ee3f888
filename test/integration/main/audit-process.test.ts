import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type * as AuditProcess from '../../../src/main/audit-process.ts'
import { FakeApp } from '../electron-fake/fake-app.ts'

const projectFolder = path.resolve(import.meta.dirname, '../../..')

describe('the audit history’s process on the desktop', () => {
  let app: FakeApp
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'porthole-audit-process-'))
    app = await FakeApp.start()
  })
  afterEach(async () => {
    await app[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  const start = (options: { atOnce: boolean }) =>
    app.run(
      async ({ electron, kept, argument, load }) => {
        const { DesktopAuditProcess } = (await load(argument.module)) as typeof AuditProcess
        const gone = new Promise<string>((resolve) =>
          electron.app.once('child-process-gone', (_event, { reason }) => resolve(reason)),
        )
        const { entryFile, folder } = argument
        const history = new DesktopAuditProcess({
          entryFile,
          folder,
          keyFolder: `${folder}-keys`,
          keyProtection: Promise.resolve({ store: 'file' }),
        })
        const stopped = new Promise<string>((resolve) =>
          history.onStopped((error) => resolve(error?.message ?? 'as wanted')),
        )
        kept.end = async () => {
          await history[Symbol.asyncDispose]()
          return [await gone, await stopped]
        }
        if (argument.atOnce) return (kept.end as () => Promise<string[]>)()
        return []
      },
      {
        ...options,
        folder,
        module: path.join(projectFolder, 'src/main/audit-process.ts'),
        entryFile: path.join(projectFolder, 'dist/desktop/audit-host.js'),
      },
    )

  it('is asked to stop, and waited for, even when it has not begun', async () => {
    expect(await start({ atOnce: true })).toEqual(['clean-exit', 'as wanted'])
  })

  it('says when it died, and is not waited for then', async () => {
    await start({ atOnce: false })
    await expect.poll(() => app.fake.utilities()).toMatchObject([{ pid: expect.any(Number) }])
    await app.fake.killUtility('Porthole audit history')
    await expect.poll(() => app.fake.utilities()).toEqual([])
    const ended = await app.run(({ kept }) => (kept.end as () => Promise<string[]>)())
    expect(ended).toEqual(['killed', 'its process ended with code 9'])
  })
})

import { existsSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openExportSink } from '../../../../src/core/audit/export/export-sink.ts'
import { temporaryFolder } from './audit-fixtures.ts'

const part = Buffer.alloc(256 * 1024, 'x')
const parts = 8

function* endless(): Iterable<Uint8Array> {
  for (let count = 0; count < parts; count += 1) yield part
}

async function* broken(): AsyncIterable<Uint8Array> {
  yield part
  throw new Error('the recording cannot be read')
}

describe.each(['export.zip', 'export'])('an export to %s', (name) => {
  it('leaves nothing behind when what it holds cannot be read', async () => {
    using folder = temporaryFolder()
    const sink = await openExportSink(join(folder.path, name))
    await sink.add('first', [Buffer.from('whole')])
    await expect(sink.add('second', broken())).rejects.toThrow('the recording cannot be read')
    await sink.abandon()
    expect(readdirSync(folder.path)).toEqual([])
  })

  it('has no name of its own before it is whole', async () => {
    using folder = temporaryFolder()
    const target = join(folder.path, name)
    const sink = await openExportSink(target)
    await sink.add('first', endless())
    expect(existsSync(target)).toBe(false)
    await sink.finish()
    expect(readdirSync(folder.path)).toEqual([name])
  })
})

describe.runIf(existsSync('/dev/full'))('a full disk', () => {
  it('fails the export and leaves nothing behind', async () => {
    using folder = temporaryFolder()
    const target = join(folder.path, 'export.zip')
    symlinkSync('/dev/full', `${target}.partial`)
    const sink = await openExportSink(target)
    await expect(
      (async () => {
        await sink.add('first', endless())
        await sink.finish()
      })(),
    ).rejects.toMatchObject({ code: 'ENOSPC' })
    await sink.abandon()
    expect(readdirSync(folder.path)).toEqual([])
  })
})

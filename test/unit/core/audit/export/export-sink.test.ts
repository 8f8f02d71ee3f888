import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  type ExportContainer,
  type ExportSink,
  openExportSink,
} from '../../../../../src/core/audit/export/export-sink.ts'
import { ExportTarget } from '../../../../../src/core/audit/export/export-target.ts'
import { UnfinishedExports } from '../../../../../src/core/audit/export/unfinished-exports.ts'
import { temporaryFolder } from '../audit-fixtures.ts'

const part = Buffer.alloc(256 * 1024, 'x')
const parts = 8

function* many(): Iterable<Uint8Array> {
  for (let count = 0; count < parts; count += 1) yield part
}

async function* broken(): AsyncIterable<Uint8Array> {
  yield part
  throw new Error('the recording cannot be read')
}

/** Its notes lie in a folder of their own. */
async function openSink(folder: string, container: ExportContainer, signal = new AbortController().signal) {
  const unfinished = new UnfinishedExports(join(folder, 'notes'))
  const out = join(folder, 'out')
  mkdirSync(out)
  const target = join(out, 'export')
  const place = { kind: 'chosen' as const, path: target, replace: false }
  const facts = { userName: 'ada' }
  const sink: ExportSink = await openExportSink(
    await ExportTarget.open(place, { id: randomUUID(), facts, unfinished }),
    container,
    signal,
  )
  return { sink, target, left: () => [...readdirSync(out), ...readdirSync(join(folder, 'notes'))] }
}

describe.each(['archive', 'folder', 'file'] as const)('an export into one %s', (container) => {
  it('leaves nothing behind when what it holds cannot be read', async () => {
    using folder = temporaryFolder()
    const { sink, left } = await openSink(folder.path, container)
    await expect(sink.add('first', broken())).rejects.toThrow('the recording cannot be read')
    await sink.abandon()
    expect(left()).toEqual([])
  })

  it('has no name of its own before it is whole', async () => {
    using folder = temporaryFolder()
    const { sink, target, left } = await openSink(folder.path, container)
    await sink.add('first', many())
    expect(existsSync(target)).toBe(false)
    expect(left()).toHaveLength(2)
    await sink.finish()
    expect(left()).toEqual(['export'])
  })

  it('ends in the middle of a file when it is cancelled, and leaves nothing behind', async () => {
    using folder = temporaryFolder()
    const controller = new AbortController()
    const { sink, left } = await openSink(folder.path, container, controller.signal)
    async function* endless(): AsyncIterable<Uint8Array> {
      for (let count = 0; ; count += 1) {
        if (count === parts) controller.abort()
        yield part
      }
    }
    await expect(sink.add('first', endless())).rejects.toMatchObject({ name: 'AbortError' })
    await sink.abandon()
    expect(left()).toEqual([])
  })
})

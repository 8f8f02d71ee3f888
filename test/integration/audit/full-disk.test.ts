import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AuditKeeper } from '../../../src/core/audit/audit-keeper.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { readWhole, replayOutput, temporaryFolder } from '../../unit/core/audit/audit-fixtures.ts'
import { RecordingChild } from './child-process.ts'
import { mountSmallDisk } from './small-disk.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeAll(() => {
  folder = temporaryFolder()
})
afterAll(() => folder[Symbol.dispose]())

async function recordUntilFull(path: string, fileBlocks?: number) {
  await using child = new RecordingChild('flood', path, fileBlocks)
  const start = await child.message('sessionId')
  const end = await child.message('given')
  expect(await child.exit()).toBe(0)
  const problems = child.said.filter((message) => 'problem' in message).map((message) => message.problem)
  return { sessionId: String(start.sessionId), end, problems }
}

const openKeeper = (path: string) =>
  AuditKeeper.open({ folder: path, clock: systemClock, onChanged: () => {} })

describe('a disk without room', () => {
  it('ends the recording at a limit on file sizes; the session and the ledger go on', async () => {
    const path = join(folder.path, 'limit')
    const { sessionId, end, problems } = await recordUntilFull(path, 4096)
    expect(problems).toEqual([expect.objectContaining({ code: 'STORAGE_FULL' })])
    expect(end).toMatchObject({ ended: true, pendingBytes: 0 })

    await using keeper = await openKeeper(path)
    expect(await keeper.verify()).toMatchObject({ intact: true })
    const session = keeper.session(sessionId)
    expect(session).toMatchObject({ endReason: 'exited', hasRecording: true })
    const output = replayOutput(await readWhole((offset) => keeper.recordings.page(sessionId, offset)))
    expect(Buffer.byteLength(output)).toBe(session.outputBytes)
    expect(output.length / 65_536).toBe(Number(end.given) - 1)
  })

  it('leaves a history that opens and verifies when the whole disk is full', async () => {
    using disk = diskOrLimit(join(folder.path, 'disk'))
    const path = join(disk.path, 'audit')
    const { sessionId, problems } = await recordUntilFull(path, disk.fileBlocks)
    expect(problems).toEqual([expect.objectContaining({ code: 'STORAGE_FULL' })])
    disk.grow()
    await using keeper = await openKeeper(path)
    expect(keeper.problems()).toEqual([])
    expect(await keeper.verify()).toMatchObject({ intact: true })
    expect(keeper.session(sessionId)).toMatchObject({ live: false, hasRecording: true })
    const output = replayOutput(await readWhole((offset) => keeper.recordings.page(sessionId, offset)))
    expect(output.startsWith('00000000xxx')).toBe(true)
  })
})

/** A disk of 3 MiB where this process may mount one, else a plain folder and a limit on file sizes. */
function diskOrLimit(path: string): Disposable & { path: string; fileBlocks?: number; grow(): void } {
  const disk = mountSmallDisk(path, '3m')
  if (typeof disk !== 'string') return { ...disk, grow: () => disk.resize('16m') }
  mkdirSync(path, { recursive: true })
  return { path, fileBlocks: 1024, grow() {}, [Symbol.dispose]() {} }
}

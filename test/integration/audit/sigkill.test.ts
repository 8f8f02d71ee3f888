import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AuditKeeper } from '../../../src/core/audit/audit-keeper.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { readWhole, replayOutput, taskArn, temporaryFolder } from '../../unit/core/audit/audit-fixtures.ts'
import { RecordingChild } from './child-process.ts'

/** Many more on demand: PORTHOLE_KILLS=200. */
const kills = Number(process.env.PORTHOLE_KILLS ?? 8)

/** A crash costs what was not flushed, every 250 ms, and what a busy machine adds to a timer and a sync. */
const acceptedLoss = 1000

let folder: ReturnType<typeof temporaryFolder>
beforeAll(() => {
  folder = temporaryFolder()
})
afterAll(() => folder[Symbol.dispose]())

const openKeeper = () => AuditKeeper.open({ folder: folder.path, clock: systemClock, onChanged: () => {} })

describe('a process killed while it records', () => {
  it(
    `leaves a recording without its last moments at most, and a sound ledger, ${kills} times`,
    async () => {
      const losses: number[] = []
      for (let round = 0; round < kills; round += 1) {
        await using child = new RecordingChild('steady', folder.path)
        // Between the first flush and a few later ones, and never at the same place of a cycle.
        const moment = 60 + (round % 20) * 11
        await child.message('number', (number) => number === moment)
        const said = await child.kill()
        const sessionId = String(said.find((message) => 'sessionId' in message)?.sessionId)
        const given = said.filter((message) => 'number' in message) as { number: number; at: number }[]

        await using keeper = await openKeeper()
        const recording = await readWhole((offset) => keeper.recording(sessionId, offset))
        expect(recording.endsWith('\n')).toBe(true)
        const output = replayOutput(recording)
        expect(output).toBe(expectedOutput(output.split('\r\n').length - 1))

        // The child may die between giving a line and saying so, so one more may be there.
        const firstLost = given.find(({ number }) => number >= output.split('\r\n').length - 1)
        losses.push(firstLost === undefined ? 0 : Number(given.at(-1)?.at) - firstLost.at)
        expect(losses.at(-1)).toBeLessThanOrEqual(acceptedLoss)

        expect(keeper.problems()).toEqual([])
        expect(await keeper.verify()).toMatchObject({ intact: true, recordings: round + 1, findings: [] })
        expect(keeper.session(sessionId)).toMatchObject({
          live: false,
          endReason: 'interrupted',
          hasRecording: true,
          outputBytes: Buffer.byteLength(output),
        })
      }
      console.info(`Lost at most ${Math.max(...losses).toFixed(0)} ms in ${kills} kills`)
      await using keeper = await openKeeper()
      expect(keeper.entries(taskArn)).toHaveLength(kills)
    },
    60_000 + kills * 3000,
  )

  it('has a torn last line cut off', async () => {
    await using child = new RecordingChild('steady', folder.path)
    await child.message('number', (number) => number === 100)
    const said = await child.kill()
    const sessionId = String(said.find((message) => 'sessionId' in message)?.sessionId)
    // As if the last frame had been torn: its head says more than there is.
    const torn = Buffer.alloc(20)
    torn.writeUInt32BE(256)
    appendFileSync(join(folder.path, 'recordings', `${sessionId}.sealed`), torn)
    await using keeper = await openKeeper()
    const recording = await readWhole((offset) => keeper.recording(sessionId, offset))
    expect(recording.endsWith('\n')).toBe(true)
    const output = replayOutput(recording)
    expect(output).toBe(expectedOutput(output.split('\r\n').length - 1))
    expect(await keeper.verify()).toMatchObject({ intact: true })
  })

  it('refuses a second process while it lives, and not after', async () => {
    await using child = new RecordingChild('steady', folder.path)
    await child.message('number')
    await expect(openKeeper()).rejects.toMatchObject({
      value: { code: 'AUDIT_UNAVAILABLE', message: 'The audit history is in use by another Porthole.' },
    })
    await child.kill()
    await using keeper = await openKeeper()
    expect(await keeper.verify()).toMatchObject({ intact: true })
  })
})

function expectedOutput(lines: number): string {
  return Array.from({ length: lines }, (_, number) => `line ${number} äß😀\r\n`).join('')
}

import { appendFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AuditKeeper } from '../../../src/core/audit/audit-keeper.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { seededRandom } from '../../fixtures/seeded-random.ts'
import { readWhole, replayOutput, taskArn, temporaryFolder } from '../../unit/core/audit/audit-fixtures.ts'
import { type ChildMessage, RecordingChild } from './child-process.ts'

/** The promise is made at 200: PORTHOLE_KILLS=200. */
const kills = Number(process.env.PORTHOLE_KILLS ?? 6)

/** In a steady stream, where what was lost can be measured. */
const measuredKills = Math.ceil(kills / 3)

/** Chooses the moments; what exactly happens then is up to the machine. */
const killSeed = 7

/** A child says four things of a session; checkpoints come every hundred events. */
const mostMessages = 150

/** Between two things that a child says there is time for a commit and a sync to be half done. */
const longestStepMilliseconds = 10

/** A child is at work after about so long. */
const longestStartMilliseconds = 1500

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
    `leaves a recording without its last moments at most, and a sound ledger, ${measuredKills} times`,
    async () => {
      const losses: number[] = []
      for (let round = 0; round < measuredKills; round += 1) {
        await using child = new RecordingChild('steady', folder.path)
        // Between the first flush and a few later ones, and never at the same place of a cycle.
        const moment = 60 + (round % 20) * 11
        await child.message('number', (number) => number === moment)
        const said = await child.kill()
        const sessionId = String(said.find((message) => 'sessionId' in message)?.sessionId)
        const given = said.filter((message) => 'number' in message) as { number: number; at: number }[]

        await using keeper = await openKeeper()
        const recording = await readWhole((offset) => keeper.recordings.page(sessionId, offset))
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
      console.info(`Lost at most ${Math.max(...losses).toFixed(0)} ms in ${measuredKills} kills`)
      await using keeper = await openKeeper()
      expect(keeper.entries(taskArn)).toHaveLength(measuredKills)
    },
    60_000 + measuredKills * 10_000,
  )

  it('has a torn last line cut off', async () => {
    await using child = new RecordingChild('steady', folder.path)
    await child.message('number', (number) => number === 100)
    const said = await child.kill()
    const sessionId = String(said.find((message) => 'sessionId' in message)?.sessionId)
    // As if the last frame had been torn: its head says more than there is.
    const torn = Buffer.alloc(20)
    torn.writeUInt32BE(256)
    const file = join(folder.path, 'recordings', `${sessionId}.sealed`)
    const { size } = statSync(file)
    appendFileSync(file, torn)
    await using keeper = await openKeeper()
    expect(statSync(file).size).toBeLessThanOrEqual(size)
    const recording = await readWhole((offset) => keeper.recordings.page(sessionId, offset))
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

describe('a process killed at random moments', () => {
  it(
    `leaves nothing to be found, and all that it called durable, ${kills} times`,
    async () => {
      using own = temporaryFolder()
      const random = seededRandom(killSeed)
      const said: ChildMessage[] = []
      let checked = 0
      for (let round = 0; round < kills; round += 1) {
        await using child = new RecordingChild('busy', own.path)
        await randomMoment(child, random)
        said.push(...(await child.kill()))
        // Every second time the next child finds what this one left, and may be killed while it settles it.
        if (round % 2 === 0) continue
        await expectSoundRecord(own.path, said.slice(checked))
        checked = said.length
      }
      await expectSoundRecord(own.path, said)
      const count = (member: string) => said.filter((message) => member in message).length
      console.info(
        `${kills} kills among ${count('opened')} sessions, of which ${count('ended')} had ended: no finding`,
      )
      // What is looked for above must have been there: sessions, their recordings and their ends.
      for (const member of ['opened', 'closed', 'ended']) expect(count(member), member).toBeGreaterThan(0)
    },
    60_000 + kills * 10_000,
  )
})

/** One in four falls into the start, where tables are made and what the last one left is settled. */
async function randomMoment(child: RecordingChild, random: () => number): Promise<void> {
  const messages = random() < 0.25 ? 0 : Math.ceil(random() * mostMessages)
  await child.messages(messages)
  await sleep(random() * (messages === 0 ? longestStartMilliseconds : longestStepMilliseconds))
}

async function expectSoundRecord(path: string, said: readonly ChildMessage[]): Promise<void> {
  await using keeper = await AuditKeeper.open({ folder: path, clock: systemClock, onChanged: () => {} })
  expect(keeper.problems()).toEqual([])
  expect(await keeper.verify()).toMatchObject({ intact: true, findings: [] })
  for (const { opened, closed, ended } of said) {
    if (typeof opened === 'string') expect(keeper.session(opened).live).toBe(false)
    if (typeof closed === 'string')
      expect(await readWhole((offset) => keeper.recordings.page(closed, offset))).toContain('session ')
    if (typeof ended === 'string') expect(keeper.session(ended).endReason).toBe('exited')
  }
}

function expectedOutput(lines: number): string {
  return Array.from({ length: lines }, (_, number) => `line ${number} äß😀\r\n`).join('')
}

import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { AuditKeeper } from '../../../../../src/core/audit/audit-keeper.ts'
import { emptyIndex, keepIndex } from '../../../../../src/core/audit/session-index/session-index-database.ts'
import { createHandClock } from '../../../../fixtures/hand-clock.ts'
import { sessionFacts, taskArn, temporaryFolder } from '../audit-fixtures.ts'

let folder: ReturnType<typeof temporaryFolder>
let file: string
const clock = createHandClock()
const sessionIds = [randomUUID(), randomUUID()]
beforeEach(async () => {
  folder = temporaryFolder()
  file = join(folder.path, 'session-index.sealed')
  await using keeper = await open()
  for (const sessionId of sessionIds) {
    keeper.sessionOpened(sessionFacts({ sessionId }))
    keeper.sessionEnded(sessionId, { at: clock.now(), reason: 'exited' })
  }
  keeper.note({ activity: 'hold.set', at: clock.now(), userName: 'ada', taskArn })
})
afterEach(() => folder[Symbol.dispose]())

const open = () => AuditKeeper.open({ folder: folder.path, clock, onChanged: () => {} })

async function answers(): Promise<unknown> {
  await using keeper = await open()
  return [keeper.entries(taskArn), keeper.touched(), keeper.recordActs({}), keeper.held()]
}

it('answers the same whatever became of the file in which it is kept', async () => {
  const kept = readFileSync(file)
  const expected = await answers()
  const change = fc.oneof(
    fc.tuple(fc.nat(kept.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, by]) => {
      const bytes = Buffer.from(kept)
      bytes[at] = (Number(bytes[at]) + by) % 256
      return bytes
    }),
    fc.nat(kept.length - 1).map((length) => kept.subarray(0, length)),
    fc.uint8Array({ minLength: 1 }).map((more) => Buffer.concat([kept, more])),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    // One that somebody else made, who has no key of ours.
    fc.constant(undefined).map(forged),
  )
  await fc.assert(
    fc.asyncProperty(change, async (bytes) => {
      writeFileSync(file, bytes)
      expect(await answers()).toEqual(expected)
    }),
    { numRuns: 40 },
  )
  rmSync(file)
  expect(await answers()).toEqual(expected)
})

function forged(): Buffer {
  const other = join(folder.path, 'forged')
  const database = emptyIndex()
  keepIndex({ file: other, key: randomBytes(32) }, database)
  database.close()
  const bytes = readFileSync(other)
  rmSync(other)
  return bytes
}

it('follows the ledger from where it was kept last, and begins anew where the ledger went back', async () => {
  const [before, ledgerBefore] = [readFileSync(file), readFileSync(join(folder.path, 'ledger.sqlite'))]
  const sessionId = randomUUID()
  {
    await using keeper = await open()
    keeper.sessionOpened(sessionFacts({ sessionId }))
  }
  const after = readFileSync(file)
  // As after a kill: nothing was kept at the end.
  writeFileSync(file, before)
  {
    await using keeper = await open()
    expect(keeper.entries(taskArn)).toHaveLength(4)
  }
  writeFileSync(join(folder.path, 'ledger.sqlite'), ledgerBefore)
  writeFileSync(file, after)
  await using keeper = await open()
  expect(keeper.entries(taskArn)).toHaveLength(3)
  expect(() => keeper.session(sessionId)).toThrow()
})

it('is for its owner alone, says nothing in plain, and what earlier versions left in plain goes', async () => {
  expect(readFileSync(file).includes('nginx')).toBe(false)
  const plain = join(folder.path, 'session-index.sqlite')
  const database = new Database(plain)
  database.exec("CREATE TABLE session(facts TEXT); INSERT INTO session VALUES ('nginx')")
  database.close()
  await answers()
  expect(existsSync(plain)).toBe(false)
})

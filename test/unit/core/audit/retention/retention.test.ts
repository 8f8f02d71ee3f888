import { randomUUID } from 'node:crypto'
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AuditKeeper } from '../../../../../src/core/audit/audit-keeper.ts'
import { canonicalJson } from '../../../../../src/core/audit/ledger/canonical-json.ts'
import { eventHash } from '../../../../../src/core/audit/ledger/chain.ts'
import {
  dueForShredding,
  type KeptRecording,
} from '../../../../../src/core/audit/retention/due-for-shredding.ts'
import { createHandClock } from '../../../../fixtures/hand-clock.ts'
import { recordingStart, sessionFacts, taskArn, temporaryFolder } from '../audit-fixtures.ts'
import { tamper } from '../tampering.ts'

const day = 24 * 60 * 60_000

describe('what has to go', () => {
  it('is never held or live, and is the oldest', () => {
    const kept: fc.Arbitrary<KeptRecording> = fc.record({
      sessionId: fc.uuid(),
      taskArn: fc.constant(taskArn),
      endedAt: fc.integer({ min: 0, max: 100 * day }),
      bytes: fc.integer({ min: 1, max: 50_000_000 }),
      isLive: fc.boolean(),
      isHeld: fc.boolean(),
    })
    const settings = fc.record({
      days: fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
      megabytes: fc.option(fc.integer({ min: 10, max: 200 }), { nil: undefined }),
    })
    fc.assert(
      fc.property(
        fc.uniqueArray(kept, { selector: ({ sessionId }) => sessionId }),
        settings,
        (all, limits) => {
          const now = 100 * day
          const due = new Set(dueForShredding(all, limits, now))
          const free = all.filter(({ isLive, isHeld }) => !isLive && !isHeld)
          const stays = free.filter(({ sessionId }) => !due.has(sessionId))
          expect([...due].every((id) => free.some(({ sessionId }) => sessionId === id))).toBe(true)
          const { days, megabytes } = limits
          if (days !== undefined) expect(stays.every(({ endedAt }) => now - endedAt <= days * day)).toBe(true)
          const total = all
            .filter(({ sessionId }) => !due.has(sessionId))
            .reduce((sum, { bytes }) => sum + bytes, 0)
          if (megabytes !== undefined && stays.length > 0)
            expect(total).toBeLessThanOrEqual(megabytes * 1024 * 1024)
          const youngestGone = Math.max(
            ...free.filter(({ sessionId }) => due.has(sessionId)).map((it) => it.endedAt),
          )
          expect(stays.every(({ endedAt }) => endedAt >= youngestGone)).toBe(true)
        },
      ),
    )
  })
})

describe('shredding', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let clock: ReturnType<typeof createHandClock>
  beforeEach(() => {
    folder = temporaryFolder()
    clock = createHandClock()
  })
  afterEach(() => folder[Symbol.dispose]())

  const open = () => AuditKeeper.open({ folder: folder.path, clock, onChanged: () => {} })
  const fileOf = (sessionId: string) => join(folder.path, 'recordings', `${sessionId}.sealed`)
  const keyTable = () => readFileSync(join(folder.path, 'recording-keys.sqlite'))

  async function recordSession(keeper: AuditKeeper): Promise<string> {
    const sessionId = randomUUID()
    keeper.sessionOpened(sessionFacts({ sessionId, at: clock.now() }))
    const recorder = keeper.recordings.start(recordingStart({ sessionId, startedAt: clock.now() }), {
      accepted() {},
      written() {},
      failed() {},
    })
    recorder.output(1, Buffer.from('what it showed\r\n'))
    await keeper.recordings.close(recorder, 2, 'session')
    keeper.sessionEnded(sessionId, { at: clock.now(), reason: 'exited' })
    return sessionId
  }

  it('takes key and file of what is too old, leaves what is held, and the record still verifies', async () => {
    await using keeper = await open()
    const [old, held] = [await recordSession(keeper), await recordSession(keeper)]
    clock.advance(50 * day)
    const recent = await recordSession(keeper)
    const hold = { at: clock.now(), userName: 'ana', sessionId: held, taskArn }
    keeper.note({ activity: 'hold.set', ...hold })
    expect(keeper.session(held)).toMatchObject({ holds: ['session'] })
    clock.advance(50 * day)

    const found = async () =>
      (await keeper.search({ query: 'showed', filters: {} })).groups.flatMap((group) =>
        group.kind === 'session' ? [group.session.sessionId] : [],
      )
    expect((await found()).sort()).toEqual([old, held, recent].sort())
    expect(await keeper.applyRetention({ days: 90 })).toBe(1)
    expect((await found()).sort()).toEqual([held, recent].sort())
    expect(existsSync(fileOf(old))).toBe(false)
    expect(keyTable().includes(old)).toBe(false)
    expect([existsSync(fileOf(held)), existsSync(fileOf(recent))]).toEqual([true, true])
    expect(keeper.session(old)).toMatchObject({ hasRecording: false, recordingShreddedAt: clock.now() })
    await expect(keeper.recordings.page(old, 0)).rejects.toMatchObject({ value: { code: 'NOT_FOUND' } })
    expect(await keeper.verify()).toMatchObject({ intact: true, findings: [] })

    expect(await keeper.applyRetention({ days: 90 })).toBe(0)
    keeper.note({ activity: 'hold.released', ...hold })
    expect(await keeper.applyRetention({ days: 90 })).toBe(1)
    expect(existsSync(fileOf(held))).toBe(false)
  })

  it('spares every recording of a held task', async () => {
    await using keeper = await open()
    const sessionId = await recordSession(keeper)
    const by = { at: clock.now(), userName: 'ana', taskArn }
    keeper.note({ activity: 'hold.set', ...by })
    clock.advance(200 * day)
    expect(await keeper.applyRetention({ days: 1 })).toBe(0)
    expect(keeper.session(sessionId)).toMatchObject({ holds: ['task'] })

    keeper.note({ activity: 'hold.set', ...by, sessionId })
    expect(keeper.session(sessionId)).toMatchObject({ holds: ['session', 'task'] })
    keeper.note({ activity: 'hold.released', ...by, sessionId })
    expect(keeper.session(sessionId)).toMatchObject({ holds: ['task'] })
    expect(await keeper.applyRetention({ days: 1 })).toBe(0)
    keeper.note({ activity: 'hold.released', ...by })
    expect(keeper.session(sessionId)).not.toHaveProperty('holds')
    expect(await keeper.applyRetention({ days: 1 })).toBe(1)
  })

  it('spares a recording that is held while those before it are destroyed', async () => {
    await using keeper = await open()
    const first = await recordSession(keeper)
    clock.advance(day)
    const second = await recordSession(keeper)
    clock.advance(200 * day)
    const going = keeper.applyRetention({ days: 1 })
    keeper.note({ activity: 'hold.set', at: clock.now(), userName: 'ana', sessionId: second, taskArn })
    expect(await going).toBe(1)
    expect([existsSync(fileOf(first)), existsSync(fileOf(second))]).toEqual([false, true])
    expect(keeper.session(second)).toMatchObject({ hasRecording: true, holds: ['session'] })
  })

  it('is finished at the next start when it was interrupted after the ledger had heard', async () => {
    let sessionId: string
    const copy = join(folder.path, 'copy')
    {
      await using keeper = await open()
      sessionId = await recordSession(keeper)
      cpSync(fileOf(sessionId), copy)
      clock.advance(200 * day)
      await keeper.applyRetention({ days: 90 })
    }
    cpSync(copy, fileOf(sessionId))
    await using keeper = await open()
    expect(existsSync(fileOf(sessionId))).toBe(false)
    expect(await keeper.verify()).toMatchObject({ intact: true })
  })

  it('is not done at the word of an event that somebody without the key has added', async () => {
    let sessionId: string
    {
      await using keeper = await open()
      sessionId = await recordSession(keeper)
    }
    tamper(folder.path, (database) => {
      const { seq, hash } = database
        .prepare<[], { seq: number; hash: Buffer }>(
          'SELECT seq, hash FROM audit_event ORDER BY seq DESC LIMIT 1',
        )
        .get() as { seq: number; hash: Buffer }
      const type = 'recording.shredded'
      const event = { at: 1, bytes: 1, cause: 'retention', recordedAt: 1, sessionId, taskArn, type }
      const body = canonicalJson(event)
      database
        .prepare('INSERT INTO audit_event VALUES (?, 1, ?, ?, ?, ?, ?)')
        .run(seq + 1, type, sessionId, body, hash, eventHash(seq + 1, hash, Buffer.from(body)))
    })
    for (const _start of ['the first', 'the next']) {
      await using keeper = await open()
      // The lists believe it, and the record is doubted; what it is about is still there for whoever looks into it.
      expect(keeper.session(sessionId)).not.toMatchObject({ hasRecording: true })
      expect(existsSync(fileOf(sessionId))).toBe(true)
      expect(await keeper.verify()).toMatchObject({ intact: false })
    }
  })

  it('is not what happened when a recording is gone without a word', async () => {
    await using keeper = await open()
    const sessionId = await recordSession(keeper)
    rmSync(fileOf(sessionId))
    expect((await keeper.verify()).findings).toMatchObject([{ kind: 'recording-missing', sessionId }])
  })
})

import { createPublicKey } from 'node:crypto'
import { cpSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AuditKeeper } from '../../../../../src/core/audit/audit-keeper.ts'
import { isSignedBy, signCheckpoint } from '../../../../../src/core/audit/integrity/checkpoint.ts'
import { FileCheckpointKeeper } from '../../../../../src/core/audit/integrity/checkpoint-keeper.ts'
import { KeyFiles } from '../../../../../src/core/audit/integrity/key-files.ts'
import { eventHash } from '../../../../../src/core/audit/ledger/chain.ts'
import { createHandClock } from '../../../../fixtures/hand-clock.ts'
import { sessionFacts, temporaryFolder } from '../audit-fixtures.ts'
import { hashAnew, installIdIn, tamper } from '../tampering.ts'

let everDoubted = false
let folder: ReturnType<typeof temporaryFolder>
let clock: ReturnType<typeof createHandClock>

beforeEach(() => {
  everDoubted = false
  folder = temporaryFolder()
  clock = createHandClock()
})
afterEach(() => folder[Symbol.dispose]())

const open = () => AuditKeeper.open({ folder: folder.path, clock, onChanged: () => {} })
const keys = () => `${folder.path}-keys`
const outside = () => {
  const checkpoint = new FileCheckpointKeeper(new KeyFiles(keys())).latest()
  if (checkpoint === undefined || checkpoint === 'unreadable') throw new Error('No checkpoint is kept')
  return checkpoint
}
const numberOfCheckpoints = () =>
  tamper(folder.path, (database) => database.prepare('SELECT count(*) FROM checkpoint').pluck().get())

function refuse(keeper: AuditKeeper, times: number): void {
  for (let count = 0; count < times; count += 1)
    keeper.shellRefused({
      ...sessionFacts(),
      error: { code: 'ACCESS_DENIED', message: 'No.', retryable: false },
    })
}

/** A history of so many refused shells, closed. */
async function closedHistory(events: number): Promise<void> {
  await using keeper = await open()
  refuse(keeper, events - 1)
}

/** What opening says, and the doubts that are in the record then. */
async function reopened(): Promise<{ problems: string[]; doubts: unknown[] }> {
  let problems: string[]
  {
    await using keeper = await open()
    problems = keeper.problems().map(({ message, detail }) => `${message} ${detail}`)
    // The doubt of that start is a finding of every check from then on.
    const { findings } = await keeper.verify()
    if (problems.length > 0) expect(findings.map(({ kind }) => kind)).toContain('doubted')
    else if (!everDoubted) expect(findings).toEqual([])
    everDoubted ||= problems.length > 0
  }
  const doubts = tamper(folder.path, (database) =>
    database
      .prepare("SELECT body FROM audit_event WHERE type = 'record.doubted' ORDER BY seq")
      .pluck()
      .all()
      .map((body) => JSON.parse(String(body))),
  )
  return { problems, doubts }
}

describe('checkpoints', () => {
  it('are kept at opening, every 100 events, after 5 minutes and at closing, signed and for the owner alone', async () => {
    {
      await using keeper = await open()
      expect(outside()).toMatchObject({ number: 1, seq: 1 })
      refuse(keeper, 99)
      expect(outside().seq).toBe(1)
      refuse(keeper, 1)
      expect(outside()).toMatchObject({ number: 2, seq: 101 })
      refuse(keeper, 1)
      clock.advance(5 * 60_000 - 1)
      expect(outside().seq).toBe(101)
      clock.advance(1)
      expect(outside()).toMatchObject({ number: 3, seq: 102, at: clock.now() })
      refuse(keeper, 1)
    }
    expect(outside()).toMatchObject({ number: 4, seq: 103 })
    expect(numberOfCheckpoints()).toBe(4)
    const publicKey = createPublicKey(new FileCheckpointKeeper(new KeyFiles(keys())).signingKey())
    expect(isSignedBy(outside(), publicKey)).toBe(true)
    expect(isSignedBy({ ...outside(), seq: 102 }, publicKey)).toBe(false)
    expect(statSync(keys()).mode & 0o077).toBe(0)
    for (const name of ['signing-key.pem', 'latest-checkpoint.json'])
      expect(statSync(join(keys(), name)).mode & 0o077).toBe(0)
  })

  it('raise no alarm on a record that was left alone, nor on one whose last events have no checkpoint yet', async () => {
    await closedHistory(5)
    expect(await reopened()).toEqual({ problems: [], doubts: [] })
    // As after a kill: the events are there, the checkpoint is from before.
    const before = readFileSync(join(keys(), 'latest-checkpoint.json'))
    await closedHistory(5)
    writeFileSync(join(keys(), 'latest-checkpoint.json'), before)
    expect(await reopened()).toEqual({ problems: [], doubts: [] })
  })

  it('show a lost tail, tell it again at the next start, and never forget it', async () => {
    await closedHistory(9)
    tamper(folder.path, (database) => database.exec('DELETE FROM audit_event WHERE seq > 6'))
    const { problems, doubts } = await reopened()
    expect(problems).toEqual([expect.stringContaining('Events 7 to 9 are missing')])
    expect(doubts).toEqual([
      expect.objectContaining({
        problem: 'tail-missing',
        seq: 7,
        outside: expect.objectContaining({ seq: 9 }),
      }),
    ])
    // From here on the checkpoint vouches for what is there; the doubt stands in the chain.
    expect((await reopened()).doubts).toHaveLength(1)
  })

  it('show a chain that was computed anew, located between two checkpoints', async () => {
    await closedHistory(4)
    await closedHistory(5)
    tamper(folder.path, (database) => {
      database.exec(`UPDATE audit_event SET body = replace(body, '"ada"', '"eve"') WHERE seq = 6`)
      hashAnew(database, installIdIn(database), 6)
    })
    const { problems, doubts } = await reopened()
    expect(problems).toEqual([expect.stringContaining('at event 5')])
    expect(doubts).toEqual([expect.objectContaining({ problem: 'rewritten', seq: 5 })])
  })

  it('show a record that was put back to an earlier state, and one that was deleted', async () => {
    await closedHistory(4)
    const backup = readFileSync(join(folder.path, 'ledger.sqlite'))
    await closedHistory(4)
    writeFileSync(join(folder.path, 'ledger.sqlite'), backup)
    expect((await reopened()).doubts).toEqual([expect.objectContaining({ problem: 'tail-missing', seq: 5 })])
    rmSync(join(folder.path, 'ledger.sqlite'))
    expect((await reopened()).problems).toEqual([expect.stringContaining('is gone; it had reached event')])
  })

  it.each([
    ['outside-missing', () => rmSync(join(keys(), 'latest-checkpoint.json'))],
    ['outside-missing', () => rmSync(keys(), { recursive: true })],
    ['outside-altered', () => writeFileSync(join(keys(), 'latest-checkpoint.json'), 'nonsense')],
    ['outside-altered', () => rmSync(join(keys(), 'signing-key.pem'))],
    [
      'outside-altered',
      () => writeFileSync(join(keys(), 'latest-checkpoint.json'), JSON.stringify({ ...outside(), seq: 3 })),
    ],
  ])('say %s when what is outside was meddled with (%#)', async (problem, meddle) => {
    await closedHistory(4)
    meddle()
    expect((await reopened()).doubts).toEqual([expect.objectContaining({ problem })])
    expect((await reopened()).problems).toEqual([])
  })

  it('begin once in a ledger of format 1, which goes on untouched', async () => {
    await closedHistory(4)
    const toFormat1 = () =>
      tamper(folder.path, (database) => {
        database.exec(
          "DROP TABLE checkpoint; DROP TABLE signed_end; DELETE FROM audit_event WHERE type = 'schema.migrated'",
        )
        const created = database.prepare('SELECT body FROM audit_event WHERE seq = 1').pluck().get() as string
        const { publicKey: _, ...facts } = JSON.parse(created)
        database
          .prepare('UPDATE audit_event SET body = ? WHERE seq = 1')
          .run(JSON.stringify({ ...facts, format: 1 }))
        hashAnew(database, facts.installId, 1)
        database.pragma('user_version = 1')
      })
    toFormat1()
    rmSync(keys(), { recursive: true })
    expect(await reopened()).toEqual({ problems: [], doubts: [] })
    expect(outside().seq).toBe(5)
    // Whoever turns it back to get rid of the checkpoints is found out by the one outside.
    tamper(folder.path, (database) => database.pragma('user_version = 1'))
    tamper(folder.path, (database) => database.exec('DROP TABLE checkpoint'))
    rmSync(join(keys(), 'latest-checkpoint.json'))
    expect((await reopened()).doubts).toEqual([expect.objectContaining({ problem: 'outside-missing' })])
  })
})

describe('the signed end', () => {
  const forge = (database: Database.Database) => {
    const { seq, hash } = database
      .prepare<[], { seq: number; hash: Buffer }>(
        'SELECT seq, hash FROM audit_event ORDER BY seq DESC LIMIT 1',
      )
      .get() as { seq: number; hash: Buffer }
    const body = '{"at":1,"recordedAt":1,"type":"forged"}'
    database
      .prepare("INSERT INTO audit_event VALUES (?, 1, 'forged', NULL, ?, ?, ?)")
      .run(seq + 1, body, hash, eventHash(seq + 1, hash, Buffer.from(body)))
  }
  const downgrade = (database: Database.Database) => {
    database.exec('DROP TABLE signed_end')
    database.pragma('user_version = 2')
  }

  it('shows an event that somebody without the key added, once and for good', async () => {
    await closedHistory(4)
    tamper(folder.path, forge)
    const { problems, doubts } = await reopened()
    expect(problems).toEqual([expect.stringContaining('Event 5 is not signed: somebody else added it')])
    expect(doubts).toEqual([expect.objectContaining({ problem: 'end-altered', seq: 5 })])
    expect((await reopened()).problems).toEqual([])
  })

  it('shows it also where the record was made to look like one from before there were signed ends', async () => {
    await closedHistory(4)
    tamper(folder.path, (database) => {
      forge(database)
      downgrade(database)
    })
    expect((await reopened()).doubts).toEqual([
      expect.objectContaining({ problem: 'end-altered', detail: expect.stringContaining('is gone') }),
    ])
  })

  it('shows what was changed after the latest checkpoint, when Porthole was killed', async () => {
    const copy = `${folder.path}-killed`
    try {
      {
        await using keeper = await open()
        refuse(keeper, 5)
        for (const suffix of ['', '-keys']) cpSync(folder.path + suffix, copy + suffix, { recursive: true })
      }
      for (const suffix of ['', '-keys']) {
        rmSync(folder.path + suffix, { recursive: true })
        cpSync(copy + suffix, folder.path + suffix, { recursive: true })
      }
      expect(outside().seq).toBe(1)
      const untouched = readFileSync(join(folder.path, 'ledger.sqlite-wal'))
      tamper(folder.path, (database) => {
        database.exec(`UPDATE audit_event SET body = replace(body, '"ada"', '"eve"') WHERE seq = 4`)
        hashAnew(database, installIdIn(database), 4)
      })
      expect((await reopened()).doubts).toEqual([
        expect.objectContaining({ problem: 'rewritten', seq: 2, detail: expect.stringContaining('2 and 6') }),
      ])
      expect(untouched.length).toBeGreaterThan(0)
    } finally {
      for (const suffix of ['', '-keys']) rmSync(copy + suffix, { recursive: true, force: true })
    }
  })

  it('begins where a record of format 2 goes on, without alarm', async () => {
    await closedHistory(4)
    const key = new FileCheckpointKeeper(new KeyFiles(keys())).signingKey()
    tamper(folder.path, (database) => {
      const created = database.prepare('SELECT body FROM audit_event WHERE seq = 1').pluck().get() as string
      database
        .prepare('UPDATE audit_event SET body = ? WHERE seq = 1')
        .run(created.replace('"format":3', '"format":2'))
      hashAnew(database, installIdIn(database), 1)
      database.exec('DELETE FROM checkpoint')
      downgrade(database)
      const head = database.prepare('SELECT hash FROM audit_event WHERE seq = 4').pluck().get() as Buffer
      const facts = { installId: installIdIn(database), number: 1, seq: 4, hash: head.toString('hex'), at: 1 }
      const signed = signCheckpoint(facts, key)
      database
        .prepare('INSERT INTO checkpoint VALUES (1, 4, 1, ?, ?)')
        .run(head, Buffer.from(signed.signature, 'base64'))
      new FileCheckpointKeeper(new KeyFiles(keys())).keep(signed)
    })
    {
      await using keeper = await open()
      expect(keeper.problems()).toEqual([])
    }
    expect(await reopened()).toEqual({ problems: [], doubts: [] })
  })

  it('is not to be had around: an event that a trigger swallows is refused', async () => {
    await closedHistory(4)
    tamper(folder.path, (database) =>
      database.exec(
        "CREATE TRIGGER x BEFORE INSERT ON audit_event WHEN NEW.type = 'session.rejected' BEGIN SELECT RAISE(IGNORE); END",
      ),
    )
    await using keeper = await open()
    expect(() => refuse(keeper, 1)).toThrow('changed by another program')
  })
})

it('a damaged master key is told and stays: a copy can be put back, and nothing is lost', async () => {
  await closedHistory(3)
  const file = join(keys(), 'master-key')
  const whole = readFileSync(file, 'utf8')
  for (const damaged of ['', 'AAAA\n', whole.slice(0, 20)]) {
    writeFileSync(file, damaged)
    await expect(open()).rejects.toMatchObject({
      value: { code: 'AUDIT_UNAVAILABLE', message: expect.stringContaining(file) },
    })
    expect(readFileSync(file, 'utf8')).toBe(damaged)
  }
  writeFileSync(file, whole)
  await using keeper = await open()
  expect(keeper.problems()).toEqual([])
})

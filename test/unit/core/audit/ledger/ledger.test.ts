import { createHash, generateKeyPairSync } from 'node:crypto'
import { readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PortholeError } from '../../../../../src/contract/errors.ts'
import { Ledger } from '../../../../../src/core/audit/ledger/ledger.ts'
import { formatVersion } from '../../../../../src/core/audit/ledger/ledger-file.ts'
import { createHandClock } from '../../../../fixtures/hand-clock.ts'
import { startEvent, temporaryFolder } from '../audit-fixtures.ts'

const { privateKey: signingKey } = generateKeyPairSync('ed25519')
const installId = 'd2719e46-5f4d-4a5c-9f0b-3a6f5e6d7c8b'
const clock = createHandClock()
let folder: ReturnType<typeof temporaryFolder>
let file: string

beforeEach(() => {
  folder = temporaryFolder()
  file = join(folder.path, 'ledger.sqlite')
})
afterEach(() => folder[Symbol.dispose]())

const open = () => Ledger.open({ file, installId, signingKey, clock })

function raw<Value>(use: (database: Database.Database) => Value): Value {
  const database = new Database(file)
  try {
    return use(database)
  } finally {
    database.close()
  }
}

describe('Ledger', () => {
  it('hashes as the format says, recomputed here from the stored columns', () => {
    {
      using ledger = open()
      ledger.append(startEvent({ userName: 'Zoë 😀', command: 'sh -c "a\nb\u0000"' }))
    }
    const rows = raw((database) =>
      database
        .prepare<[], { seq: number; body: string; prev: Buffer; hash: Buffer }>(
          'SELECT * FROM audit_event ORDER BY seq',
        )
        .all(),
    )
    expect(rows).toHaveLength(2)
    let previous: Uint8Array = createHash('sha256').update(installId).digest()
    for (const row of rows) {
      const preimage = Buffer.concat([
        Buffer.from('porthole/audit/v1\0'),
        Buffer.from([0, 0, 0, 0, 0, 0, 0, row.seq]),
        previous,
        createHash('sha256').update(row.body, 'utf8').digest(),
      ])
      expect(row.prev.equals(previous)).toBe(true)
      expect(row.hash.toString('hex')).toBe(createHash('sha256').update(preimage).digest('hex'))
      previous = row.hash
    }
  })

  it('continues the chain after it was closed, and verifies', () => {
    {
      using ledger = open()
      ledger.append(startEvent())
    }
    using ledger = open()
    ledger.append(startEvent())
    expect(ledger.problem).toBeUndefined()
    expect(ledger.verify()).toEqual({ intact: true, events: 3 })
    expect([...ledger.entries()].map(({ seq, event }) => [seq, event.type])).toEqual([
      [1, 'ledger.created'],
      [2, 'session.start'],
      [3, 'session.start'],
    ])
  })

  it('keeps hostile text: lone surrogates become U+FFFD and the chain stays sound', () => {
    using ledger = open()
    ledger.append(startEvent({ userName: 'a\ud800b', command: '</script>\u001b]0;x\u0007' }))
    expect(ledger.verify().intact).toBe(true)
    const [, entry] = [...ledger.entries()]
    expect(entry?.event).toMatchObject({ userName: 'a\ufffdb', command: '</script>\u001b]0;x\u0007' })
  })

  it('finds the events of one session without reading all, also in a ledger made before it could', () => {
    const event = startEvent()
    {
      using ledger = open()
      ledger.append(event)
      ledger.append(startEvent())
    }
    raw((database) => database.exec('DROP INDEX audit_event_by_session'))
    using ledger = open()
    const sessionId = ('sessionId' in event && event.sessionId) || ''
    expect([...ledger.entriesOf(sessionId)].map(({ seq }) => seq)).toEqual([2])
    const plan = raw((database) =>
      database
        .prepare('EXPLAIN QUERY PLAN SELECT seq FROM audit_event WHERE session_id = ? ORDER BY seq')
        .all(sessionId),
    )
    expect(JSON.stringify(plan)).toContain('USING COVERING INDEX audit_event_by_session')
    expect(ledger.verify()).toEqual({ intact: true, events: 3 })
  })

  it('refuses updates, deletes and replaced rows', () => {
    using ledger = open()
    ledger.append(startEvent())
    raw((database) => {
      expect(() => database.exec("UPDATE audit_event SET type = 'x'")).toThrow('append-only')
      expect(() => database.exec('DELETE FROM audit_event')).toThrow('append-only')
      expect(() =>
        database.exec(
          "INSERT OR REPLACE INTO audit_event SELECT seq, ts, 'x', session_id, body, prev, hash FROM audit_event",
        ),
      ).toThrow('append-only')
    })
    expect(ledger.verify()).toEqual({ intact: true, events: 2 })
  })

  it('uses a write-ahead log, full synchronisation and a file for its owner only', () => {
    using ledger = open()
    ledger.append(startEvent())
    expect(raw((database) => database.pragma('journal_mode', { simple: true }))).toBe('wal')
    expect(readdirSync(folder.path)).toContain('ledger.sqlite-wal')
    for (const name of readdirSync(folder.path))
      expect(statSync(join(folder.path, name)).mode & 0o077).toBe(0)
  })

  it('notices that its folder was moved, and goes on when that is put back', () => {
    using ledger = open()
    ledger.append(startEvent())
    const elsewhere = `${folder.path}-elsewhere`
    renameSync(folder.path, elsewhere)
    expect(() => ledger.append(startEvent())).toThrow('was moved or deleted')
    renameSync(elsewhere, folder.path)
    ledger.append(startEvent())
    expect(ledger.verify()).toMatchObject({ intact: true, events: 3 })
  })

  it('says so when it was deleted, instead of writing into nothing', () => {
    using ledger = open()
    for (const name of readdirSync(folder.path)) rmSync(join(folder.path, name))
    expect(() => ledger.append(startEvent())).toThrow('was moved or deleted')
    writeFileSync(file, '')
    expect(() => ledger.append(startEvent())).toThrow('was moved or deleted')
  })

  it('finds a lost tail while it runs', () => {
    using ledger = open()
    for (let count = 0; count < 5; count += 1) ledger.append(startEvent())
    raw((database) =>
      database.exec('DROP TRIGGER audit_event_not_deleted; DELETE FROM audit_event WHERE seq > 4'),
    )
    expect(ledger.verify()).toMatchObject({ intact: false, seq: 5, problem: 'The last 2 events are missing' })
  })

  it('does not build on an event that another program added', () => {
    using ledger = open()
    raw((database) =>
      database.exec(
        'INSERT INTO audit_event SELECT 2, ts, type, session_id, body, hash, hash FROM audit_event',
      ),
    )
    expect(() => ledger.append(startEvent())).toThrow(
      expect.objectContaining({ value: expect.objectContaining({ code: 'AUDIT_UNAVAILABLE' }) }),
    )
    expect(ledger.verify()).toMatchObject({ intact: false, seq: 2 })
  })

  it('tells at the next start when its end was changed', () => {
    {
      using ledger = open()
      ledger.append(startEvent())
      ledger.append(startEvent())
    }
    raw((database) =>
      database.exec(
        'DROP TRIGGER audit_event_not_updated; UPDATE audit_event SET body = replace(body, \'"ada"\', \'"eve"\') WHERE seq = 2',
      ),
    )
    using ledger = open()
    expect(ledger.brokenTail).toEqual({ seq: 2, detail: 'The hash does not match the content' })
  })

  it('refuses a ledger of a later format and leaves it alone', () => {
    open()[Symbol.dispose]()
    raw((database) => database.pragma(`user_version = ${formatVersion + 1}`))
    expect(open).toThrow(PortholeError)
    expect(open).toThrow('written by a newer Porthole')
    expect(readdirSync(folder.path).filter((name) => name.includes('unreadable'))).toEqual([])
  })

  it.each([
    ['is no database', () => writeFileSync(file, 'not a database at all'.repeat(100))],
    ['was overwritten in the middle', () => overwriteMiddle(file)],
    ['is cut short', () => truncateSync(file, Math.floor(statSync(file).size / 2))],
    ['belongs to another program', () => raw((database) => database.pragma('application_id = 1'))],
  ])('sets a file aside that %s, and begins anew saying so', (_name, damage) => {
    {
      using ledger = open()
      for (let count = 0; count < 200; count += 1) ledger.append(startEvent())
    }
    damage()
    const damaged = readFileSync(file)

    using ledger = open()
    expect(ledger.problem).toMatchObject({
      code: 'AUDIT_UNAVAILABLE',
      message: expect.stringContaining('could not be read'),
    })
    const [first, ...others] = [...ledger.entries()]
    expect(others).toEqual([])
    const aside = readdirSync(folder.path).filter(
      (name) => name.includes('.unreadable-') && !/-(wal|shm)$/.test(name),
    )
    expect(aside).toHaveLength(1)
    const path = join(folder.path, String(aside[0]))
    expect(first?.event).toMatchObject({ type: 'ledger.created', replaces: { file: path } })
    expect(readFileSync(path).equals(damaged)).toBe(true)
    expect(ledger.verify()).toEqual({ intact: true, events: 1 })
  })

  it.each([
    ['the index of sessions', "SELECT rootpage FROM sqlite_schema WHERE name = 'audit_event_by_session'"],
    ['the list of free pages', undefined],
  ])('loses nothing where %s was overwritten, and keeps the damaged file', (_name, sql) => {
    {
      using ledger = open()
      for (let count = 0; count < 200; count += 1) ledger.append(startEvent())
    }
    raw((database) => {
      database.exec('CREATE TABLE filler(text TEXT)')
      for (let row = 0; row < 50; row += 1)
        database.prepare('INSERT INTO filler VALUES (?)').run('x'.repeat(1000))
      database.exec('DROP TABLE filler')
    })
    const page = sql === undefined ? undefined : raw((database) => database.prepare(sql).pluck().get())
    const bytes = readFileSync(file)
    // The number of the first page of the free list, and the size of a page: file format 1.3.
    const place = ((Number(page ?? bytes.readUInt32BE(32)) || 1) - 1) * bytes.readUInt16BE(16)
    bytes.fill(0xa5, place, place + bytes.readUInt16BE(16))
    writeFileSync(file, bytes)
    {
      using ledger = open()
      expect(ledger.problem).toBeUndefined()
      expect(ledger.verify()).toEqual({ intact: true, events: 201 })
      ledger.append(startEvent())
    }
    expect(readFileSync(`${file}.damaged`).equals(bytes)).toBe(true)
    using again = open()
    expect(again.verify()).toEqual({ intact: true, events: 202 })
    expect(readdirSync(folder.path).filter((name) => name.includes('unreadable'))).toEqual([])
  })

  it('says which folder is missing when it cannot be made', () => {
    expect(() =>
      Ledger.open({
        file: join(folder.path, 'gone', 'ledger.sqlite'),
        installId,
        signingKey,
        clock,
      }),
    ).toThrow(expect.objectContaining({ value: expect.objectContaining({ code: 'STORAGE_UNWRITABLE' }) }))
  })
})

function overwriteMiddle(path: string): void {
  const bytes = readFileSync(path)
  bytes.fill(0xa5, Math.floor(bytes.length / 3), Math.floor((bytes.length * 2) / 3))
  writeFileSync(path, bytes)
}

import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IntegrityFinding, IntegrityReport } from '../../../../../src/contract/integrity.ts'
import { AuditKeeper } from '../../../../../src/core/audit/audit-keeper.ts'
import {
  FileCheckpointKeeper,
  publicKeyText,
} from '../../../../../src/core/audit/integrity/checkpoint-keeper.ts'
import { KeyFiles } from '../../../../../src/core/audit/integrity/key-files.ts'
import { checkRecord } from '../../../../../src/core/audit/integrity/record-check.ts'
import { LedgerRows } from '../../../../../src/core/audit/ledger/ledger-rows.ts'
import { SealedRecordingStore } from '../../../../../src/core/audit/sealing/sealed-recording-store.ts'
import { createHandClock } from '../../../../fixtures/hand-clock.ts'
import { recordingStart, sessionFacts, temporaryFolder } from '../audit-fixtures.ts'
import { hashAnew, installIdIn, tamper } from '../tampering.ts'

/** Thousands on demand: PORTHOLE_MUTATIONS=5000. */
const numRuns = Number(process.env.PORTHOLE_MUTATIONS ?? 400)
const manyRunsTimeout = 60_000 + numRuns * 60

let folder: ReturnType<typeof temporaryFolder>
/** Every file of the closed record and of the keys, by path. */
let original: Map<string, Buffer>
let installId: string
let lastSeq: number
let lastCheckpoint: number
let sessions: { sessionId: string; file: string; length: number }[]

/** A record as it is left: three starts, two recordings of several chunks each, sessions with their ends. */
beforeAll(async () => {
  folder = temporaryFolder()
  const clock = createHandClock()
  const sessionIds = [randomUUID(), randomUUID()]
  for (const sessionId of [...sessionIds, undefined]) {
    await using keeper = await AuditKeeper.open({ folder: folder.path, clock, onChanged: () => {} })
    if (sessionId === undefined) continue
    keeper.sessionOpened(sessionFacts({ sessionId, userName: 'Zo\ufffd' }))
    await record(keeper, clock, sessionId)
    keeper.sessionEnded(sessionId, { at: clock.now(), reason: 'exited' })
  }
  original = new Map()
  for (const root of [folder.path, `${folder.path}-keys`])
    for (const name of readdirSync(root, { recursive: true }) as string[]) {
      const path = join(root, name)
      if (statSync(path).isFile()) original.set(path, readFileSync(path))
    }
  sessions = sessionIds.map((sessionId) => {
    const file = join(folder.path, 'recordings', `${sessionId}.sealed`)
    return { sessionId, file, length: statSync(file).size }
  })
  tamper(folder.path, (database) => {
    installId = installIdIn(database)
    lastSeq = database.prepare('SELECT max(seq) FROM audit_event').pluck().get() as number
    lastCheckpoint = database.prepare('SELECT max(number) FROM checkpoint').pluck().get() as number
  })
})
afterAll(() => folder[Symbol.dispose]())

async function record(keeper: AuditKeeper, clock: ReturnType<typeof createHandClock>, sessionId: string) {
  let written = Promise.withResolvers<void>()
  const recorder = keeper.recordings.start(recordingStart({ sessionId }), {
    accepted() {},
    written: () => written.resolve(),
    failed: (error) => written.reject(error),
  })
  for (let minute = 0; minute < 3; minute += 1) {
    recorder.output(minute * 60_000, Buffer.from(`${sessionId} in minute ${minute}\r\n`.repeat(4)))
    clock.advance(150)
    await written.promise
    written = Promise.withResolvers()
    clock.advance(60_000)
  }
  await keeper.recordings.close(recorder, 180_000, 'session')
}

function restore(): void {
  for (const root of [folder.path, `${folder.path}-keys`]) rmSync(root, { recursive: true, force: true })
  for (const path of [join(folder.path, 'recordings'), `${folder.path}-keys`])
    mkdirSync(path, { recursive: true })
  for (const [path, bytes] of original) writeFileSync(path, bytes)
}

async function check(): Promise<IntegrityReport> {
  const database = new Database(join(folder.path, 'ledger.sqlite'), { readonly: true })
  const keeper = new FileCheckpointKeeper(new KeyFiles(`${folder.path}-keys`))
  try {
    return await checkRecord({
      installId,
      rows: new LedgerRows(database),
      store: new SealedRecordingStore(join(folder.path, 'recordings'), undefined),
      outside: { checkpoint: keeper.latest(), publicKey: publicKeyText(keeper.signingKey()) },
      now: Date.now,
    })
  } finally {
    database.close()
  }
}

interface Mutation {
  name: string
  apply: () => void
  /** Whether a finding says where it was done. */
  isLocated: (finding: IntegrityFinding) => boolean
}

const covers = (seq: number) => (finding: IntegrityFinding) =>
  finding.seq !== undefined && finding.seq <= seq && seq <= (finding.toSeq ?? finding.seq)
const edit = (change: (database: Database.Database) => void) => tamper(folder.path, change)
const anySeq = () => fc.nat().map((nat) => (nat % lastSeq) + 1)
const anyCheckpoint = () => fc.nat().map((nat) => (nat % lastCheckpoint) + 1)
const anySession = () => fc.nat(1).map((index) => sessions[index] ?? fail())
const difference = fc.integer({ min: 1, max: 255 })

function fail(): never {
  throw new Error('There are two sessions')
}

/** One byte of a column, whatever it holds; `undefined` for NULL. */
function changeColumn(
  database: Database.Database,
  place: { table: string; key: string; value: number; column: string },
  position: number,
  by: number,
): void {
  const { table, key, value, column } = place
  const stored = database
    .prepare(
      `SELECT ${column} AS it, CAST(${column} AS BLOB) AS bytes, typeof(${column}) AS type FROM ${table} WHERE ${key} = ?`,
    )
    .get(value) as { it: unknown; bytes: Buffer | null; type: string }
  if (stored.type === 'integer') {
    database.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${key} = ?`).run(Number(stored.it) + by, value)
    return
  }
  if (stored.bytes === null) return void fc.pre(false)
  const at = position % stored.bytes.length
  stored.bytes[at] = (Number(stored.bytes[at]) + by) % 256
  const cast = stored.type === 'text' ? 'CAST(? AS TEXT)' : '?'
  database.prepare(`UPDATE ${table} SET ${column} = ${cast} WHERE ${key} = ?`).run(stored.bytes, value)
}

const mutations: Record<string, () => fc.Arbitrary<Omit<Mutation, 'name'>>> = {
  'a column of an event': () =>
    fc
      .tuple(
        anySeq(),
        fc.constantFrom('ts', 'type', 'session_id', 'body', 'prev', 'hash'),
        fc.nat(),
        difference,
      )
      .map(([seq, column, position, by]) => ({
        apply: () =>
          edit((db) =>
            changeColumn(db, { table: 'audit_event', key: 'seq', value: seq, column }, position, by),
          ),
        isLocated: covers(seq),
      })),
  'an event, and the rest hashed anew': () =>
    anySeq().map((seq) => ({
      apply: () =>
        edit((db) => {
          const body = db.prepare('SELECT body FROM audit_event WHERE seq = ?').pluck().get(seq) as string
          const changed = JSON.stringify({ ...JSON.parse(body), forged: true })
          db.prepare('UPDATE audit_event SET body = ? WHERE seq = ?').run(changed, seq)
          hashAnew(db, installId, seq)
        }),
      isLocated: covers(seq),
    })),
  'an event taken out, the rest renumbered and hashed anew': () =>
    anySeq().map((seq) => ({
      apply: () =>
        edit((db) => {
          db.prepare('DELETE FROM audit_event WHERE seq = ?').run(seq)
          for (let next = seq + 1; next <= lastSeq; next += 1)
            db.prepare('UPDATE audit_event SET seq = ? WHERE seq = ?').run(next - 1, next)
          hashAnew(db, installId, seq)
        }),
      isLocated: covers(seq),
    })),
  'the tail, with the checkpoints that know it': () =>
    anySeq().map((seq) => ({
      apply: () =>
        edit((db) => {
          db.prepare('DELETE FROM audit_event WHERE seq >= ?').run(seq)
          db.prepare('DELETE FROM checkpoint WHERE seq >= ?').run(seq)
        }),
      isLocated: covers(seq),
    })),
  'two events changed places': () =>
    fc.tuple(anySeq(), anySeq()).map(([left, right]) => ({
      apply: () => {
        fc.pre(left !== right)
        edit((db) => {
          const move = db.prepare('UPDATE audit_event SET seq = ? WHERE seq = ?')
          move.run(-1, left)
          move.run(left, right)
          move.run(right, -1)
        })
      },
      isLocated: covers(Math.min(left, right)),
    })),
  'a byte of a recording': () =>
    fc.tuple(anySession(), fc.nat(), difference).map(([{ sessionId, file, length }, position, by]) => ({
      apply: () => {
        const bytes = readFileSync(file)
        bytes[position % length] = (Number(bytes[position % length]) + by) % 256
        writeFileSync(file, bytes)
      },
      isLocated: ({ kind, offset = 0, bytes = 0, ...finding }) =>
        kind === 'recording' &&
        finding.sessionId === sessionId &&
        offset <= position % length &&
        position % length < offset + bytes &&
        // Better than "somewhere in it".
        bytes < length,
    })),
  'the end of a recording cut off': () =>
    fc.tuple(anySession(), fc.nat()).map(([{ sessionId, file, length }, nat]) => ({
      apply: () => writeFileSync(file, readFileSync(file).subarray(0, nat % length)),
      isLocated: ({ kind, offset = 0, bytes = 0, ...finding }) =>
        kind === 'recording' &&
        finding.sessionId === sessionId &&
        offset <= nat % length &&
        nat % length < offset + bytes,
    })),
  'bytes added to a recording': () =>
    fc.tuple(anySession(), fc.uint8Array({ minLength: 1, maxLength: 50 })).map(([session, added]) => ({
      apply: () => writeFileSync(session.file, Buffer.concat([readFileSync(session.file), added])),
      isLocated: (finding) => finding.sessionId === session.sessionId && finding.offset === session.length,
    })),
  'a recording deleted': () =>
    anySession().map(({ sessionId, file }) => ({
      apply: () => rmSync(file),
      isLocated: (finding) => finding.kind === 'recording-missing' && finding.sessionId === sessionId,
    })),
  'two recordings exchanged': () =>
    anySession().map(({ sessionId }) => ({
      apply: () => {
        const [first = fail(), second = fail()] = sessions
        const bytes = readFileSync(first.file)
        writeFileSync(first.file, readFileSync(second.file))
        writeFileSync(second.file, bytes)
      },
      isLocated: (finding) => finding.kind === 'recording' && finding.sessionId === sessionId,
    })),
  'a recording put in': () =>
    fc.uuid({ version: 4 }).map((sessionId) => ({
      apply: () => writeFileSync(join(folder.path, 'recordings', `${sessionId}.cast`), '{"version":3}\n'),
      isLocated: (finding) => finding.kind === 'recording-unknown' && finding.sessionId === sessionId,
    })),
  'a column of a checkpoint': () =>
    fc
      .tuple(anyCheckpoint(), fc.constantFrom('seq', 'at', 'hash', 'signature'), fc.nat(), difference)
      .map(([number, column, position, by]) => ({
        apply: () =>
          edit((db) =>
            changeColumn(db, { table: 'checkpoint', key: 'number', value: number, column }, position, by),
          ),
        isLocated: (finding) => finding.kind === 'checkpoint' && finding.checkpoint === number,
      })),
  'a checkpoint deleted': () =>
    anyCheckpoint().map((number) => ({
      apply: () => edit((db) => db.prepare('DELETE FROM checkpoint WHERE number = ?').run(number)),
      isLocated: (finding) => finding.kind === 'checkpoint' && finding.checkpoint === number,
    })),
  'two checkpoints changed places': () =>
    fc.tuple(anyCheckpoint(), anyCheckpoint()).map(([left, right]) => ({
      apply: () => {
        fc.pre(left !== right)
        edit((db) => {
          const move = db.prepare('UPDATE checkpoint SET number = ? WHERE number = ?')
          move.run(-1, left)
          move.run(left, right)
          move.run(right, -1)
        })
      },
      isLocated: (finding) => finding.kind === 'checkpoint' && finding.checkpoint === left,
    })),
  'the checkpoint kept outside': () =>
    fc.tuple(fc.nat(), difference).map(([position, by]) => ({
      apply: () => {
        const file = join(`${folder.path}-keys`, 'latest-checkpoint.json')
        const bytes = readFileSync(file)
        const before = new FileCheckpointKeeper(new KeyFiles(`${folder.path}-keys`)).latest()
        bytes[position % bytes.length] = (Number(bytes[position % bytes.length]) + by) % 256
        writeFileSync(file, bytes)
        const after = new FileCheckpointKeeper(new KeyFiles(`${folder.path}-keys`)).latest()
        // White space between members, for one, says nothing.
        fc.pre(JSON.stringify(before) !== JSON.stringify(after))
        // Base64 has spellings of its last character that stand for the same bytes.
        fc.pre(!isSameSignature(before, after))
      },
      isLocated: (finding) => finding.kind === 'outside',
    })),
}

function isSameSignature(before: unknown, after: unknown): boolean {
  const text = (checkpoint: unknown) => {
    const { signature, ...facts } = checkpoint as { signature: string }
    return JSON.stringify([Buffer.from(signature, 'base64').toString('hex'), facts])
  }
  return typeof after === 'object' && text(before) === text(after)
}

describe('a record that is left alone', () => {
  it('has no findings', async () => {
    restore()
    expect(await check()).toMatchObject({ intact: true, recordings: 2, unfinished: 0, findings: [] })
  })

  it('has none either when its free space, its indexes and what is derived from it change', async () => {
    restore()
    edit((db) => {
      db.exec('CREATE TABLE filler(text TEXT); DROP INDEX audit_event_by_session')
      for (let row = 0; row < 200; row += 1) db.prepare('INSERT INTO filler VALUES (?)').run('x'.repeat(1000))
      db.exec('DROP TABLE filler')
    })
    rmSync(join(folder.path, 'session-index.sealed'))
    expect(await check()).toMatchObject({ intact: true, findings: [] })
    edit((db) => db.exec('VACUUM'))
    expect(await check()).toMatchObject({ intact: true, findings: [] })
  })
})

describe('a record changed behind its back', () => {
  it.each(Object.keys(mutations))(
    'is found out, and where: %s',
    async (name) => {
      const arbitrary = mutations[name] ?? fail
      await fc.assert(
        fc.asyncProperty(arbitrary(), async ({ apply, isLocated }) => {
          restore()
          apply()
          const { intact, findings } = await check()
          expect(intact).toBe(false)
          expect(findings.some(isLocated), JSON.stringify(findings)).toBe(true)
        }),
        { numRuns: Math.ceil(numRuns / Object.keys(mutations).length) },
      )
    },
    manyRunsTimeout,
  )
})

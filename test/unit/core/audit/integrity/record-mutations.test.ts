import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IntegrityFinding, IntegrityReport } from '../../../../../src/contract/integrity.ts'
import { AuditKeeper } from '../../../../../src/core/audit/audit-keeper.ts'
import { signCheckpoint } from '../../../../../src/core/audit/integrity/checkpoint.ts'
import {
  FileCheckpointKeeper,
  publicKeyText,
} from '../../../../../src/core/audit/integrity/checkpoint-keeper.ts'
import { KeyFiles } from '../../../../../src/core/audit/integrity/key-files.ts'
import { checkRecord } from '../../../../../src/core/audit/integrity/record-check.ts'
import { signEnd } from '../../../../../src/core/audit/integrity/signed-end.ts'
import { canonicalJson } from '../../../../../src/core/audit/ledger/canonical-json.ts'
import { eventHash } from '../../../../../src/core/audit/ledger/chain.ts'
import { LedgerRows } from '../../../../../src/core/audit/ledger/ledger-rows.ts'
import { RecordingKeys } from '../../../../../src/core/audit/sealing/recording-keys.ts'
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
  using keys = new RecordingKeys({
    file: join(folder.path, 'recording-keys.sqlite'),
    masterKey: keeper.masterKey(),
  })
  try {
    return await checkRecord({
      installId,
      rows: new LedgerRows(database),
      store: new SealedRecordingStore(join(folder.path, 'recordings'), keys),
      hasKeys: true,
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

function changeKey(sessionId: string, how: string, position: number, by: number): void {
  const database = new Database(join(folder.path, 'recording-keys.sqlite'))
  const read = database
    .prepare<[string], Buffer>('SELECT wrapped FROM recording_key WHERE session_id = ?')
    .pluck()
  const write = database.prepare('UPDATE recording_key SET wrapped = ? WHERE session_id = ?')
  const wrapped = read.get(sessionId) ?? fail()
  const other = sessions.find((each) => each.sessionId !== sessionId) ?? fail()
  const at = position % wrapped.length
  wrapped[at] = (Number(wrapped[at]) + by) % 256
  if (how === 'changed') write.run(wrapped, sessionId)
  else if (how === 'deleted')
    database.prepare('DELETE FROM recording_key WHERE session_id = ?').run(sessionId)
  else write.run(read.get(other.sessionId), sessionId)
  database.close()
}

/** What anybody can do: the chain needs no key. */
function addForged(
  database: Database.Database,
  count: number,
  event: object = { type: 'recording.shredded', sessionId: sessions[0]?.sessionId, at: 1 },
): { seq: number; hash: Buffer } {
  const body = canonicalJson({ ...event, recordedAt: 1 })
  const { type, sessionId = null } = event as { type: string; sessionId?: string }
  const insert = database.prepare('INSERT INTO audit_event VALUES (?, 1, ?, ?, ?, ?, ?)')
  let head = database
    .prepare<[], { seq: number; hash: Buffer }>('SELECT seq, hash FROM audit_event ORDER BY seq DESC LIMIT 1')
    .get()
  for (let added = 0; head !== undefined && added < count; added += 1) {
    const seq = head.seq + 1
    const hash = Buffer.from(eventHash(seq, head.hash, Buffer.from(body)))
    insert.run(seq, type, sessionId, body, head.hash, hash)
    head = { seq, hash }
  }
  return head ?? fail()
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
      isLocated: (finding) => finding.kind === 'events-missing' && covers(seq)(finding),
    })),
  'events added behind the last one, hashed as they should be': () =>
    fc.integer({ min: 1, max: 3 }).map((count) => ({
      apply: () => edit((db) => addForged(db, count)),
      isLocated: covers(lastSeq + count),
    })),
  'events added, with a checkpoint and a signed end of a key of their own': () =>
    fc.constant(undefined).map(() => ({
      apply: () =>
        edit((db) => {
          const { publicKey, privateKey } = generateKeyPairSync('ed25519')
          const text = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
          const { seq, hash } = addForged(db, 1, { type: 'key.changed', at: 1, publicKey: text })
          const facts = { installId, number: lastCheckpoint + 1, seq, hash: hash.toString('hex'), at: 1 }
          const { signature } = signCheckpoint(facts, privateKey)
          db.prepare('INSERT INTO checkpoint VALUES (?, ?, 1, ?, ?)').run(
            facts.number,
            seq,
            hash,
            Buffer.from(signature, 'base64'),
          )
          db.prepare('UPDATE signed_end SET seq = ?, hash = ?, signature = ?').run(
            seq,
            hash,
            signEnd(installId, { seq, hash }, privateKey),
          )
        }),
      isLocated: covers(lastSeq + 1),
    })),
  'a column of the signed end': () =>
    fc
      .tuple(fc.constantFrom('seq', 'hash', 'signature'), fc.nat(), difference)
      .map(([column, position, by]) => ({
        apply: () =>
          edit((db) => changeColumn(db, { table: 'signed_end', key: 'id', value: 1, column }, position, by)),
        isLocated: covers(lastSeq),
      })),
  'the signed end deleted': () =>
    fc.constantFrom('DELETE FROM signed_end', 'DROP TABLE signed_end').map((sql) => ({
      apply: () => edit((db) => db.exec(sql)),
      isLocated: covers(lastSeq),
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
  'the key of a recording': () =>
    fc
      .tuple(anySession(), fc.constantFrom('changed', 'deleted', 'of the other one'), fc.nat(), difference)
      .map(([{ sessionId }, how, position, by]) => ({
        apply: () => changeKey(sessionId, how, position, by),
        isLocated: (finding) => finding.kind === 'recording' && finding.sessionId === sessionId,
      })),
  'the key of all recordings': () =>
    fc.constant(undefined).map(() => ({
      apply: () => rmSync(join(`${folder.path}-keys`, 'master-key')),
      isLocated: (finding) => finding.kind === 'recording' && finding.sessionId === sessions[1]?.sessionId,
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

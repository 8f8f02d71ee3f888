import { createHash } from 'node:crypto'
import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AuditKeeper } from '../../../../src/core/audit/audit-keeper.ts'
import type { AuditEvent } from '../../../../src/core/audit/ledger/audit-events.ts'
import { FileRecordingStore } from '../../../../src/core/audit/recording/file-recording-store.ts'
import { systemClock } from '../../../../src/core/clock.ts'
import { noon, recordingStart, sessionFacts, taskArn, temporaryFolder } from './audit-fixtures.ts'

const facts = sessionFacts()
const { sessionId } = facts

let folder: ReturnType<typeof temporaryFolder>
let crashed: string
let recording: string
let lines: Buffer

const open = (path: string, onChanged: (news: { taskArn: string }) => void = () => {}) =>
  AuditKeeper.open({
    folder: path,
    clock: systemClock,
    onChanged,
    // Plain, as recordings were before they were sealed: the test can read them.
    store: new FileRecordingStore(join(path, 'recordings')),
  })

/** What a crash leaves is what lies in the folder at that moment: a copy of a history at work. */
beforeAll(async () => {
  folder = temporaryFolder()
  const live = join(folder.path, 'live')
  await using keeper = await open(live)
  keeper.sessionOpened(facts)
  let written = Promise.withResolvers<void>()
  const recorder = keeper.recordings.start(recordingStart({ sessionId }), {
    accepted() {},
    written: () => written.resolve(),
    failed: (error) => written.reject(error),
  })
  // One MiB at a time, each written before the next: three chunks.
  for (let given = 0; given < 3; given += 1) {
    recorder.output(given * 1000, Buffer.alloc(1024 * 1024, 'z'))
    await written.promise
    written = Promise.withResolvers()
  }
  for (const suffix of ['', '-keys'])
    cpSync(live + suffix, join(folder.path, 'snapshot') + suffix, { recursive: true })
})
afterAll(() => folder[Symbol.dispose]())

beforeEach(() => {
  crashed = join(folder.path, 'crashed')
  for (const suffix of ['', '-keys']) {
    rmSync(crashed + suffix, { recursive: true, force: true })
    cpSync(join(folder.path, 'snapshot') + suffix, crashed + suffix, { recursive: true })
  }
  recording = join(crashed, 'recordings', `${sessionId}.cast`)
  lines = readFileSync(recording)
})

/** Opens the crashed history, closes it, and gives what that added to the ledger. */
async function recover(findings: object[] = []): Promise<AuditEvent[]> {
  const before = eventsOf(crashed).length
  await using keeper = await open(crashed)
  expect((await keeper.verify()).findings).toMatchObject(findings)
  return eventsOf(crashed).slice(before)
}

function eventsOf(path: string): AuditEvent[] {
  const database = new Database(join(path, 'ledger.sqlite'))
  try {
    return database
      .prepare<[], string>('SELECT body FROM audit_event ORDER BY seq')
      .pluck()
      .all()
      .map((body) => JSON.parse(body as unknown as string) as AuditEvent)
  } finally {
    database.close()
  }
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('recovery from a crash', () => {
  it('notes an untouched recording as it is, and ends the session at its last moment', async () => {
    expect(await recover()).toMatchObject([
      {
        type: 'recording.recovered',
        sessionId,
        taskArn,
        bytes: lines.length,
        sha256: sha256(lines),
        outputBytes: 3 * 1024 * 1024,
        cutBytes: 0,
      },
      { type: 'session.interrupted', sessionId, taskArn },
    ])
    await using keeper = await open(crashed)
    const session = keeper.session(sessionId)
    expect(session).toMatchObject({ live: false, endReason: 'interrupted', hasRecording: true })
    expect(session.endedAt).toBeGreaterThanOrEqual(noon + 2000)
  })

  it('cuts off a torn last line and says how much', async () => {
    appendFileSync(recording, '[0.1, "o", "ä')
    expect(await recover()).toMatchObject([
      { type: 'recording.recovered', bytes: lines.length, sha256: sha256(lines), cutBytes: 14 },
      { type: 'session.interrupted' },
    ])
    expect(readFileSync(recording).equals(lines)).toBe(true)
  })

  it('says where the recording is not what the ledger vouches for', async () => {
    const chunks = eventsOf(crashed).filter((event) => event.type === 'recording.chunk')
    expect(chunks.length).toBeGreaterThanOrEqual(2)
    const second = Number(chunks[1]?.offset)
    lines[second + 100] = 0x79
    writeFileSync(recording, lines)
    const [recovered] = await recover([{ kind: 'recording', sessionId, offset: second }])
    expect(recovered).toMatchObject({ type: 'recording.recovered', firstBadChunk: second })
  })

  it('says when the recording is gone', async () => {
    rmSync(recording)
    expect(await recover([{ kind: 'recording-missing', sessionId }])).toMatchObject([
      { type: 'recording.failed', sessionId, bytes: 0, error: { code: 'STORAGE_UNWRITABLE' } },
      { type: 'session.interrupted' },
    ])
    await using keeper = await open(crashed)
    expect(keeper.session(sessionId)).toMatchObject({ hasRecording: false, live: false })
  })

  it('happens once, and tells which tasks changed', async () => {
    const changed: string[] = []
    await using keeper = await open(crashed, ({ taskArn }) => changed.push(taskArn))
    expect(changed).toEqual([taskArn])
    await keeper[Symbol.asyncDispose]()
    expect(await recover()).toEqual([])
  })

  it('names the sessions that AWS may still run, until the next time it is opened', async () => {
    {
      await using keeper = await open(crashed)
      expect(keeper.leftBehind()).toMatchObject([
        { sessionId, endReason: 'interrupted', container: facts.container },
      ])
    }
    await using keeper = await open(crashed)
    expect(keeper.leftBehind()).toEqual([])
  })
})

describe('a sealed recording after a loss of power', () => {
  const openSealed = (path: string) =>
    AuditKeeper.open({ folder: path, clock: systemClock, onChanged: () => {} })
  const head = (length: number) => {
    const bytes = Buffer.alloc(16, 7)
    bytes.writeUInt32BE(length)
    return bytes
  }

  it.each([
    ['zeros', () => Buffer.alloc(4096)],
    ['a few zeros', () => Buffer.alloc(33)],
    ['a stretch of which only the head was written', () => Buffer.concat([head(500), Buffer.alloc(516)])],
    ['two of them', () => Buffer.concat([head(9), Buffer.alloc(25), head(70), Buffer.alloc(86), head(70)])],
  ])('loses %s at its end, and nothing else', async (_name, torn) => {
    const [live, copy] = [join(folder.path, 'live-sealed'), join(folder.path, 'crashed-sealed')]
    const own = sessionFacts()
    {
      await using keeper = await openSealed(live)
      keeper.sessionOpened(own)
      const written = Promise.withResolvers<void>()
      const recorder = keeper.recordings.start(recordingStart({ sessionId: own.sessionId }), {
        accepted() {},
        written: () => written.resolve(),
        failed: (error) => written.reject(error),
      })
      recorder.output(0, Buffer.from('this was on the disk\r\n'))
      await written.promise
      for (const suffix of ['', '-keys']) cpSync(live + suffix, copy + suffix, { recursive: true })
    }
    try {
      const end = torn()
      appendFileSync(join(copy, 'recordings', `${own.sessionId}.sealed`), end)
      await using keeper = await openSealed(copy)
      expect(keeper.session(own.sessionId)).toMatchObject({ hasRecording: true, outputBytes: 22 })
      expect((await keeper.recordings.page(own.sessionId, 0)).text).toContain('this was on the disk')
      expect(await keeper.verify()).toMatchObject({ intact: true, findings: [] })
      const recovered = new Database(join(copy, 'ledger.sqlite'), { readonly: true })
      const body = recovered
        .prepare("SELECT body FROM audit_event WHERE type = 'recording.recovered'")
        .pluck()
        .get()
      recovered.close()
      expect(JSON.parse(String(body))).toMatchObject({ cutBytes: end.length })
    } finally {
      for (const path of [live, copy])
        for (const suffix of ['', '-keys']) rmSync(path + suffix, { recursive: true, force: true })
    }
  })
})

import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fromBuffer } from 'yauzl'
import type { ExportRequest, ExportSummary } from '../../../src/contract/export.ts'
import { AuditKeeper } from '../../../src/core/audit/audit-keeper.ts'
import { exportFolder } from '../../../src/core/audit/export/export-folder.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { createHandClock } from '../../fixtures/hand-clock.ts'
import { recordingStart, sessionFacts, temporaryFolder } from '../../unit/core/audit/audit-fixtures.ts'

const verifierFile = resolve(import.meta.dirname, '../../../resources/audit-verifier.mjs')
const cli = resolve(import.meta.dirname, '../../../src/cli/porthole.ts')
const secret = 'AKIAIOSFODNN7EXAMPLE'
const everything: ExportRequest = {
  selection: { kind: 'all' },
  redacted: false,
  text: true,
  asciicastV2: true,
}

let folder: ReturnType<typeof temporaryFolder>
let audit: string
const sessionIds = [randomUUID(), randomUUID()] as const

beforeAll(async () => {
  folder = temporaryFolder()
  audit = join(folder.path, 'audit')
  await using keeper = await AuditKeeper.open({ folder: audit, clock: systemClock, onChanged: () => {} })
  for (const sessionId of sessionIds) {
    keeper.sessionOpened(sessionFacts({ sessionId, command: `sh -c "export AWS_ACCESS_KEY_ID=${secret}"` }))
    const recorder = keeper.recordings.start(recordingStart({ sessionId }), {
      accepted() {},
      written() {},
      failed() {},
    })
    recorder.output(500, Buffer.from(`\u001b[32mkey ${secret}\u001b[0m äß😀\r\n`))
    recorder.resize(900, { cols: 100, rows: 30 })
    recorder.output(1500, Buffer.from(`${sessionId} done\r\n`))
    await keeper.recordings.close(recorder, 2000, 'session')
    keeper.sessionEnded(sessionId, { at: Date.now(), reason: 'exited' })
  }
})
afterAll(() => folder[Symbol.dispose]())

/** As a session of some minutes leaves it: its ledger vouches for what was written of it bit by bit. */
async function recordTwoChunks(source: string, sessionId: string): Promise<void> {
  const clock = createHandClock()
  await using keeper = await AuditKeeper.open({ folder: source, clock, onChanged: () => {} })
  keeper.sessionOpened(sessionFacts({ sessionId }))
  let written = Promise.withResolvers<void>()
  const recorder = keeper.recordings.start(recordingStart({ sessionId }), {
    accepted() {},
    written: () => written.resolve(),
    failed: (error) => written.reject(error),
  })
  for (let minute = 0; minute < 2; minute += 1) {
    recorder.output(minute * 60_000, Buffer.from(`minute ${minute}\r\n`))
    clock.advance(300)
    await written.promise
    written = Promise.withResolvers()
    clock.advance(60_000)
  }
  await keeper.recordings.close(recorder, 120_000, 'session')
}

async function exported(name: string, request: ExportRequest = everything): Promise<ExportSummary> {
  const target = join(folder.path, name)
  const by = { userName: 'ana' }
  return exportFolder({ folder: audit, target, request, by, version: '1.0.0', verifierFile })
}

async function run(...args: string[]): Promise<{ code: number; said: string }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, error, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  return { code: Number(code), said: out + error }
}

/** With the copy that lies in the export, as an auditor would. */
const verify = (path: string) => run(join(path, 'verify.mjs'))

function filesIn(path: string): string[] {
  return (readdirSync(path, { recursive: true }) as string[]).filter((name) =>
    statSync(join(path, name)).isFile(),
  )
}

describe('an export', () => {
  it('verifies with nothing but the verifier in it, and is noted in the record and in itself', async () => {
    const summary = await exported('whole')
    expect(summary).toMatchObject({ recordings: 2, findings: 0 })
    const path = summary.path
    const { code, said } = await verify(path)
    expect(said).toContain('Intact.')
    expect(said).toContain(summary.keyFingerprint)
    expect(said).toContain('2 recordings are what was recorded')
    expect(code).toBe(0)
    expect(readFileSync(join(path, 'events.jsonl'), 'utf8')).toContain('"activity":"export.started"')
    expect(readFileSync(join(path, `text/${sessionIds[0]}.txt`), 'utf8')).toBe(
      `key ${secret} äß😀\n${sessionIds[0]} done\n`,
    )
    const v2 = readFileSync(join(path, `asciicast-v2/${sessionIds[0]}.cast`), 'utf8')
      .trim()
      .split('\n')
    expect(v2.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ version: 2, width: 80, height: 24 }),
      [0.5, 'o', `\u001b[32mkey ${secret}\u001b[0m äß😀\r\n`],
      [0.9, 'r', '100x30'],
      [1.5, 'o', `${sessionIds[0]} done\r\n`],
    ])
  })

  it('tells between which bytes of a long recording something was changed', async () => {
    using own = temporaryFolder()
    const source = join(own.path, 'audit')
    const sessionId = randomUUID()
    await recordTwoChunks(source, sessionId)
    const { path } = await exportFolder({
      folder: source,
      target: join(own.path, 'export'),
      request: everything,
      by: { userName: 'ana' },
      version: '1.0.0',
      verifierFile,
    })
    expect((await verify(path)).said).toContain('Intact.')
    const chunks = readFileSync(join(path, 'events.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ type }) => type === 'recording.chunk')
    expect(chunks.length).toBeGreaterThan(1)
    for (const { offset, bytes } of chunks) {
      const file = join(path, `sealed/${sessionId}.sealed`)
      const whole = readFileSync(file)
      const changed = Buffer.from(whole)
      changed.writeUInt8(changed.readUInt8(offset + bytes - 1) ^ 1, offset + bytes - 1)
      writeFileSync(file, changed)
      expect((await verify(path)).said).toContain(`was changed between bytes ${offset} and ${offset + bytes}`)
      writeFileSync(file, whole)
    }
  })

  it('is found out, and where, when anything in it is changed', async () => {
    const { path } = await exported('tampered')
    const recording = `recordings/${sessionIds[1]}.cast`
    const edit = (name: string, change: (text: string) => string) => (copy: string) =>
      writeFileSync(join(copy, name), change(readFileSync(join(copy, name), 'utf8')))
    const flipLast = (name: string) => (copy: string) => {
      const bytes = readFileSync(join(copy, name))
      bytes[bytes.length - 1] = Number(bytes.at(-1)) ^ 1
      writeFileSync(join(copy, name), bytes)
    }
    const cases: [(copy: string) => void, string][] = [
      [
        edit(recording, (was) => was.replace('done', 'gone')),
        `${recording} is not what is sealed in sealed/`,
      ],
      [flipLast(`sealed/${sessionIds[1]}.sealed`), `sealed/${sessionIds[1]}.sealed is not what was recorded`],
      [edit('events.jsonl', (was) => was.replace('ada', 'eve')), 'was changed'],
      [edit('events.jsonl', (was) => was.split('\n').slice(1).join('\n')), 'was exported and is missing'],
      [
        edit('chain.jsonl', (was) => was.replace(/"hash":"./, '"hash":"x')),
        'does not follow from the one before',
      ],
      [
        edit('checkpoints.jsonl', (was) => was.replace(/"at":\d/, '"at":9')),
        'checkpoint 1 is not what was signed',
      ],
      [edit('manifest.json', (was) => was.replace('"ana"', '"eve"')), 'manifest.json is not what was signed'],
      [(copy) => rmSync(join(copy, recording)), `${recording} is missing`],
      [(copy) => writeFileSync(join(copy, 'recordings/extra.cast'), ''), 'recordings/extra.cast was put in'],
      [(copy) => appendFileSync(join(copy, recording), '[1,"o","x"]\n'), `${recording} has`],
      [(copy) => cpSync(join(copy, `recordings/${sessionIds[0]}.cast`), join(copy, recording)), recording],
    ]
    for (const [change, told] of cases) {
      const copy = join(folder.path, 'copy')
      rmSync(copy, { recursive: true, force: true })
      cpSync(path, copy, { recursive: true })
      change(copy)
      const { code, said } = await verify(copy)
      expect(said).toContain(told)
      expect(said).not.toContain('Intact.')
      expect(code).toBe(1)
    }
  })

  it('holds only what was chosen, and still the whole chain', async () => {
    const selection = { kind: 'session' as const, sessionId: sessionIds[0] }
    const { path, events, recordings } = await exported('one', { ...everything, selection })
    expect(recordings).toBe(1)
    const all = readFileSync(join(path, 'chain.jsonl'), 'utf8').trim().split('\n')
    const chosen = readFileSync(join(path, 'events.jsonl'), 'utf8')
    expect(chosen.trim().split('\n')).toHaveLength(events)
    expect(events).toBeLessThan(all.length)
    for (const name of filesIn(path))
      expect(`${name} ${readFileSync(join(path, name), 'utf8')}`).not.toContain(sessionIds[1])
    expect(await verify(path)).toMatchObject({ code: 0 })
    expect(JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8')).leftOut).toEqual({
      events: all.length - events,
      recordingsGone: [],
    })
    const ofTask = { kind: 'task' as const, taskArn: sessionFacts({}).container.taskArn }
    const task = await exported('task', { ...everything, selection: ofTask })
    expect(task).toMatchObject({ recordings: 2 })
    expect(readFileSync(join(task.path, 'events.jsonl'), 'utf8')).toContain('"selection":"session"')
    expect(await verify(task.path)).toMatchObject({ code: 0 })
    const none = await exported('none', { ...everything, selection: { kind: 'range', from: 1, to: 2 } })
    expect(none).toMatchObject({ recordings: 0, events: 1 })
    expect(await verify(none.path)).toMatchObject({ code: 0 })
  })

  it('holds no secret when it is redacted, and no recording', async () => {
    const { path, redactions } = await exported('redacted', { ...everything, redacted: true })
    expect(redactions).toBe(4)
    for (const name of filesIn(path))
      expect(`${name} ${readFileSync(join(path, name), 'utf8')}`).not.toContain(secret)
    expect(filesIn(path).filter((name) => name.endsWith('.cast'))).toEqual([])
    expect(readFileSync(join(path, `text/${sessionIds[0]}.txt`), 'utf8')).toContain(
      '‹redacted:aws-key-id:20›',
    )
    const { code, said } = await verify(path)
    expect(said).toContain('redacted: their bodies cannot be compared')
    expect(code).toBe(0)
  })

  it('is the same as an archive, for its owner alone', async () => {
    const { path, bytes } = await exported('packed.zip')
    expect(statSync(path)).toMatchObject({ size: bytes })
    expect(statSync(path).mode & 0o077).toBe(0)
    const unpacked = join(folder.path, 'unpacked')
    await unpack(readFileSync(path), unpacked)
    expect(await verify(unpacked)).toMatchObject({ code: 0 })
    const packed = await run(verifierFile, path)
    expect(packed.said).toContain('2 recordings are what was recorded')
    expect(packed.code).toBe(0)
  })

  it('cannot harm whoever verifies an archive that was changed', async () => {
    const archive = readFileSync((await exported('honest.zip')).path)
    const forged = join(folder.path, 'forged.zip')
    const forge = (from: string, to: string) =>
      Buffer.from(archive.toString('latin1').replaceAll(from, to), 'latin1')
    const damaged = Buffer.from(archive)
    const place = archive.indexOf('events.jsonl') + 'events.jsonl'.length + 20
    damaged.writeUInt8(damaged.readUInt8(place) ^ 0x55, place)
    const cases: [Buffer, string | RegExp][] = [
      [forge('README.txt', '../ADME.tx'), '"../ADME.tx" is no name we give'],
      [forge('README.txt', '/tmp/x.txt'), '"/tmp/x.txt" is no name we give'],
      [forge('README.txt', 'verify.mjs'), 'EEXIST'],
      [archive.subarray(0, -100), 'its end is missing'],
      [archive.subarray(1000), 'it is cut off'],
      [Buffer.from('no archive'), 'it is no .zip'],
      [damaged, /events\.jsonl/],
    ]
    for (const [bytes, told] of cases) {
      writeFileSync(forged, bytes)
      const { code, said } = await run(verifierFile, forged)
      expect(said).toMatch(told)
      expect(said).not.toContain('Intact.')
      expect(code).toBe(1)
    }
  })

  it('tells what was wrong with the record when it was made', async () => {
    const damaged = join(folder.path, 'damaged')
    for (const suffix of ['', '-keys']) cpSync(audit + suffix, damaged + suffix, { recursive: true })
    appendFileSync(join(damaged, 'recordings', `${sessionIds[0]}.sealed`), 'x')
    const target = join(folder.path, 'of-damaged')
    const request = everything
    const by = { userName: 'ana' }
    const summary = await exportFolder({ folder: damaged, target, request, by, version: '1', verifierFile })
    expect(summary.findings).toBe(1)
    const { code, said } = await verify(target)
    expect(said).toContain('when it was exported, the record differed: 1 bytes were added')
    expect(code).toBe(1)
  })
})

describe('a recording that cannot be read to its end', () => {
  it('is exported as far as it can be, and the export says so', async () => {
    const damaged = join(folder.path, 'torn')
    for (const suffix of ['', '-keys']) cpSync(audit + suffix, damaged + suffix, { recursive: true })
    const file = join(damaged, 'recordings', `${sessionIds[0]}.sealed`)
    const bytes = readFileSync(file)
    bytes[bytes.length - 40] = Number(bytes.at(-40)) ^ 1
    writeFileSync(file, bytes)
    const target = join(folder.path, 'of-torn')
    const by = { userName: 'ana' }
    const order = { folder: damaged, target, request: everything, by, version: '1', verifierFile }
    expect(await exportFolder(order)).toMatchObject({ findings: 1, recordings: 2 })
    expect(JSON.parse(readFileSync(join(target, 'manifest.json'), 'utf8')).leftOut).toMatchObject({
      recordingsTorn: [sessionIds[0]],
    })
    expect(readFileSync(join(target, `sealed/${sessionIds[0]}.sealed`)).equals(bytes)).toBe(true)
    const { code, said } = await verify(target)
    expect(said).toContain('when it was exported, the record differed')
    expect(code).toBe(1)
  })
})

describe('porthole audit', () => {
  const porthole = (...args: string[]) => run('--disable-warning=ExperimentalWarning', cli, 'audit', ...args)
  const data = () => ['--data-folder', folder.path]

  it('exports into an archive and verifies it as it is', async () => {
    const archive = join(folder.path, 'by-command.zip')
    const range = ['--since', '2020-01-01', '--until', '2020-01-02']
    expect(await porthole('export', ...data(), ...range, archive)).toMatchObject({ code: 0 })
    expect(await porthole('verify', archive)).toMatchObject({ code: 0 })
    writeFileSync(archive, readFileSync(archive).subarray(0, -50))
    expect(await porthole('verify', archive)).toMatchObject({ code: 1 })
  })

  it('exports into a folder and verifies it', async () => {
    const target = join(folder.path, 'by-command')
    expect(await porthole('export', ...data(), '--out', target, '--redacted')).toMatchObject({ code: 0 })
    expect(await porthole('verify', target)).toMatchObject({ code: 0 })
  })

  it('exports one recording alone', async () => {
    const target = join(folder.path, 'one.cast')
    const session = ['--session', sessionIds[0], '--as', 'asciicast-v2', '--redacted']
    expect(await porthole('export', ...data(), ...session, target)).toMatchObject({ code: 0 })
    expect(readFileSync(target, 'utf8')).toContain('‹redacted:aws-key-id:20›')
    expect((await porthole('export', ...data(), ...session, target)).said).toContain('exists already')
    const wrong = await porthole('export', ...data(), '--as', 'gif', join(folder.path, 'one.gif'))
    expect(wrong).toMatchObject({ code: 1 })
    expect(wrong.said).toContain('--as takes asciicast-v3, asciicast-v2, text.')
  })

  it('verifies the record itself', async () => {
    const sound = await porthole('verify', ...data())
    expect(sound.said).toContain('Intact.')
    expect(sound.code).toBe(0)
    appendFileSync(join(audit, 'recordings', `${sessionIds[0]}.sealed`), 'x')
    const damaged = await porthole('verify', ...data())
    expect(damaged.said).toContain(`were added to the end of the recording. (session ${sessionIds[0]})`)
    expect(damaged.code).toBe(1)
    expect((await porthole('verify', join(folder.path, 'nowhere'))).said).toContain(
      'There is no audit history',
    )
  })
})

/** With another library than the one that packed it. */
async function unpack(archive: Buffer, target: string): Promise<void> {
  await new Promise<void>((done, reject) => {
    fromBuffer(archive, { lazyEntries: true }, (failure, zip) => {
      if (failure) return reject(failure)
      zip.on('end', () => done())
      zip.on('entry', (entry) =>
        zip.openReadStream(entry, async (problem, stream) => {
          if (problem) return reject(problem)
          mkdirSync(dirname(join(target, entry.fileName)), { recursive: true })
          writeFileSync(join(target, entry.fileName), await buffer(stream))
          zip.readEntry()
        }),
      )
      zip.readEntry()
    })
  })
}

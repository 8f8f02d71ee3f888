import { execFileSync } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fromBuffer } from 'yauzl'
import type { AuditActivity } from '../../../../../src/contract/audit.ts'
import type { ExportProgress } from '../../../../../src/contract/export.ts'
import { AuditKeeper } from '../../../../../src/core/audit/audit-keeper.ts'
import type { ExportOrder, ExportRun } from '../../../../../src/core/audit/audit-service.ts'
import { UnfinishedExports } from '../../../../../src/core/audit/export/unfinished-exports.ts'
import { systemClock } from '../../../../../src/core/clock.ts'
import { recordingStart, sessionFacts, taskArn, temporaryFolder } from '../audit-fixtures.ts'

const secret = 'AKIAIOSFODNN7EXAMPLE'
const isRoot = process.getuid?.() === 0

let folder: ReturnType<typeof temporaryFolder>
let keeper: AuditKeeper
const sessionIds = Array.from({ length: 4 }, () => randomUUID())
const [sessionId = ''] = sessionIds

const openKeeper = () =>
  AuditKeeper.open({ folder: join(folder.path, 'audit'), clock: systemClock, onChanged: () => {} })

beforeAll(async () => {
  folder = temporaryFolder()
  keeper = await openKeeper()
  for (const id of sessionIds) {
    keeper.sessionOpened(sessionFacts({ sessionId: id, command: `sh -c "export KEY=${secret}"` }))
    const start = recordingStart({ sessionId: id, command: `TOKEN=${secret} sh`, title: 'nginx in web' })
    const recorder = keeper.recordings.start(start, { accepted() {}, written() {}, failed() {} })
    // What cannot be made smaller, so that a small disk is full.
    recorder.output(500, Buffer.from(`${randomBytes(300 * 1024).toString('base64')}\r\n`))
    recorder.output(900, Buffer.from(`\u001b[32mkey AKIAIOSFO`))
    recorder.resize(950, { cols: 100, rows: 30 })
    recorder.output(1000, Buffer.from(`\u001b[0mDNN7EXAMPLE done\r\n$ `))
    recorder.marker(1100, `$ echo ${secret}`)
    await keeper.recordings.close(recorder, 2000, 'session')
    keeper.sessionEnded(id, { at: Date.now(), reason: 'exited' })
  }
  // More events than are checked at once.
  for (let count = 0; count < 260; count += 1)
    keeper.note({ activity: 'readiness.checked', at: Date.now(), userName: 'ada' })
})
afterAll(async () => {
  await keeper[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

function newFolder(): string {
  const path = join(folder.path, randomUUID())
  mkdirSync(path)
  return path
}

const by = { userName: 'ana' }

function archive(path: string, run?: ExportRun & { replace?: boolean }) {
  const order: ExportOrder = {
    request: { selection: { kind: 'all' }, redacted: false, text: true, asciicastV2: true },
    place: { kind: 'chosen', path, replace: run?.replace ?? false },
    container: 'archive',
    by,
    version: '1.0.0',
    verifier: '// none',
  }
  return keeper.export(order, run)
}

/** What the ledger says of the latest export, in order. */
function ledgerOfLatest(of = keeper): (string | undefined)[] {
  const activities = of
    .entries(taskArn)
    .filter((entry): entry is AuditActivity => entry.kind === 'activity')
    .reverse()
  const latest = activities.findLast(({ activity }) => activity === 'export.started')?.detail?.export
  return activities
    .filter(({ detail }) => detail?.export === latest)
    .map(({ activity, detail }) => [activity, detail?.code].filter(Boolean).join(' '))
}

/** Exports of the task stand in its history; those of everything stand in none. */
function archiveOfTask(path: string, run?: ExportRun & { replace?: boolean }) {
  return keeper.export(
    {
      request: { selection: { kind: 'task', taskArn }, redacted: false, text: false, asciicastV2: false },
      place: { kind: 'chosen', path, replace: run?.replace ?? false },
      container: 'archive',
      by,
      version: '1.0.0',
      verifier: '// none',
    },
    run,
  )
}

const notesLeft = () => {
  const notes = join(folder.path, 'audit', 'unfinished-exports')
  return existsSync(notes) ? readdirSync(notes) : []
}

async function namesIn(file: string): Promise<string[]> {
  return new Promise((done, reject) => {
    fromBuffer(readFileSync(file), { lazyEntries: true }, (failure, zip) => {
      if (failure) return reject(failure)
      const names: string[] = []
      zip.on('end', () => done(names))
      zip.on('entry', (entry) =>
        zip.openReadStream(entry, async (problem, stream) => {
          if (problem) return reject(problem)
          // Reading it through checks it.
          await buffer(stream)
          names.push(entry.fileName)
          zip.readEntry()
        }),
      )
      zip.readEntry()
    })
  })
}

describe('an export', () => {
  it('tells how far it has come, and when it is over stands in the ledger as begun and done', async () => {
    const target = join(newFolder(), 'all.zip')
    const told: ExportProgress[] = []
    const { bytes } = await archiveOfTask(target, { onProgress: (progress) => told.push(progress) })
    expect(lstatSync(target)).toMatchObject({ size: bytes })
    expect([...new Set(told.map(({ phase }) => phase))]).toEqual([
      'check-events',
      'check-recordings',
      'write',
    ])
    const writing = told.filter(({ phase }) => phase === 'write')
    expect(writing.at(-1)).toMatchObject({ recordings: { done: 4, total: 4 } })
    const done = writing.map((progress) => progress.done)
    expect(done.toSorted((one, other) => one - other)).toEqual(done)
    expect(done.at(-1)).toBe(writing.at(-1)?.total)
    expect(ledgerOfLatest()).toEqual(['export.started', 'audit.exported'])
    expect(notesLeft()).toEqual([])
  })

  it.each(['check-events', 'check-recordings', 'write'] as const)(
    'that is cancelled during %s leaves nothing, and is told as cancelled',
    async (phase) => {
      const out = newFolder()
      const controller = new AbortController()
      const exporting = archiveOfTask(join(out, 'all.zip'), {
        signal: controller.signal,
        onProgress: (progress) => {
          if (progress.phase !== phase) return
          expect(readdirSync(out)).toHaveLength(1)
          controller.abort()
        },
      })
      await expect(exporting).rejects.toMatchObject({ value: { code: 'CANCELLED' } })
      expect(readdirSync(out)).toEqual([])
      expect(notesLeft()).toEqual([])
      expect(ledgerOfLatest()).toEqual(['export.started', 'export.cancelled'])
      // A check that somebody else waits for is not cancelled with it, and another one can begin.
      expect(await keeper.verify()).toMatchObject({ intact: true })
    },
  )

  it('that is cancelled takes no check along that somebody else waits for', async () => {
    const controller = new AbortController()
    const exporting = archiveOfTask(join(newFolder(), 'all.zip'), {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    })
    const verifying = keeper.verify()
    await expect(exporting).rejects.toMatchObject({ value: { code: 'CANCELLED' } })
    expect(await verifying).toMatchObject({ intact: true, recordings: 4 })
  })

  it('replaces no file that nobody was asked about, whenever it came', async () => {
    const out = newFolder()
    const target = join(out, 'all.zip')
    writeFileSync(target, 'mine')
    await expect(archiveOfTask(target)).rejects.toMatchObject({
      value: { code: 'STORAGE_UNWRITABLE', message: `${target} is there already. It was left as it is.` },
    })
    expect(ledgerOfLatest()).toEqual(['export.started', 'export.failed STORAGE_UNWRITABLE'])
    rmSync(target)
    const late = archiveOfTask(target, {
      onProgress: ({ phase }) => {
        if (phase === 'write') writeFileSync(target, 'mine')
      },
    })
    await expect(late).rejects.toMatchObject({ value: { code: 'STORAGE_UNWRITABLE' } })
    expect(readFileSync(target, 'utf8')).toBe('mine')
    expect(readdirSync(out)).toEqual(['all.zip'])
  })

  it('replaces the file that somebody was asked about, when it is whole and not before', async () => {
    const out = newFolder()
    const target = join(out, 'all.zip')
    writeFileSync(target, 'old')
    const link = join(newFolder(), 'link.zip')
    symlinkSync(target, link)
    const { path } = await archive(link, {
      replace: true,
      onProgress: () => expect(readFileSync(target, 'utf8')).toBe('old'),
    })
    expect(path).toBe(target)
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(await namesIn(target)).toContain('manifest.json')
    expect(readdirSync(out)).toEqual(['all.zip'])
  })

  it('leaves a read-only file and a folder alone, whatever was answered', async () => {
    const out = newFolder()
    const target = join(out, 'all.zip')
    writeFileSync(target, 'mine', { mode: 0o400 })
    await expect(archive(target, { replace: true })).rejects.toMatchObject({
      value: { message: `${target} is there already and is read-only.` },
    })
    await expect(archive(out, { replace: true })).rejects.toMatchObject({
      value: { message: `${out} is there already and is no file.` },
    })
    expect(readFileSync(target, 'utf8')).toBe('mine')
  })

  it('can be called anything that fits on the disk', async () => {
    const target = join(newFolder(), `${'ä'.repeat(125)}.zip`)
    expect(Buffer.byteLength('ä'.repeat(125)) + 4).toBeGreaterThan(250)
    expect(await archive(target)).toMatchObject({ path: target })
    await expect(archive(join(newFolder(), `${'a'.repeat(260)}.zip`))).rejects.toMatchObject({
      value: { action: 'Choose a shorter name.' },
    })
  })

  it('onto the same file as another one makes one whole file, never a mixture', async () => {
    const out = newFolder()
    const target = join(out, 'all.zip')
    writeFileSync(target, 'old')
    const both = await Promise.allSettled([
      archive(target, { replace: true }),
      archive(target, { replace: true }),
    ])
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
    expect(await namesIn(target)).toHaveLength(4 * 4 + 9)
    expect(readdirSync(out)).toEqual(['all.zip'])
  })

  it('says that the folder is gone when it goes away meanwhile', async () => {
    const out = newFolder()
    const exporting = archiveOfTask(join(out, 'all.zip'), {
      onProgress: ({ phase }) => {
        if (phase === 'write') rmSync(out, { recursive: true, force: true })
      },
    })
    await expect(exporting).rejects.toMatchObject({
      value: { code: 'STORAGE_UNWRITABLE', message: `The folder ${out} is not there any more.` },
    })
    expect(ledgerOfLatest()).toEqual(['export.started', 'export.failed STORAGE_UNWRITABLE'])
    expect(existsSync(out)).toBe(false)
    expect(notesLeft()).toEqual([])
  })

  it('says at once that a folder is read-only, before it reads anything', async () => {
    const out = newFolder()
    using _sealed = isRoot ? mounted(out, 'ro') : withoutWriting(out)
    const told: unknown[] = []
    const exporting = archive(join(out, 'all.zip'), { onProgress: (progress) => told.push(progress) })
    await expect(exporting).rejects.toMatchObject({
      value: {
        code: 'STORAGE_UNWRITABLE',
        message: isRoot ? `${out} is on a disk that is read-only.` : `You may not write to ${out}.`,
      },
    })
    expect(told).toEqual([])
    expect(notesLeft()).toEqual([])
  })

  it.skipIf(!isRoot)(
    'says that the disk is full, and leaves nothing on it (mounting needs root)',
    async () => {
      const out = newFolder()
      using _disk = mounted(out, 'size=1m')
      const target = join(out, 'all.zip')
      await expect(archiveOfTask(target)).rejects.toMatchObject({
        value: {
          code: 'STORAGE_FULL',
          message: `The export could not be written: no room is left in ${target}.`,
          action: 'Free some disk space.',
        },
      })
      expect(readdirSync(out)).toEqual([])
      expect(ledgerOfLatest()).toEqual(['export.started', 'export.failed STORAGE_FULL'])
    },
  )
})

describe('what a crash left of exports', () => {
  it('goes at the next start, and the ledger hears that they never ended', async () => {
    using crashed = temporaryFolder()
    const audit = join(crashed.path, 'audit')
    const out = newFolder()
    const gone = newFolder()
    const facts = { userName: 'ana', taskArn, detail: { export: 'e1' } }
    const unfinished = new UnfinishedExports(join(audit, 'unfinished-exports'))
    const partial = await unfinished.begin(randomUUID(), out, facts)
    writeFileSync(partial.partial, 'half')
    const whole = await unfinished.begin(randomUUID(), out, facts)
    writeFileSync(whole.waiting, 'whole, and nobody fetched it')
    await unfinished.waits(whole.id, out)
    const away = await unfinished.begin(randomUUID(), gone, facts)
    rmSync(gone, { recursive: true })
    // Whoever can write there cannot have anything else removed by it.
    const forged = join(audit, 'unfinished-exports', '..%2f.json')
    writeFileSync(forged, JSON.stringify({ folder: out }))
    writeFileSync(join(out, 'mine.zip'), 'mine')

    await using opened = await AuditKeeper.open({ folder: audit, clock: systemClock, onChanged: () => {} })
    expect(readdirSync(out)).toEqual(['mine.zip'])
    expect(ledgerOfLatest(opened)).toEqual([])
    const [entry, ...others] = opened.entries(taskArn)
    expect(others).toEqual([])
    expect(entry).toMatchObject({
      activity: 'export.failed',
      userName: 'ana',
      detail: { export: 'e1', code: 'INTERRUPTED' },
    })
    // On a disk that is away, until it is back.
    expect(readdirSync(join(audit, 'unfinished-exports')).toSorted()).toEqual(
      ['..%2f.json', `${away.id}.json`].toSorted(),
    )
  })
})

describe('one recording', () => {
  const recording = (form: 'asciicast-v3' | 'asciicast-v2' | 'text', redacted: boolean, name = 'one') => {
    const target = join(newFolder(), name)
    const place = { kind: 'chosen' as const, path: target, replace: false }
    return keeper.exportRecording({ request: { sessionId, form, redacted }, place, by })
  }
  const linesOf = (path: string) =>
    readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))

  it('is the recording as it is, byte for byte', async () => {
    const { path, bytes } = await recording('asciicast-v3', false)
    const page = await keeper.recordings.page(sessionId, 0)
    expect(readFileSync(path, 'utf8').startsWith(page.text)).toBe(true)
    expect(lstatSync(path)).toMatchObject({ size: bytes })
    expect(lstatSync(path).mode & 0o077).toBe(0)
  })

  it('holds no secret when it is redacted, also not one that is cut in two or coloured', async () => {
    const { path, redactions } = await recording('asciicast-v3', true)
    expect(redactions).toBe(3)
    expect(readFileSync(path, 'utf8')).not.toContain(secret)
    expect(readFileSync(path, 'utf8')).not.toContain('porthole')
    const [header, ...events] = linesOf(path)
    expect(header).toMatchObject({ version: 3, term: { cols: 80, rows: 24 } })
    expect(events.at(-1)).toEqual([0, 'o', '$ '])
    expect(events.slice(-4, -1)).toEqual([
      [0.45, 'r', '100x30'],
      [0.05, 'o', 'key ‹redacted:aws-key-id:20› done\r\n'],
      [0.1, 'm', '$ echo ‹redacted:aws-key-id:20›'],
    ])
    const { path: old } = await recording('asciicast-v2', true)
    const [headerV2, ...eventsV2] = linesOf(old)
    expect(headerV2).toMatchObject({ version: 2, width: 80, height: 24 })
    expect(eventsV2.at(-2)).toEqual([1.1, 'm', '$ echo ‹redacted:aws-key-id:20›'])
    const { path: text } = await recording('text', true)
    expect(readFileSync(text, 'utf8')).toContain('key ‹redacted:aws-key-id:20› done\n$ ')
  })

  it('is told as not there when there is none, and nothing is written', async () => {
    const out = newFolder()
    const place = { kind: 'chosen' as const, path: join(out, 'one'), replace: false }
    const request = { sessionId: randomUUID(), form: 'text' as const, redacted: false }
    await expect(keeper.exportRecording({ request, place, by })).rejects.toMatchObject({
      value: { code: 'NOT_FOUND' },
    })
    expect(readdirSync(out)).toEqual([])
  })
})

function mounted(path: string, options: string): Disposable {
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'none', path])
  return { [Symbol.dispose]: () => void execFileSync('umount', [path]) }
}

function withoutWriting(path: string): Disposable {
  chmodSync(path, 0o500)
  return { [Symbol.dispose]: () => chmodSync(path, 0o700) }
}

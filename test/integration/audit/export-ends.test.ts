import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AuditKeeper } from '../../../src/core/audit/audit-keeper.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { recordingStart, sessionFacts, temporaryFolder } from '../../unit/core/audit/audit-fixtures.ts'

const cli = resolve(import.meta.dirname, '../../../src/cli/porthole.ts')
/** In pieces as they come from a shell: enough that an export is seen half done. */
const pieces = 200
const pieceBytes = 64 * 1024

let folder: ReturnType<typeof temporaryFolder>
let out: string
let ended: ChildProcess[]

beforeAll(async () => {
  folder = temporaryFolder()
  const audit = join(folder.path, 'audit')
  await using keeper = await AuditKeeper.open({ folder: audit, clock: systemClock, onChanged: () => {} })
  const sessionId = randomUUID()
  keeper.sessionOpened(sessionFacts({ sessionId }))
  const heard = { accepted() {}, written() {}, failed() {} }
  const recorder = keeper.recordings.start(recordingStart({ sessionId }), heard)
  const output = Buffer.alloc(pieceBytes, 'a line of a long log\r\n')
  for (let piece = 0; piece < pieces; piece += 1) recorder.output(piece, output)
  await keeper.recordings.close(recorder, pieces, 'session')
  keeper.sessionEnded(sessionId, { at: Date.now(), reason: 'exited' })
})
afterAll(() => folder[Symbol.dispose]())

beforeEach(() => {
  ended = []
  out = join(folder.path, randomUUID())
  mkdirSync(out)
  return () => {
    for (const child of ended) child.kill('SIGKILL')
  }
})

function startExport(name: string): ChildProcess {
  const target = ['--text', '--asciicast-v2', join(out, name)]
  const child = spawn(process.execPath, [cli, 'audit', 'export', '--data-folder', folder.path, ...target], {
    stdio: 'ignore',
  })
  ended.push(child)
  return child
}

/** Whatever lies there, under any name. */
function bytesIn(place: string): number {
  const names = readdirSync(place, { recursive: true }) as string[]
  return names.reduce(
    (sum, name) => sum + (statSync(join(place, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  )
}

async function halfDone(child: ChildProcess): Promise<void> {
  await expect.poll(() => bytesIn(out), { interval: 5 }).toBeGreaterThan(pieceBytes)
  expect(child.exitCode).toBeNull()
}

/** What the ledger says of exports, by an export of it. */
async function exportsNoted(): Promise<{ activity: string; detail: Record<string, string> }[]> {
  const child = startExport('after')
  expect((await once(child, 'exit'))[0]).toBe(0)
  return readFileSync(join(out, 'after', 'events.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ activity }) => /export/.test(activity ?? ''))
}

describe.each(['history.zip', 'history'])('an export to %s', (name) => {
  it('that is killed leaves nothing of its name, and the next start takes away what it left and says so', async () => {
    const child = startExport(name)
    await halfDone(child)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(existsSync(join(out, name))).toBe(false)
    expect(readdirSync(out)).toHaveLength(1)

    const noted = await exportsNoted()
    expect(readdirSync(out)).toEqual(['after'])
    const [started, failed, again] = noted.slice(-3)
    expect(started).toMatchObject({ activity: 'export.started' })
    expect(failed).toMatchObject({
      activity: 'export.failed',
      detail: { export: started?.detail.export, code: 'INTERRUPTED' },
    })
    expect(again).toMatchObject({ activity: 'export.started' })
  })

  it('that is told to end takes everything back and says that it was cancelled', async () => {
    const child = startExport(name)
    await halfDone(child)
    child.kill('SIGTERM')
    await once(child, 'exit')
    expect(readdirSync(out)).toEqual([])

    const [started, cancelled] = (await exportsNoted()).slice(-3)
    expect(cancelled).toMatchObject({
      activity: 'export.cancelled',
      detail: { export: started?.detail.export },
    })
  })
})

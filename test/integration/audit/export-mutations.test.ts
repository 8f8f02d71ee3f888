import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AuditKeeper } from '../../../src/core/audit/audit-keeper.ts'
import { exportFolder } from '../../../src/core/audit/export/export-folder.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { recordingStart, sessionFacts, temporaryFolder } from '../../unit/core/audit/audit-fixtures.ts'

/** Our copy: a mutation may have hit the one in the export. */
const verifierFile = resolve(import.meta.dirname, '../../../resources/audit-verifier.mjs')
/** Each is a process of its own; the rest of the thousands is for whoever has the time. */
const mutationRuns = Number(process.env.PORTHOLE_EXPORT_MUTATIONS ?? 100)
const testLimitMilliseconds = 60_000 + mutationRuns * 1000

let folder: ReturnType<typeof temporaryFolder>
let whole: string
let files: string[]

beforeAll(async () => {
  folder = temporaryFolder()
  const audit = join(folder.path, 'audit')
  const sessionId = randomUUID()
  {
    await using keeper = await AuditKeeper.open({ folder: audit, clock: systemClock, onChanged: () => {} })
    keeper.sessionOpened(sessionFacts({ sessionId }))
    const recorder = keeper.recordings.start(recordingStart({ sessionId }), {
      accepted() {},
      written() {},
      failed() {},
    })
    recorder.output(500, Buffer.from('hello äß😀\r\n'))
    await keeper.recordings.close(recorder, 2000, 'session')
    keeper.sessionEnded(sessionId, { at: Date.now(), reason: 'exited' })
  }
  whole = join(folder.path, 'whole')
  await exportFolder({
    folder: audit,
    target: whole,
    request: { selection: { kind: 'all' }, redacted: false, text: true, asciicastV2: true },
    by: { userName: 'ana' },
    version: '1.0.0',
    verifierFile,
  })
  files = (readdirSync(whole, { recursive: true }) as string[])
    .filter((name) => statSync(join(whole, name)).isFile())
    .sort()
})
afterAll(() => folder[Symbol.dispose]())

async function verify(path: string): Promise<{ code: number; said: string }> {
  const child = spawn(process.execPath, [verifierFile, path], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, error, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  return { code: Number(code), said: out + error }
}

/** What may be said of a file that was changed; the three that sign are named by what they sign. */
function namesOf(file: string): string[] {
  return ['manifest.sig', 'public-key.pem'].includes(file)
    ? [file, 'manifest.json', 'public-key.pem']
    : [file]
}

describe('any byte of any file in an export', () => {
  it('is missed when it is changed, taken out or put in, and the file is named', {
    timeout: testLimitMilliseconds,
  }, async () => {
    expect((await verify(whole)).code).toBe(0)
    const copy = join(folder.path, 'copy')
    cpSync(whole, copy, { recursive: true })
    const mutation = fc.record({
      file: fc.constantFrom(...files),
      at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      how: fc.constantFrom('change', 'remove', 'insert', 'cut'),
      byte: fc.integer({ min: 1, max: 255 }),
    })
    await fc.assert(
      fc.asyncProperty(mutation, async ({ file, at, how, byte }) => {
        const was = readFileSync(join(whole, file))
        const place = Math.floor(at * was.length)
        const changed = Buffer.from([(was[place] ?? 0) ^ byte])
        const now = {
          change: [was.subarray(0, place), changed, was.subarray(place + 1)],
          remove: [was.subarray(0, place), was.subarray(place + 1)],
          insert: [was.subarray(0, place), Buffer.from([byte]), was.subarray(place)],
          cut: [was.subarray(0, place)],
        }[how]
        writeFileSync(join(copy, file), Buffer.concat(now))
        try {
          const { code, said } = await verify(copy)
          expect(code).toBe(1)
          const told = said.split('\n').filter((line) => line.startsWith('BAD'))
          expect(
            told.some((line) => namesOf(file).some((name) => line.includes(name))),
            said,
          ).toBe(true)
          expect(said).not.toContain('node:internal')
        } finally {
          writeFileSync(join(copy, file), was)
        }
      }),
      { numRuns: mutationRuns },
    )
  })
})

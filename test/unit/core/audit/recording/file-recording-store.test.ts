import { createHash, randomUUID } from 'node:crypto'
import { appendFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FileRecordingStore } from '../../../../../src/core/audit/recording/file-recording-store.ts'
import { endOfLastLine, readRecordingPage } from '../../../../../src/core/audit/recording/recording-pages.ts'
import { readWhole, temporaryFolder } from '../audit-fixtures.ts'

let folder: ReturnType<typeof temporaryFolder>
let recordings: string
let store: FileRecordingStore

beforeEach(() => {
  folder = temporaryFolder()
  recordings = join(folder.path, 'recordings')
  store = new FileRecordingStore(recordings)
})
afterEach(() => folder[Symbol.dispose]())

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

async function write(text: string): Promise<string> {
  const sessionId = randomUUID()
  const writer = await store.create(sessionId)
  await writer.append(Buffer.from(text))
  await writer.close()
  return sessionId
}

describe('FileRecordingStore', () => {
  it('keeps files and folder for their owner, named after the session alone', async () => {
    const sessionId = await write('a\n')
    expect(readdirSync(recordings)).toEqual([`${sessionId}.cast`])
    expect(statSync(recordings).mode & 0o777).toBe(0o700)
    expect(statSync(join(recordings, `${sessionId}.cast`)).mode & 0o777).toBe(0o600)
    expect(await store.list()).toEqual([sessionId])
    expect(await store.stat(sessionId)).toEqual({ byteLength: 2 })
  })

  it.each(['../../etc/passwd', '', 'a'.repeat(36), `${randomUUID()}/x`])(
    'refuses the name %j',
    async (name) => {
      await expect(store.create(name)).rejects.toThrow(RangeError)
      await expect(store.remove(name)).rejects.toThrow(RangeError)
    },
  )

  it('never writes over a recording', async () => {
    const sessionId = await write('first\n')
    await expect(store.create(sessionId)).rejects.toMatchObject({ code: 'EEXIST' })
    expect(await store.digest(sessionId)).toBe(sha256('first\n'))
  })

  it('hashes the whole and its chunks as they are written', async () => {
    const sessionId = randomUUID()
    const writer = await store.create(sessionId)
    await writer.append(Buffer.from('one\n'))
    expect(writer.takeChunk()).toEqual({ offset: 0, bytes: 4, sha256: sha256('one\n') })
    await writer.append(Buffer.from('two\n'))
    await writer.append(Buffer.from('three\n'))
    expect(writer.takeChunk()).toEqual({ offset: 4, bytes: 10, sha256: sha256('two\nthree\n') })
    expect(writer.total()).toEqual({ bytes: 14, sha256: sha256('one\ntwo\nthree\n') })
    await writer.close()
    expect(await store.digest(sessionId)).toBe(sha256('one\ntwo\nthree\n'))
    expect(await store.digest(sessionId, { offset: 4, bytes: 4 })).toBe(sha256('two\n'))
  })

  it('cuts off at close what a failed append left behind', async () => {
    const sessionId = randomUUID()
    const writer = await store.create(sessionId)
    await writer.append(Buffer.from('whole\n'))
    appendFileSync(join(recordings, `${sessionId}.cast`), 'to')
    await writer.close()
    expect(await store.digest(sessionId)).toBe(sha256('whole\n'))
  })

  it.each<[string, () => void]>([
    ['was deleted', () => rmSync(recordings, { recursive: true })],
    ['was moved away', () => renameSync(recordings, `${recordings}-elsewhere`)],
    [
      'has another in its place',
      () => {
        for (const name of readdirSync(recordings)) {
          renameSync(join(recordings, name), join(recordings, `${name}.old`))
          writeFileSync(join(recordings, name), '')
        }
      },
    ],
  ])('notices that its file %s', async (_, lose) => {
    const writer = await store.create(randomUUID())
    await writer.append(Buffer.from('a\n'))
    await writer.sync()
    lose()
    await expect(writer.sync()).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(writer.close()).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await store.stat(await write('the next one\n'))).toEqual({ byteLength: 13 })
  })

  it('knows nothing of what is not there, and passes over foreign files', async () => {
    expect(await store.list()).toEqual([])
    expect(await store.stat(randomUUID())).toBeUndefined()
    await expect(store.open(randomUUID())).rejects.toMatchObject({ code: 'ENOENT' })
    const sessionId = await write('a\n')
    writeFileSync(join(recordings, 'notes.cast'), '')
    writeFileSync(join(recordings, `${randomUUID()}.txt`), '')
    expect(await store.list()).toEqual([sessionId])
    await store.remove(sessionId)
    await store.remove(sessionId)
    expect(await store.list()).toEqual([])
  })
})

describe('pages of a recording', () => {
  it('are whole lines that make up the file, and leave out a torn end', async () => {
    const lines = Array.from({ length: 9000 }, (_, index) => `[0.001, "o", "${'ü'.repeat(index % 60)}"]\n`)
    const sessionId = await write(`${lines.join('')}[0.0`)
    await using reader = await store.open(sessionId)
    const pages: string[] = []
    const whole = await readWhole(async (offset) => {
      const page = await readRecordingPage(reader, offset)
      pages.push(page.text)
      return page
    })
    expect(whole).toBe(lines.join(''))
    expect(pages.length).toBeGreaterThan(2)
    for (const page of pages.slice(0, -1)) {
      expect(page.endsWith('\n')).toBe(true)
      expect(Buffer.byteLength(page)).toBeLessThanOrEqual(256 * 1024)
    }
    expect(pages.at(-1)).toBe('')
    expect(await endOfLastLine(reader)).toBe(Buffer.byteLength(whole))
  })

  it('hold a line that is longer than a page', async () => {
    const line = `${'x'.repeat(700 * 1024)}\n`
    const sessionId = await write(`${line}torn${'y'.repeat(300 * 1024)}`)
    await using reader = await store.open(sessionId)
    expect(await readRecordingPage(reader, 0)).toEqual({ text: line, nextOffset: line.length })
    expect(await readRecordingPage(reader, line.length)).toEqual({ text: '' })
    expect(await endOfLastLine(reader)).toBe(line.length)
  })

  it('begin at lines only', async () => {
    const sessionId = await write('one\ntwo\n')
    await using reader = await store.open(sessionId)
    await expect(readRecordingPage(reader, 2)).rejects.toMatchObject({ value: { code: 'INVALID_REQUEST' } })
    await expect(readRecordingPage(reader, 99)).rejects.toMatchObject({ value: { code: 'INVALID_REQUEST' } })
    expect(await readRecordingPage(reader, 4)).toEqual({ text: 'two\n', nextOffset: 8 })
  })
})

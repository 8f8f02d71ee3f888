import { randomBytes, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FileRecordingStore } from '../../../../../src/core/audit/recording/file-recording-store.ts'
import { RecordingKeys } from '../../../../../src/core/audit/sealing/recording-keys.ts'
import { frameOverhead, sealMark } from '../../../../../src/core/audit/sealing/seal.ts'
import { SealedRecordingStore } from '../../../../../src/core/audit/sealing/sealed-recording-store.ts'
import { temporaryFolder } from '../audit-fixtures.ts'

const masterKey = randomBytes(32)
let folder: ReturnType<typeof temporaryFolder>
let keys: RecordingKeys
let store: SealedRecordingStore
let sessionId: string

beforeEach(() => {
  folder = temporaryFolder()
  keys = openKeys()
  store = new SealedRecordingStore(folder.path, keys)
  sessionId = randomUUID()
})
afterEach(() => {
  keys[Symbol.dispose]()
  folder[Symbol.dispose]()
})

const openKeys = (key: Uint8Array = masterKey) =>
  new RecordingKeys({ file: join(folder.path, 'keys.sqlite'), masterKey: key })
const sealedFile = () => join(folder.path, `${sessionId}.sealed`)

async function write(...parts: string[]): Promise<void> {
  const writer = await store.create(sessionId)
  for (const part of parts) await writer.append(Buffer.from(part))
  await writer.close()
}

async function readAll(from = 0, length = Number.MAX_SAFE_INTEGER): Promise<string> {
  await using reader = await store.open(sessionId)
  return Buffer.from(await reader.read(from, length)).toString('utf8')
}

describe('a sealed recording', () => {
  it('reads as what was written, from any place, and shows nothing of it on the disk', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ minLength: 1, maxLength: 60 }), { maxLength: 12 }),
        fc.nat(800),
        fc.nat(800),
        async (parts, from, length) => {
          sessionId = randomUUID()
          await write(...parts.map((part) => `secret ${part}\n`))
          const whole = Buffer.from(parts.map((part) => `secret ${part}\n`).join(''))
          await using reader = await store.open(sessionId)
          expect(reader.byteLength).toBe(whole.length)
          const part = Buffer.from(await reader.read(from, length))
          expect(part.equals(whole.subarray(from, from + length))).toBe(true)
          expect(readFileSync(sealedFile()).includes('secret')).toBe(false)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('shows what is added while it is open to who opens it again, also two at a time', async () => {
    const writer = await store.create(sessionId)
    await writer.append(Buffer.from('one\n'))
    expect(await readAll()).toBe('one\n')
    await writer.append(Buffer.from('two\n'))
    expect(await Promise.all([readAll(), readAll(), readAll(4)])).toEqual([
      'one\ntwo\n',
      'one\ntwo\n',
      'two\n',
    ])
    await writer.close()
  })

  it('loses a torn frame and no other, wherever it was cut', async () => {
    const lines = ['first\n', 'second line\n', 'third\n']
    await write(...lines)
    const bytes = readFileSync(sealedFile())
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      writeFileSync(sealedFile(), bytes)
      truncateSync(sealedFile(), cut)
      const fresh = new SealedRecordingStore(folder.path, keys)
      await using reader = await fresh.open(sessionId)
      const kept = lines.filter((_, index) => endOf(lines, index) <= cut).join('')
      expect(Buffer.from(await reader.read(0, 1000)).toString()).toBe(kept)
      await fresh.truncate(sessionId, reader.byteLength)
      const whole = kept === '' ? [0, sealMark.length] : [endOf(lines, kept.split('\n').length - 2)]
      expect(whole).toContain(statSync(sealedFile()).size)
    }
  })

  it('is refused when a byte was changed, or two frames changed places', async () => {
    await write('aaaa\n', 'bbbb\n')
    const bytes = readFileSync(sealedFile())
    const frame = frameOverhead + 5
    const swapped = Buffer.concat([
      bytes.subarray(0, sealMark.length),
      bytes.subarray(sealMark.length + frame),
      bytes.subarray(sealMark.length, sealMark.length + frame),
    ])
    writeFileSync(sealedFile(), swapped)
    await expect(readAll()).rejects.toMatchObject({ code: 'EBADMSG' })
    const flipped = Buffer.from(bytes)
    flipped[sealMark.length + 17] = Number(flipped[sealMark.length + 17]) ^ 1
    writeFileSync(sealedFile(), flipped)
    await expect(readAll()).rejects.toMatchObject({ code: 'EBADMSG' })
  })

  it('never uses a nonce twice, and gives two recordings of the same text nothing in common', async () => {
    const nonces = new Set<string>()
    for (let round = 0; round < 5; round += 1) {
      sessionId = randomUUID()
      await write(...Array.from({ length: 40 }, () => 'same\n'))
      const bytes = readFileSync(sealedFile())
      for (let at = sealMark.length; at < bytes.length; at += frameOverhead + 5)
        nonces.add(bytes.subarray(at + 4, at + 16).toString('hex'))
    }
    expect(nonces.size).toBe(200)
  })

  it('cannot be read any more when its key is destroyed, which leaves no trace in the key table', async () => {
    await write('kept for now\n')
    const wrapped = readFileSync(join(folder.path, 'keys.sqlite'))
    expect(wrapped.includes(sessionId)).toBe(true)
    keys.destroy(sessionId)
    expect(readFileSync(join(folder.path, 'keys.sqlite')).includes(sessionId)).toBe(false)
    await expect(readAll()).rejects.toMatchObject({ code: 'ENOENT' })
    await store.remove(sessionId)
    expect(await store.list()).toEqual([])
    expect(readdirSync(folder.path).filter((name) => name.includes(sessionId))).toEqual([])
  })

  it('has a key of its own', async () => {
    const others = [keys.create(randomUUID()), keys.create(randomUUID())]
    await write('kept\n')
    const all = [keys.get(sessionId), ...others].map((key) => Buffer.from(key ?? []).toString('hex'))
    expect(all.map((key) => key.length)).toEqual([64, 64, 64])
    expect(new Set(all).size).toBe(3)
  })

  it('is no use with another master key', async () => {
    await write('x\n')
    keys[Symbol.dispose]()
    keys = openKeys(randomBytes(32))
    store = new SealedRecordingStore(folder.path, keys)
    await expect(readAll()).rejects.toMatchObject({ code: 'EBADMSG' })
  })

  it('leaves a recording from before as it is, and refuses a second one for its session', async () => {
    const writer = await new FileRecordingStore(folder.path).create(sessionId)
    await writer.append(Buffer.from('plain\n'))
    await writer.close()
    expect(await readAll()).toBe('plain\n')
    expect(await store.list()).toEqual([sessionId])
    expect(await store.keyOf(sessionId)).toBeUndefined()
    await expect(store.create(sessionId)).rejects.toMatchObject({ code: 'EEXIST' })
  })
})

/** Where the frame of a line ends in the file. */
function endOf(lines: string[], index: number): number {
  const text = lines.slice(0, index + 1)
  return sealMark.length + text.reduce((sum, line) => sum + frameOverhead + line.length, 0)
}

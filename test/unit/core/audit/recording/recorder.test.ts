import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type ErrorValue, PortholeError } from '../../../../../src/contract/errors.ts'
import type { AuditEvent } from '../../../../../src/core/audit/ledger/audit-events.ts'
import { Recorder } from '../../../../../src/core/audit/recording/recorder.ts'
import type {
  RecordingStore,
  RecordingWriter,
} from '../../../../../src/core/audit/recording/recording-store.ts'
import { createHandClock } from '../../../../fixtures/hand-clock.ts'
import { recordingStart, replayOutput, taskArn } from '../audit-fixtures.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

type StoreCall = 'create' | 'append' | 'sync' | 'close'

/** A store in memory that notes its calls and fails where it is told to. */
class MemoryStore implements Pick<RecordingStore, 'create'> {
  text = ''
  readonly calls: StoreCall[] = []
  failing: StoreCall | undefined
  failure = new Error('Not told how to fail')
  #idle = Promise.withResolvers<void>()

  /** Resolves when the next call of this name was answered. */
  async next(name: StoreCall): Promise<void> {
    const before = this.calls.filter((call) => call === name).length
    while (this.calls.filter((call) => call === name).length === before) await this.#idle.promise
    // The recorder's own continuation comes after ours.
    await new Promise(setImmediate)
  }

  async create(): Promise<RecordingWriter> {
    this.#answer('create')
    let total = Buffer.alloc(0)
    let chunkStart = 0
    const digest = (part: Buffer) => ({
      bytes: part.length,
      sha256: createHash('sha256').update(part).digest('hex'),
    })
    return {
      append: async (lines) => {
        this.#answer('append')
        total = Buffer.concat([total, lines])
        this.text = total.toString('utf8')
      },
      sync: async () => this.#answer('sync'),
      total: () => digest(total),
      takeChunk: () => {
        const chunk = { ...digest(total.subarray(chunkStart)), offset: chunkStart }
        chunkStart = total.length
        return chunk
      },
      close: async () => this.#answer('close'),
    }
  }

  #answer(name: StoreCall): void {
    this.calls.push(name)
    const idle = this.#idle
    this.#idle = Promise.withResolvers()
    idle.resolve()
    if (this.failing === name) throw this.failure
  }
}

function setup(options: { failing?: StoreCall; osCode?: string; full?: boolean } = {}) {
  const clock = createHandClock()
  const store = new MemoryStore()
  store.failing = options.failing
  const osCode = options.osCode ?? 'ENOSPC'
  store.failure = Object.assign(new Error(osCode), { code: osCode })
  const events: AuditEvent[] = []
  const problems: ErrorValue[] = []
  const ledger = { full: options.full ?? false }
  const counts = { written: 0, accepted: 0 }
  const recorder = new Recorder({
    start: recordingStart(),
    store: store as unknown as RecordingStore,
    clock,
    note: (event) => {
      if (ledger.full) throw new PortholeError({ code: 'STORAGE_FULL', message: 'No room for the ledger.' })
      events.push(event)
    },
    listener: {
      accepted: () => {
        counts.accepted += 1
      },
      written: (count) => {
        counts.written += count
      },
      failed: (error) => problems.push(error),
    },
  })
  return { clock, store, events, problems, recorder, counts, ledger }
}

const typesOf = (events: AuditEvent[]) => events.map(({ type }) => type)

describe('Recorder', () => {
  it('writes what came within a moment in one go, within 250 ms', async () => {
    const { clock, store, recorder, counts } = setup()
    await store.next('append')
    recorder.output(1, bytes('a'))
    clock.advance(100)
    recorder.output(101, bytes('b'))
    expect(counts.written).toBe(0)
    const appended = store.next('append')
    clock.advance(150)
    await appended
    expect(replayOutput(store.text)).toBe('ab')
    expect(counts.written).toBe(2)
    expect(store.calls.filter((call) => call === 'append')).toHaveLength(2)
    await recorder.close(300, 'session')
  })

  it('has begun when the ledger knows and the header is on the disk', async () => {
    const { store, events, counts, recorder } = setup()
    const synced = store.next('sync')
    expect(counts.accepted).toBe(0)
    await synced
    expect(store.calls).toEqual(['create', 'append', 'sync'])
    expect(typesOf(events)).toEqual(['recording.start'])
    expect(counts.accepted).toBe(1)
    recorder.output(1, bytes('x'.repeat(20_000)))
    await recorder.close(2, 'session')
    expect(counts.accepted).toBe(1)
  })

  it.each<StoreCall>(['create', 'append', 'sync'])('has not begun when %s fails', async (call) => {
    const { store, counts, problems, recorder } = setup({ failing: call })
    await recorder.close(1, 'session')
    expect(store.calls).toContain(call)
    expect(problems).toHaveLength(1)
    expect(counts.accepted).toBe(0)
  })

  it('has not begun when the ledger refuses it', async () => {
    const { counts, problems, recorder, store } = setup({ full: true })
    await recorder.close(1, 'session')
    expect(problems).toEqual([expect.objectContaining({ code: 'STORAGE_FULL' })])
    expect(counts.accepted).toBe(0)
    expect(store.calls).toEqual([])
  })

  it('writes 16 KiB at once, without the clock', async () => {
    const { store, recorder, counts } = setup()
    await store.next('append')
    const appended = store.next('append')
    recorder.output(1, bytes('x'.repeat(16 * 1024)))
    await appended
    expect(counts.written).toBe(16 * 1024)
    await recorder.close(2, 'session')
  })

  it('syncs one second after it wrote, and not while nothing comes', async () => {
    const { clock, store, recorder } = setup()
    await store.next('sync')
    const synced = store.next('sync')
    clock.advance(1000)
    await synced
    clock.advance(10_000)
    // One for the beginning, one for what was written then.
    expect(store.calls.filter((call) => call === 'sync')).toHaveLength(2)
    await recorder.close(20_000, 'session')
  })

  it('vouches for each MiB, synced first, with chunks that follow one another', async () => {
    const { store, events, recorder } = setup()
    for (let count = 0; count < 40; count += 1) {
      const appended = store.next('append')
      recorder.output(count, bytes('y'.repeat(64 * 1024)))
      await appended
    }
    await recorder.close(100, 'session')
    const chunks = events.filter((event) => event.type === 'recording.chunk')
    expect(chunks.length).toBe(2)
    let offset = 0
    for (const chunk of chunks) {
      expect(chunk.offset).toBe(offset)
      const part = Buffer.from(store.text).subarray(offset, offset + chunk.bytes)
      expect(chunk.sha256).toBe(createHash('sha256').update(part).digest('hex'))
      offset += chunk.bytes
    }
    expect(store.calls.filter((call) => call === 'sync').length).toBeGreaterThanOrEqual(2)
  })

  it('vouches for a slow recording every 60 s, once per new content', async () => {
    const { clock, store, events, recorder } = setup()
    await store.next('append')
    const synced = store.next('sync')
    clock.advance(60_000)
    await synced
    await new Promise(setImmediate)
    expect(typesOf(events)).toEqual(['recording.start', 'recording.chunk'])
    clock.advance(60_000)
    await new Promise(setImmediate)
    expect(typesOf(events)).toEqual(['recording.start', 'recording.chunk'])
    await recorder.close(120_000, 'session')
  })

  it('closes with the digest of the whole, and leaves no timer behind', async () => {
    const { clock, store, events, recorder, counts } = setup()
    recorder.output(5, bytes('äöü').subarray(0, 5))
    recorder.resize(6, { cols: 100, rows: 30 })
    recorder.marker(7, 'date')
    await recorder.close(8, 'session')
    expect(events.at(-1)).toMatchObject({
      type: 'recording.closed',
      taskArn,
      cause: 'session',
      bytes: Buffer.byteLength(store.text),
      sha256: createHash('sha256').update(store.text).digest('hex'),
      outputBytes: 5,
      events: 4,
    })
    expect(replayOutput(store.text)).toBe('äö\ufffd')
    expect(counts.written).toBe(5)
    expect(clock.pendingTimers).toBe(0)
    recorder.output(9, bytes('late'))
    expect(counts.written).toBe(9)
    expect(clock.pendingTimers).toBe(0)
    await recorder.close(10, 'session')
    expect(typesOf(events).filter((type) => type === 'recording.closed')).toHaveLength(1)
  })

  it.each<[StoreCall, string, string]>([
    ['create', 'EACCES', 'STORAGE_UNWRITABLE'],
    ['append', 'ENOSPC', 'STORAGE_FULL'],
    ['append', 'EFBIG', 'STORAGE_FULL'],
    ['sync', 'ENOENT', 'STORAGE_UNWRITABLE'],
    ['close', 'EDQUOT', 'STORAGE_FULL'],
  ])('tells once when %s fails with %s, and swallows what follows', async (call, osCode, code) => {
    const { clock, events, problems, recorder, counts } = setup({ failing: call, osCode })
    recorder.output(1, bytes('one'))
    clock.advance(150)
    await new Promise(setImmediate)
    clock.advance(1000)
    await new Promise(setImmediate)
    recorder.output(2, bytes('two'))
    await recorder.close(3, 'session')
    expect(problems).toEqual([expect.objectContaining({ code, detail: osCode })])
    expect(typesOf(events).filter((type) => type === 'recording.failed')).toHaveLength(1)
    expect(typesOf(events)).not.toContain('recording.closed')
    expect(counts.written).toBe(6)
    expect(clock.pendingTimers).toBe(0)
  })

  it('notes the failure at close when the full disk refused the ledger too', async () => {
    const { clock, store, events, problems, recorder, ledger } = setup()
    await store.next('append')
    store.failing = 'append'
    ledger.full = true
    recorder.output(1, bytes('x'.repeat(20_000)))
    await store.next('append')
    expect(problems).toHaveLength(1)
    expect(typesOf(events)).toEqual(['recording.start'])
    ledger.full = false
    await recorder.close(2, 'session')
    expect(typesOf(events)).toEqual(['recording.start', 'recording.failed'])
    expect(events.at(-1)).toMatchObject({ bytes: Buffer.byteLength(store.text), outputBytes: 0 })
    expect(clock.pendingTimers).toBe(0)
  })

  it('keeps the count of a finished file when only the ledger refuses its end', async () => {
    const { store, events, problems, recorder, ledger } = setup()
    await store.next('append')
    recorder.output(1, bytes('abc'))
    ledger.full = true
    await recorder.close(2, 'session')
    expect(problems).toEqual([expect.objectContaining({ code: 'STORAGE_FULL' })])
    expect(typesOf(events)).toEqual(['recording.start'])
    expect(replayOutput(store.text)).toBe('abc')
  })
})

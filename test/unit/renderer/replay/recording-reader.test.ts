import { beforeEach, describe, expect, test } from 'vitest'
import { toErrorValue } from '../../../../src/contract/errors.ts'
import type { EventName } from '../../../../src/contract/events.ts'
import type { Clock, CoreClient } from '../../../../src/renderer/app/core/core-link.ts'
import { CastError } from '../../../../src/renderer/features/replay/asciicast-header.ts'
import { RecordingReader } from '../../../../src/renderer/features/replay/recording-reader.ts'
import type { ReadingState } from '../../../../src/renderer/features/replay/recording-source.ts'

const sessionId = '00000000-0000-4000-8000-000000000001'
const taskArn = 'arn:aws:ecs:eu-west-1:111122223333:task/web/4f1c9ad2'

/** A recording that grows by lines of ten bytes, two of them a page. */
class FixtureCore {
  lines: string[] = []
  live = false
  failing = false
  asked: number[] = []
  listeners = new Map<EventName, Set<(payload: never) => void>>()

  client: CoreClient = {
    call: (async (_name: string, { offset }: { offset: number }) => {
      this.asked.push(offset)
      if (this.failing) return { ok: false, error: { ...toErrorValue('x'), retryable: true } }
      const text = this.lines.slice(offset / 10, offset / 10 + 2).join('')
      const page = { text, live: this.live, ...(text !== '' && { nextOffset: offset + text.length }) }
      return { ok: true, value: page }
    }) as CoreClient['call'],
    on: ((name: EventName, listener: (payload: never) => void) => {
      const set = this.listeners.get(name) ?? new Set()
      this.listeners.set(name, set.add(listener))
      return { [Symbol.dispose]: () => void set.delete(listener) }
    }) as CoreClient['on'],
  }

  tell(name: EventName, payload: object): void {
    for (const listener of this.listeners.get(name) ?? []) listener(payload as never)
  }
}

let core: FixtureCore
let timers: Set<() => void>
let clock: Clock
let text: string
let states: ReadingState['status'][]
let told: (() => void)[]

beforeEach(() => {
  core = new FixtureCore()
  timers = new Set()
  clock = {
    now: () => 0,
    after(_, callback) {
      timers.add(callback)
      return { [Symbol.dispose]: () => void timers.delete(callback) }
    },
  }
  text = ''
  states = []
  told = []
})

const line = (index: number) => `${String(index).padStart(9, '0')}\n`

function read(onText: (piece: string) => void = (piece) => (text += piece)): RecordingReader {
  return new RecordingReader({
    core: core.client,
    clock,
    sessionId,
    taskArn,
    onText,
    onState: ({ status }) => {
      states.push(status)
      for (const tell of told.splice(0)) tell()
    },
  })
}

async function nextState(): Promise<void> {
  await new Promise<void>((resolve) => told.push(resolve))
}

/** Lets every answer that is on its way arrive. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
}

test('reads page after page to the end', async () => {
  core.lines = [0, 1, 2, 3, 4].map(line)
  using reader = read()
  await nextState()
  expect(text).toBe(core.lines.join(''))
  expect(core.asked).toEqual([0, 20, 40, 50])
  expect(states).toEqual(['complete'])
  expect(reader.state.status).toBe('complete')
  expect(timers.size).toBe(0)
})

describe('a live recording', () => {
  beforeEach(() => {
    core.lines = [0, 1].map(line)
    core.live = true
  })

  test('is asked again at the same place after a while', async () => {
    using _reader = read()
    await nextState()
    await settle()
    expect(states).toEqual(['live'])
    core.lines.push(line(2))
    for (const timer of [...timers]) timer()
    await settle()
    expect(text).toBe(core.lines.join(''))
    expect(core.asked.at(-1)).toBe(30)
  })

  test.each([
    ['audit.changed', { taskArn, touched: false }],
    ['session.changed', { id: sessionId }],
  ] as const)('is asked at once when %s tells of it', async (name, payload) => {
    using _reader = read()
    await nextState()
    await settle()
    const before = core.asked.length
    core.tell(name, { taskArn: 'another', id: 'another' })
    await settle()
    expect(core.asked.length).toBe(before)
    core.lines.push(line(2))
    core.tell(name, payload)
    await settle()
    expect(text).toBe(core.lines.join(''))
    expect(timers.size).toBe(1)
  })

  test('is complete when its session is over', async () => {
    using _reader = read()
    await nextState()
    await settle()
    core.live = false
    core.lines.push(line(2))
    core.tell('session.changed', { id: sessionId })
    await nextState()
    await settle()
    expect(states).toEqual(['live', 'complete'])
    expect(text).toBe(core.lines.join(''))
    expect(timers.size).toBe(0)
  })

  test('leaves nothing behind', async () => {
    const reader = read()
    await nextState()
    await settle()
    reader[Symbol.dispose]()
    expect(timers.size).toBe(0)
    expect([...core.listeners.values()].every((set) => set.size === 0)).toBe(true)
  })
})

test('goes on where it stopped after a failure', async () => {
  core.lines = [0, 1, 2].map(line)
  core.failing = true
  using reader = read()
  await nextState()
  expect(states).toEqual(['failed'])
  core.failing = false
  reader.retry()
  await nextState()
  expect(text).toBe(core.lines.join(''))
  expect(states).toEqual(['failed', 'loading', 'complete'])
})

test('fails with the error of a recording that cannot be read', async () => {
  core.lines = [line(0)]
  using reader = read(() => {
    throw new Error('broken header')
  })
  await nextState()
  expect(reader.state).toMatchObject({ status: 'failed', error: { detail: 'Error: broken header' } })
})

test('says of a recording with a broken header that the session stays', async () => {
  core.lines = [line(0)]
  using reader = read(() => {
    throw new CastError('no header', { detail: 'garbage' })
  })
  await nextState()
  expect(reader.state).toMatchObject({
    status: 'failed',
    error: {
      message: 'no header',
      detail: 'garbage',
      action: 'The session itself stays in the audit history.',
    },
  })
})

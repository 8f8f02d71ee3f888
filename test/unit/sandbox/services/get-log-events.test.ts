import { describe, expect, it } from 'vitest'
import { ApiInput } from '../../../../src/sandbox/services/http/api-input.ts'
import { filterLogEvents } from '../../../../src/sandbox/services/logs/filter-log-events.ts'
import { parseFilterPattern } from '../../../../src/sandbox/services/logs/filter-pattern.ts'
import { getLogEvents } from '../../../../src/sandbox/services/logs/get-log-events.ts'
import { LogStore } from '../../../../src/sandbox/services/logs/log-store.ts'
import { ManualClock } from '../message-gateway/manual-clock.ts'

interface LogPage {
  events: { timestamp: number; message: string }[]
  nextForwardToken: string
  nextBackwardToken: string
}

function streamOf(lines: number) {
  const place = { accountId: '111122223333', region: 'eu-west-1' }
  const stream = new LogStore(new ManualClock()).stream(place, '/ecs/web', 'ecs/nginx/1')
  for (let line = 0; line < lines; line += 1) stream.append(1000 + line, `line ${line}`)
  return stream
}

function read(stream: ReturnType<typeof streamOf>, members: Record<string, unknown>): LogPage {
  return getLogEvents(stream, new ApiInput(members)) as unknown as LogPage
}

describe('GetLogEvents', () => {
  it('reads forwards to the end, where the token stays the same', () => {
    const stream = streamOf(5)
    const first = read(stream, { startFromHead: true, limit: 3 })
    const second = read(stream, { nextToken: first.nextForwardToken, limit: 3 })
    const atEnd = read(stream, { nextToken: second.nextForwardToken, limit: 3 })
    expect([...first.events, ...second.events].map((event) => event.message)).toEqual(
      [0, 1, 2, 3, 4].map((line) => `line ${line}`),
    )
    expect(atEnd.events).toEqual([])
    expect(atEnd.nextForwardToken).toBe(second.nextForwardToken)
    stream.append(2000, 'late')
    expect(read(stream, { nextToken: atEnd.nextForwardToken }).events.map((event) => event.message)).toEqual([
      'late',
    ])
  })

  it('begins with the newest page and reads backwards from it', () => {
    const stream = streamOf(5)
    const newest = read(stream, { limit: 2 })
    const older = read(stream, { nextToken: newest.nextBackwardToken, limit: 2 })
    expect(newest.events.map((event) => event.message)).toEqual(['line 3', 'line 4'])
    expect(older.events.map((event) => event.message)).toEqual(['line 1', 'line 2'])
  })

  it('keeps to the time range and refuses a token that is none', () => {
    const stream = streamOf(5)
    const page = read(stream, { startTime: 1001, endTime: 1003 })
    expect(page.events.map((event) => event.timestamp)).toEqual([1001, 1002])
    expect(() => read(stream, { nextToken: 'x' })).toThrow('nextToken')
  })

  it('answers with an empty page now and then, and the token leads on', () => {
    const stream = streamOf(2)
    const empty = getLogEvents(stream, new ApiInput({ startFromHead: true }), true) as unknown as LogPage
    expect(empty.events).toEqual([])
    const next = { nextToken: empty.nextForwardToken, startFromHead: true }
    const page = getLogEvents(stream, new ApiInput(next), true) as unknown as LogPage
    expect(page.events).toHaveLength(2)
  })

  it('goes on at the same line when a line comes late', () => {
    const stream = streamOf(4)
    const first = read(stream, { startFromHead: true, limit: 3 })
    stream.append(1000, 'late')
    const rest = read(stream, { nextToken: first.nextForwardToken })
    expect(rest.events.map((event) => event.message)).toEqual(['line 3'])
  })

  it('ends a page at a megabyte', () => {
    const stream = streamOf(0)
    for (let line = 0; line < 8; line += 1) stream.append(line, 'x'.repeat(200_000))
    expect(read(stream, { startFromHead: true }).events).toHaveLength(5)
    expect(read(stream, {}).events).toHaveLength(5)
  })
})

describe('a filter pattern', () => {
  it.each([
    ['', 'anything', true],
    ['GET 502', 'GET / 502', true],
    ['GET 502', 'GET / 200', false],
    ['"GET /api"', 'x GET /api/cart', true],
    ['"GET /api"', 'x GET / /api', false],
    ['?502 ?404', 'GET / 404', true],
    ['?502 ?404', 'GET / 200', false],
    ['GET -healthz', 'GET /healthz', false],
    // Beside a term that must occur, a question mark counts for nothing.
    ['GET ?502', 'GET / 200', true],
    ['-"/healthz"', 'GET /healthz', false],
    ['%5\\d\\d%', 'GET / 502', true],
    ['{ $.level = "error" }', '{"level":"error"}', true],
    ['{ $.level = "error" }', 'level error', false],
    ['{ $.level = err* && $.ms > 100 }', '{"level":"error","ms":250}', true],
    ['{ $.level = err* && $.ms > 100 }', '{"level":"error","ms":50}', false],
    ['{ ($.a.b = 1 || $.list[0] = "x") && $.c IS NULL }', '{"list":["x"],"c":null}', true],
    ['{ $.status != 200 }', '{"other":1}', false],
    ['{ $.status NOT EXISTS }', '{"other":1}', true],
  ])('%j on %j is %s', (pattern, message, expected) => {
    expect(parseFilterPattern(pattern)(message)).toBe(expected)
  })

  it.each(['/api', 'GET / 502', '{ $.a = }', '{ a = 1 }', '[ip, user]', '{ $.a = 1'])(
    'refuses %j as AWS does',
    (pattern) => {
      expect(() => parseFilterPattern(pattern)).toThrow('Invalid filter pattern')
    },
  )
})

describe('FilterLogEvents', () => {
  function search(members: Record<string, unknown>) {
    const place = { accountId: '111122223333', region: 'eu-west-1' }
    const store = new LogStore(new ManualClock())
    const start = Date.UTC(2026, 0, 1)
    for (let line = 0; line < 25_000; line += 1)
      store.stream(place, '/ecs/web', `ecs/nginx/${line % 2}`).append(start + line, `line ${line}`)
    const group = store.find(place, '/ecs/web')
    if (group === undefined) throw new Error('no group')
    return filterLogEvents(group, new ApiInput({ startTime: start, ...members })) as unknown as {
      events: { message: string }[]
      nextToken?: string
    }
  }

  it('looks at so much in one call, and has empty pages before a rare line', () => {
    const pattern = { filterPattern: '"line 24999"' }
    const first = search(pattern)
    expect(first.events).toEqual([])
    const second = search({ ...pattern, nextToken: first.nextToken })
    expect(second.events).toEqual([])
    const third = search({ ...pattern, nextToken: second.nextToken })
    expect(third.events.map(({ message }) => message)).toEqual(['line 24999'])
    expect(third.nextToken).toBeUndefined()
  })

  it('reads from the newest end when asked', () => {
    const { events, nextToken } = search({ startFromHead: false, limit: 2 })
    expect(events.map(({ message }) => message)).toEqual(['line 24999', 'line 24998'])
    const older = search({ startFromHead: false, limit: 1, nextToken })
    expect(older.events.map(({ message }) => message)).toEqual(['line 24997'])
  })

  it('refuses names and a prefix together, and a stream that is not there', () => {
    expect(() => search({ logStreamNames: ['ecs/nginx/0'], logStreamNamePrefix: 'ecs' })).toThrow('either')
    expect(() => search({ logStreamNames: ['ecs/nginx/9'] })).toThrow('does not exist')
  })
})

import { describe, expect, it } from 'vitest'
import { ApiInput } from '../../../../src/sandbox/services/http/api-input.ts'
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
  ])('%j on %j is %s', (pattern, message, expected) => {
    expect(parseFilterPattern(pattern)(message)).toBe(expected)
  })
})

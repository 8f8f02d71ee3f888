import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PortholeError } from '../../../../src/contract/errors.ts'
import { levelOf } from '../../../../src/contract/line-level.ts'
import type { LogSource } from '../../../../src/contract/logs.ts'
import { errorPattern } from '../../../../src/core/logs/error-pattern.ts'
import {
  type CancellableFilterLogEvents,
  ErrorReader,
  windowsBack,
} from '../../../../src/core/logs/error-reader.ts'
import { findSpikes } from '../../../../src/core/logs/spike-rule.ts'
import { callsPerSearch, SpikeSearch } from '../../../../src/core/logs/spike-search.ts'
import { parseFilterPattern } from '../../../../src/sandbox/services/logs/filter-pattern.ts'

const minute = 60_000
const hour = 60 * minute
const from = Date.UTC(2026, 10, 25, 10)

describe('the pattern', () => {
  const lets = parseFilterPattern(errorPattern)

  it('lets through what the logs page calls an error, however it is written', () => {
    const word = fc
      .constantFrom('error', 'err', 'fatal', 'critical', 'crit', 'panic', 'severe', 'emerg', 'alert')
      .chain((each) => fc.constantFrom(each, each.toUpperCase(), `${each[0]?.toUpperCase()}${each.slice(1)}`))
    const line = fc.oneof(
      word.map((level) => `{"time":"2026","level":"${level}","msg":"x"}`),
      word.map((level) => `{"severity": "${level}"}`),
      fc.constantFrom(50, 60).map((level) => `{"name":"api","level":${level},"msg":"x"}`),
      word.map((level) => `2026/11/25 13:00:00 [${level}] 1#1: bind() failed`),
      word.map((level) => `time=1 level=${level} msg=x`),
      word.map((level) => `2026-11-25T13:34:45Z ${level} upstream timeout`),
      word.map((level) => `${level}: upstream timeout`),
      fc
        .tuple(fc.constantFrom('1.0', '1.1', '2.0', '2', '3'), fc.integer({ min: 200, max: 599 }))
        .map(([version, status]) => `10.0.0.1 - - [x] "POST /cart HTTP/${version}" ${status} 157 "-" "x"`),
    )
    const seen = { errors: 0, others: 0 }
    fc.assert(
      fc.property(line, (text) => {
        const isError = levelOf(text) === 'error'
        seen[isError ? 'errors' : 'others'] += 1
        expect(lets(text) || !isError).toBe(true)
      }),
      { numRuns: 400 },
    )
    expect(Math.min(seen.errors, seen.others)).toBeGreaterThan(10)
    expect(lets('10.0.0.1 - - [x] "GET / HTTP/1.1" 200 5120 "-" "x"')).toBe(false)
  })

  it('is no longer than CloudWatch Logs takes', () => {
    expect(errorPattern.length).toBeLessThanOrEqual(1024)
  })
})

describe('the rule', () => {
  /** Counts by the minute after the beginning. */
  const counts = (source: number, perMinute: Record<number, number>, readFrom = from) => ({
    source,
    minutes: new Map(Object.entries(perMinute).map(([at, count]) => [from + Number(at) * minute, count])),
    readFrom,
  })
  const range = { from, to: from + hour }

  it('calls five lines where there are none a spike, and four not', () => {
    expect(findSpikes(range, [counts(0, { 10: 4 })]).spikes).toEqual([])
    expect(findSpikes(range, [counts(0, { 10: 5 })]).spikes).toEqual([
      {
        from: from + 10 * minute,
        to: from + 11 * minute,
        peak: from + 10 * minute,
        errors: 5,
        containers: [{ source: 0, errors: 5, usual: 0 }],
      },
    ])
  })

  it('wants four times what is usual', () => {
    const steady = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [at, 3]))
    expect(findSpikes(range, [counts(0, steady)]).spikes).toEqual([])
    expect(findSpikes(range, [counts(0, { ...steady, 7: 11 })]).spikes).toEqual([])
    const [spike] = findSpikes(range, [counts(0, { ...steady, 7: 12 })]).spikes
    expect(spike?.containers).toEqual([{ source: 0, errors: 12, usual: 3 }])
  })

  it('does not take for quiet what was not read', () => {
    const late = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [at + 50, 6]))
    expect(findSpikes(range, [counts(0, late, from + 50 * minute)]).spikes).toEqual([])
    expect(findSpikes(range, [counts(0, late)]).spikes).toHaveLength(1)
  })

  it('judges each container by itself and joins neighbours into one, with the worst minute', () => {
    const steady = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [at, 20]))
    const { spikes, buckets } = findSpikes(range, [
      counts(0, steady),
      counts(1, { 30: 6, 31: 9, 40: 8 }),
      counts(2, { 31: 20 }),
    ])
    expect(spikes).toMatchObject([
      {
        from: from + 30 * minute,
        to: from + 32 * minute,
        peak: from + 31 * minute,
        errors: 35,
        containers: [
          { source: 2, errors: 20 },
          { source: 1, errors: 15 },
        ],
      },
      { from: from + 40 * minute, errors: 8 },
    ])
    expect(buckets.find(({ at }) => at === from + 31 * minute)?.errors).toBe(49)
  })

  it('has at most 60 buckets of whole minutes, which hold every line', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 * 24 * hour }),
        fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.integer({ min: 1, max: 50 }))),
        fc.integer({ min: 0, max: minute }),
        (length, lines, offset) => {
          const stretch = { from: from + offset, to: from + offset + length }
          const minutes = new Map<number, number>()
          for (const [part, count] of lines) {
            const at = Math.floor((stretch.from + part * length) / minute) * minute
            minutes.set(at, (minutes.get(at) ?? 0) + count)
          }
          const found = findSpikes(stretch, [{ source: 0, minutes, readFrom: stretch.from }])
          const sum = (errors: readonly { errors: number }[]) =>
            errors.reduce((total, each) => total + each.errors, 0)
          expect(found.bucketMilliseconds % minute).toBe(0)
          expect(found.buckets.length).toBeLessThanOrEqual(60)
          expect(sum(found.buckets)).toBe(sum([...minutes.values()].map((errors) => ({ errors }))))
          for (const { at } of found.buckets) {
            expect(at).toBeLessThan(stretch.to)
            expect(at).toBeGreaterThan(stretch.from - minute)
          }
          for (const { errors, from: begin, to: end, peak } of found.spikes) {
            expect(errors).toBe(sum(found.buckets.filter(({ at }) => at >= begin && at < end)))
            expect(peak >= begin && peak < end).toBe(true)
            expect(end).toBeLessThanOrEqual(stretch.to)
          }
        },
      ),
      { numRuns: 200 },
    )
  })
})

interface FakeEvent {
  timestamp: number
  message: string
}

/**
 * CloudWatch Logs with pages of some events that look at so many at once, so
 * that some are empty; whether the end belongs to a range differs in documents.
 */
function fakeLogs(
  streams: Record<string, readonly FakeEvent[]>,
  { page, scan, inclusive }: { page: number; scan: number; inclusive: boolean },
) {
  const made: Parameters<CancellableFilterLogEvents>[0][] = []
  const lets = parseFilterPattern(errorPattern)
  const filter: CancellableFilterLogEvents = async (input) => {
    made.push(input)
    const { startTime = 0, endTime = 0, nextToken = '0', logStreamNames = [] } = input
    const range = (streams[logStreamNames[0] ?? ''] ?? [])
      .filter(({ timestamp }) => timestamp >= startTime && timestamp < endTime + (inclusive ? 1 : 0))
      .toSorted((left, right) => right.timestamp - left.timestamp)
    const events: FakeEvent[] = []
    let position = Number(nextToken)
    const until = Math.min(range.length, position + scan)
    for (; position < until && events.length < page; position += 1) {
      const event = range[position]
      if (event !== undefined && lets(event.message)) events.push(event)
    }
    return { $metadata: {}, events, nextToken: position < range.length ? String(position) : undefined }
  }
  return { filter, made }
}

function searchIn(
  logs: ReturnType<typeof fakeLogs>,
  streams: readonly string[],
  range = { from, to: from + hour },
) {
  const sources: LogSource[] = streams.map((stream) => ({ container: stream, group: 'g', stream }))
  const readers = new Map(
    streams.map((stream, source) => [source, new ErrorReader({ group: 'g', stream }, range, logs.filter)]),
  )
  return new SpikeSearch({ sources, readers, range })
}

/** Reads until nothing comes without being asked further. */
async function readAll(search: SpikeSearch) {
  for (let turn = 0; turn < 1000; turn += 1) {
    const answer = await search.read(false)
    if (answer.state !== 'reading') return answer
  }
  throw new Error('It never ended.')
}

const sum = (buckets: readonly { errors: number }[]) =>
  buckets.reduce((total, { errors }) => total + errors, 0)

describe('the windows', () => {
  it('are the whole range, newest first, in four at most beyond a day', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 * 24 * hour }), (length) => {
        const windows = windowsBack({ from, to: from + length })
        expect(windows[0]?.to).toBe(from + length)
        expect(windows.at(-1)?.from).toBe(from)
        windows.slice(1).forEach(({ to }, index) => {
          expect(to).toBe(windows[index]?.from)
        })
        expect(windows.length).toBeLessThanOrEqual(4)
        for (const window of windows) expect(window.from).toBeLessThan(window.to)
      }),
      { numRuns: 200 },
    )
  })

  it('never begin before FilterLogEvents reads newest first', async () => {
    const logs = fakeLogs({ a: [] }, { page: 10, scan: 100, inclusive: false })
    await readAll(searchIn(logs, ['a'], { from: Date.UTC(2023, 11, 1), to: Date.UTC(2024, 0, 2) }))
    expect(Math.min(...logs.made.map(({ startTime = 0 }) => startTime))).toBe(Date.UTC(2024, 0, 1))
    expect(logs.made.every(({ startFromHead }) => startFromHead === false)).toBe(true)
  })
})

describe('a search', () => {
  const events = fc.array(
    fc.record({
      // Whole minutes, so that windows end in the midst of several.
      timestamp: fc.integer({ min: -1, max: 61 }).map((at) => from + at * minute),
      // "no errors here" passes a pattern that fits parts of words, and is none.
      message: fc.constantFrom('ERROR x', '{"level":"error"}', 'INFO fine', 'no error in here, said INFO'),
    }),
    { maxLength: 200 },
  )
  const logs = fc.record({
    page: fc.integer({ min: 1, max: 40 }),
    scan: fc.integer({ min: 1, max: 60 }),
    inclusive: fc.boolean(),
  })

  it('counts each event once as far back as it says, and never makes more calls than it may', async () => {
    await fc.assert(
      fc.asyncProperty(events, events, events, logs, async (first, second, third, how) => {
        const streams = { a: first, b: second, c: third }
        const fake = fakeLogs(streams, how)
        const search = searchIn(fake, ['a', 'b', 'c'])
        let allowed = callsPerSearch
        let answer = await readAll(search)
        for (let turn = 0; turn < 50 && answer.state === 'exhausted'; turn += 1) {
          expect(fake.made).toHaveLength(allowed)
          const known = answer.reads.map(({ from: readFrom = from + hour }) => readFrom)
          const atLeast = Object.values(streams).flatMap((each, source) =>
            each.filter(({ timestamp }) => timestamp >= (known[source] ?? 0) && timestamp < from + hour),
          )
          expect(sum(answer.buckets)).toBeGreaterThanOrEqual(
            atLeast.filter(({ message }) => levelOf(message) === 'error').length,
          )
          allowed += callsPerSearch
          await search.read(true)
          answer = await readAll(search)
        }
        expect(answer.state).toBe('complete')
        expect(fake.made.length).toBeLessThanOrEqual(allowed)
        const errors = [...first, ...second, ...third].filter(
          ({ timestamp, message }) =>
            timestamp >= from && timestamp < from + hour && levelOf(message) === 'error',
        )
        expect(sum(answer.buckets)).toBe(errors.length)
        expect(answer.reads).toMatchObject([{ from }, { from }, { from }])
      }),
      { numRuns: 100 },
    )
  })

  it('reads five quiet containers of a long task to the beginning with its calls', async () => {
    const names = ['a', 'b', 'c', 'd', 'e']
    const fake = fakeLogs({}, { page: 10, scan: 10, inclusive: false })
    const answer = await readAll(searchIn(fake, names, { from, to: from + 90 * 24 * hour }))
    expect(answer).toMatchObject({ state: 'complete', calls: 20, spikes: [] })
  })

  it('lets a busy container take the calls that the others do not need, and says where it stopped', async () => {
    const busy = Array.from({ length: 600 }, (_, index) => ({
      timestamp: from + hour - 1 - index * 1000,
      message: 'ERROR x',
    }))
    const fake = fakeLogs({ a: busy, b: [] }, { page: 10, scan: 1000, inclusive: false })
    const answer = await readAll(searchIn(fake, ['a', 'b']))
    expect(answer).toMatchObject({ state: 'exhausted', calls: callsPerSearch })
    expect(answer.reads[1]).toMatchObject({ from })
    expect(sum(answer.buckets)).toBe((callsPerSearch - 2) * 10)
    expect(answer.reads[0]?.from).toBe(from + hour - (callsPerSearch - 2) * 10 * 1000 + 1000)
  })

  it('goes on with the others when one is refused, and names the refusal once', async () => {
    const fake = fakeLogs(
      { b: [{ timestamp: from + 1, message: 'ERROR x' }] },
      { page: 9, scan: 9, inclusive: false },
    )
    const refused = new PortholeError({ code: 'ACCESS_DENIED', message: 'No.' })
    const asked: string[] = []
    const filter: CancellableFilterLogEvents = async (input, signal) => {
      const [stream = ''] = input.logStreamNames ?? []
      asked.push(stream)
      if (stream === 'a') throw refused
      return fake.filter(input, signal)
    }
    const answer = await readAll(searchIn({ ...fake, filter }, ['a', 'b']))
    expect(answer.reads).toEqual([
      { source: 0, from: undefined, problem: refused.value },
      { source: 1, from, problem: undefined },
    ])
    expect(answer.buckets).toEqual([{ at: from, errors: 1 }])
    expect(asked.filter((stream) => stream === 'a')).toHaveLength(1)
  })

  it('that is closed takes its call back and answers no more', async () => {
    const asked = Promise.withResolvers<AbortSignal>()
    const filter: CancellableFilterLogEvents = (_, signal) => {
      asked.resolve(signal)
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    }
    const search = searchIn({ filter, made: [] }, ['a'])
    const waiting = search.read(false)
    await asked.promise
    search[Symbol.dispose]()
    await expect(waiting).rejects.toThrow('closed')
    await expect(search.read(false)).rejects.toThrow('closed')
  })
})

import { describe, expect, it } from 'vitest'
import { FilteredReader, type FilterLogEvents } from '../../../../src/core/logs/filtered-reader.ts'
import { type GetLogEvents, StreamReader } from '../../../../src/core/logs/stream-reader.ts'

const place = { source: 2, group: 'g', stream: 's', from: Date.UTC(2026, 0, 1) }

/** Answers of CloudWatch Logs by the token that was sent, in the short form `token: [messages, next token]`. */
function stream(pages: Record<string, [string[], string]>): { get: GetLogEvents; asked: string[] } {
  const asked: string[] = []
  const get: GetLogEvents = async ({ nextToken = '' }) => {
    asked.push(nextToken)
    const [messages, next] = pages[nextToken] ?? [[], nextToken]
    const events = messages.map((message) => ({ timestamp: 1, message }))
    const [back, forth] = nextToken === '' ? next.split(' ') : [next, next]
    return { $metadata: {}, events, nextBackwardToken: back, nextForwardToken: forth }
  }
  return { get, asked }
}

describe('a stream', () => {
  it('is read through empty pages in both directions, to the token that stays', async () => {
    const { get } = stream({
      '': [['newest'], 'b1 f1'],
      b1: [[], 'b2'],
      b2: [['oldest'], 'b3'],
      f1: [[], 'f2'],
      f2: [['later'], 'f3'],
    })
    const reader = new StreamReader(place, get)
    const older = [await reader.older(), await reader.older(), await reader.older()]
    expect(older.map(({ lines }) => lines.map(({ text }) => text))).toEqual([['newest'], ['oldest'], []])
    expect(older.map(({ complete }) => complete)).toEqual([false, false, true])
    expect((await reader.newer()).map(({ text }) => text)).toEqual(['later'])
    expect(await reader.newer()).toEqual([])
  })

  it('that is not there yet is all news when it comes', async () => {
    let exists = false
    const { get } = stream({ '': [['first'], 'b1 f1'] })
    const reader = new StreamReader(place, async (input) => {
      if (!exists) throw new Error('no stream')
      return get(input)
    })
    await expect(reader.older()).rejects.toThrow('no stream')
    exists = true
    expect((await reader.newer()).map(({ text }) => text)).toEqual(['first'])
    expect(await reader.newer()).toEqual([])
  })

  it('is asked for its newest page once, when both directions begin together', async () => {
    const { get, asked } = stream({ '': [['newest'], 'b1 f1'] })
    const reader = new StreamReader(place, get)
    await Promise.all([reader.older(), reader.older()])
    expect(asked.filter((token) => token === '')).toHaveLength(1)
  })

  it('gives up for now after ten empty pages, and goes on from there', async () => {
    let page = 0
    const get: GetLogEvents = async () => ({ $metadata: {}, events: [], nextBackwardToken: `b${page++}` })
    const reader = new StreamReader(place, get)
    expect(await reader.older()).toEqual({ lines: [], complete: false })
    expect(page).toBeLessThanOrEqual(12)
  })
})

describe('a search', () => {
  const now = Date.UTC(2026, 0, 2)
  /** Every event of the stream in each answer, as a look back over the last minute gives them. */
  function search(events: { eventId: string; timestamp: number; message: string }[]) {
    const inputs: Parameters<FilterLogEvents>[0][] = []
    const filter: FilterLogEvents = async (input) => {
      inputs.push(input)
      const { startTime = 0, endTime = Number.POSITIVE_INFINITY } = input
      const found = events.filter(({ timestamp }) => timestamp >= startTime && timestamp < endTime)
      return { $metadata: {}, events: input.startFromHead === false ? found.toReversed() : found }
    }
    return { reader: new FilteredReader(place, 'ERROR', filter, now), inputs }
  }
  const event = (id: string, timestamp: number) => ({ eventId: id, timestamp, message: id })

  it('gives each line once, also one that comes late', async () => {
    const events = [event('old', now - 90_000), event('recent', now - 10_000)]
    const { reader, inputs } = search(events)
    expect((await reader.older()).lines.map(({ text }) => text)).toEqual(['old', 'recent'])
    expect(await reader.newer()).toEqual([])
    events.splice(1, 0, event('late', now - 20_000))
    events.push(event('new', now + 5000))
    expect((await reader.newer()).map(({ text }) => text)).toEqual(['late', 'new'])
    expect(await reader.newer()).toEqual([])
    expect(inputs.every(({ filterPattern }) => filterPattern === 'ERROR')).toBe(true)
    expect(await reader.older()).toEqual({ lines: [], complete: true })
  })
})

import type { ApiInput, JsonObject } from '../http/api-input.ts'
import { AwsError } from '../http/aws-error.ts'
import { inTimeRange, keyOfEvent, mostEventsPerPage, PageMeter } from './event-pages.ts'
import type { LogEvent, LogStream } from './log-store.ts'

/** Sorts before every event. */
const beginning = '0'.repeat(32)

/**
 * One page of a stream. Tokens are `f/<place>/s` and `b/<place>/s`, where a
 * place lies right after an event; so lines that are forgotten or come late
 * move nothing. A page at the end answers with the token that was sent, which
 * is how clients know. Times in epoch milliseconds.
 *
 * @param gap makes this page empty although there is more: AWS does that at times
 */
export function getLogEvents(stream: LogStream, input: ApiInput, gap = false): JsonObject {
  const limit = Math.min(input.integer('limit') ?? mostEventsPerPage, mostEventsPerPage)
  if (limit < 1) throw new AwsError('InvalidParameterException', 'limit must be at least 1.')
  const events = inTimeRange(stream.events(), input)
  const place = placeIn(events, input)
  const page = place.forward ? pageAfter(events, place, limit) : pageBefore(events, place, limit)
  if (gap && place.mark !== 'g' && page.events.length > 0) return emptyPage(place.key)
  // At an end it is the very token that was sent.
  const mark = page.events.length === 0 && place.mark === 'g' ? 'g' : 's'
  return {
    events: page.events.map(({ timestamp, message, ingestionTime }) => ({
      timestamp,
      message,
      ingestionTime,
    })),
    nextForwardToken: `f/${page.end}/${mark}`,
    nextBackwardToken: `b/${page.start}/${mark}`,
  }
}

interface Place {
  forward: boolean
  /** The place is after the event with this key. */
  key: string
  /** Index of the first event after it. */
  index: number
  mark: string
}

interface EventPage {
  events: LogEvent[]
  start: string
  end: string
}

function placeIn(events: LogEvent[], input: ApiInput): Place {
  const token = input.string('nextToken')
  if (token === undefined) {
    const forward = input.boolean('startFromHead') ?? false
    const last = events.at(-1)
    return forward || last === undefined
      ? { forward, key: beginning, index: 0, mark: '' }
      : { forward, key: keyOfEvent(last), index: events.length, mark: '' }
  }
  const [, direction, key, mark] = /^([fb])\/(\d{32})\/([sg])$/.exec(token) ?? []
  if (key === undefined || mark === undefined)
    throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.')
  const after = events.findIndex((event) => keyOfEvent(event) > key)
  return { forward: direction === 'f', key, index: after === -1 ? events.length : after, mark }
}

function pageAfter(events: LogEvent[], { key, index }: Place, limit: number): EventPage {
  const meter = new PageMeter(limit)
  let to = index
  for (let next = events[to]; next !== undefined && meter.takes(next); next = events[to]) to += 1
  const last = to > index ? events[to - 1] : undefined
  return { events: events.slice(index, to), start: key, end: last === undefined ? key : keyOfEvent(last) }
}

function pageBefore(events: LogEvent[], { key, index }: Place, limit: number): EventPage {
  const meter = new PageMeter(limit)
  let from = index
  for (let next = events[from - 1]; next !== undefined && meter.takes(next); next = events[from - 1])
    from -= 1
  const before = events[from - 1]
  // At the beginning the token stays as it was sent.
  const start = from === index ? key : before === undefined ? beginning : keyOfEvent(before)
  return { events: events.slice(from, index), start, end: key }
}

function emptyPage(key: string): JsonObject {
  return { events: [], nextForwardToken: `f/${key}/g`, nextBackwardToken: `b/${key}/g` }
}

import type { ApiInput, JsonObject } from '../http/api-input.ts'
import { AwsError } from '../http/aws-error.ts'
import type { LogEvent, LogStream } from './log-store.ts'

/** A page holds at most this many events or bytes, whichever comes first. */
const mostEvents = 10_000
const mostBytes = 1024 * 1024
/** What CloudWatch Logs adds to each event when it counts. */
const bytesPerEvent = 26

/**
 * One page of a stream. Tokens are `f/<position>` and `b/<position>`; a page at
 * the end answers with the token that was sent, which is how clients know.
 * Times in epoch milliseconds.
 */
export function getLogEvents(stream: LogStream, input: ApiInput): JsonObject {
  const limit = Math.min(input.integer('limit') ?? mostEvents, mostEvents)
  if (limit < 1) throw new AwsError('InvalidParameterException', 'limit must be at least 1.')
  const events = inTimeRange(stream.events(), input)
  const [from, to] = pageBounds(events, input, limit)
  return {
    events: events.slice(from, to).map(({ timestamp, message, ingestionTime }) => ({
      timestamp,
      message,
      ingestionTime,
    })),
    nextForwardToken: `f/${positionToken(to)}`,
    nextBackwardToken: `b/${positionToken(from)}`,
  }
}

export function inTimeRange(events: LogEvent[], input: ApiInput): LogEvent[] {
  const from = input.integer('startTime') ?? 0
  // The end is exclusive for GetLogEvents and inclusive for FilterLogEvents in the model; both exclude it in practice.
  const to = input.integer('endTime') ?? Number.POSITIVE_INFINITY
  return events.filter((event) => event.timestamp >= from && event.timestamp < to)
}

function pageBounds(events: LogEvent[], input: ApiInput, limit: number): [number, number] {
  const token = input.string('nextToken')
  if (token === undefined) {
    if (input.boolean('startFromHead')) return [0, endOfPage(events, 0, limit)]
    return [startOfPage(events, events.length, limit), events.length]
  }
  const match = /^([fb])\/(\d+)\/s$/.exec(token)
  if (!match) throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.')
  const position = Math.min(Number(match[2]), events.length)
  if (match[1] === 'f') return [position, endOfPage(events, position, limit)]
  return [startOfPage(events, position, limit), position]
}

function endOfPage(events: LogEvent[], from: number, limit: number): number {
  let bytes = 0
  let to = from
  while (to < events.length && to - from < limit && bytes <= mostBytes) bytes += sizeOf(events[to++])
  return bytes > mostBytes && to - from > 1 ? to - 1 : to
}

function startOfPage(events: LogEvent[], to: number, limit: number): number {
  let bytes = 0
  let from = to
  while (from > 0 && to - from < limit && bytes <= mostBytes) bytes += sizeOf(events[--from])
  return bytes > mostBytes && to - from > 1 ? from + 1 : from
}

function sizeOf(event: LogEvent | undefined): number {
  return event === undefined ? 0 : Buffer.byteLength(event.message) + bytesPerEvent
}

function positionToken(position: number): string {
  return `${String(position).padStart(20, '0')}/s`
}

import type { ApiInput, JsonObject } from '../http/api-input.ts'
import { AwsError } from '../http/aws-error.ts'
import { pageOf } from '../http/paging.ts'
import { parseFilterPattern } from './filter-pattern.ts'
import { inTimeRange } from './get-log-events.ts'
import type { LogEvent, LogGroup, LogStream } from './log-store.ts'

const limits = { default: 10_000, maximum: 10_000 }

interface FoundEvent {
  stream: LogStream
  event: LogEvent
}

/** Events of several streams on one time axis, newest first when `startFromHead` is false. */
export function filterLogEvents(group: LogGroup, input: ApiInput): JsonObject {
  const names = input.strings('logStreamNames')
  const prefix = input.string('logStreamNamePrefix')
  if (names.length > 0 && prefix !== undefined) {
    throw new AwsError('InvalidParameterException', 'Use either logStreamNames or logStreamNamePrefix.')
  }
  const matches = parseFilterPattern(input.string('filterPattern') ?? '')
  const isNewestFirst = input.boolean('startFromHead') === false
  const keyOf = isNewestFirst ? newestFirstKey : oldestFirstKey
  const found = [...group.streams.values()]
    .filter((stream) => stream.name.startsWith(prefix ?? ''))
    .filter((stream) => names.length === 0 || names.includes(stream.name))
    .flatMap((stream) => inTimeRange(stream.events(), input).map((event) => ({ stream, event })))
    .filter(({ event }) => matches(event.message))
    .sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1))
  const page = pageOf(found, keyOf, {
    size: input.integer('limit'),
    token: input.string('nextToken'),
    limits,
    purpose: JSON.stringify([group.arn, names, prefix, input.string('filterPattern'), isNewestFirst]),
    invalidToken: () => new AwsError('InvalidParameterException', 'The specified nextToken is invalid.'),
    invalidSize: (maximum) =>
      new AwsError('InvalidParameterException', `limit must be between 1 and ${maximum}.`),
  })
  return { events: page.items.map(eventView), searchedLogStreams: [], nextToken: page.nextToken }
}

function eventView({ stream, event }: FoundEvent): JsonObject {
  return {
    logStreamName: stream.name,
    timestamp: event.timestamp,
    message: event.message,
    ingestionTime: event.ingestionTime,
    eventId: String(event.sequence).padStart(56, '3'),
  }
}

function oldestFirstKey({ event }: FoundEvent): string {
  return `${digits(event.timestamp)} ${digits(event.sequence)}`
}

function newestFirstKey({ event }: FoundEvent): string {
  return `${digits(Number.MAX_SAFE_INTEGER - event.timestamp)} ${digits(Number.MAX_SAFE_INTEGER - event.sequence)}`
}

function digits(value: number): string {
  return String(value).padStart(16, '0')
}

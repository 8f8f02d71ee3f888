import type { ApiInput, JsonObject } from '../http/api-input.ts'
import { AwsError } from '../http/aws-error.ts'
import { decodeToken, encodeToken } from '../http/paging.ts'
import { inTimeRange, keyOfEvent, mirroredKeyOfEvent, mostEventsPerPage, PageMeter } from './event-pages.ts'
import { parseFilterPattern } from './filter-pattern.ts'
import type { LogEvent, LogGroup, LogStream } from './log-store.ts'

/** How far one call looks: a search for something rare has pages with nothing in them. */
const eventsScannedPerCall = 10_000
const mostStreamNames = 100
/** Newest first is offered for events from 2024 on. */
const newestFirstSince = Date.UTC(2024, 0, 1)

interface FoundEvent {
  stream: LogStream
  event: LogEvent
  key: string
}

/** Events of several streams on one time axis, newest first when `startFromHead` is false. */
export function filterLogEvents(group: LogGroup, input: ApiInput): JsonObject {
  const matches = parseFilterPattern(input.string('filterPattern') ?? '')
  const limit = input.integer('limit') ?? mostEventsPerPage
  if (limit < 1 || limit > mostEventsPerPage) {
    throw invalidParameter(`limit must be between 1 and ${mostEventsPerPage}.`)
  }
  const purpose = purposeOf(group, input)
  const events = eventsOf(group, input)
  const start = startOf(events, input.string('nextToken'), purpose)
  const meter = new PageMeter(limit)
  const found: FoundEvent[] = []
  let position = start
  for (; position < events.length && position - start < eventsScannedPerCall; position += 1) {
    const next = events[position]
    if (next === undefined || !matches(next.event.message)) continue
    if (!meter.takes(next.event)) break
    found.push(next)
  }
  const last = events[position - 1]
  const isOver = position >= events.length || last === undefined
  return {
    events: found.map(eventView),
    searchedLogStreams: [],
    nextToken: isOver ? undefined : encodeToken(purpose, last.key),
  }
}

/** Everything in the range, in the order that was asked for. */
function eventsOf(group: LogGroup, input: ApiInput): FoundEvent[] {
  const keyOf = isNewestFirst(input) ? mirroredKeyOfEvent : keyOfEvent
  return streamsOf(group, input)
    .flatMap((stream) =>
      inTimeRange(stream.events(), input).map((event) => ({ stream, event, key: keyOf(event) })),
    )
    .sort((left, right) => (left.key < right.key ? -1 : 1))
}

function streamsOf(group: LogGroup, input: ApiInput): LogStream[] {
  const names = input.strings('logStreamNames')
  const prefix = input.string('logStreamNamePrefix')
  if (names.length > 0 && prefix !== undefined)
    throw invalidParameter('Use either logStreamNames or logStreamNamePrefix.')
  if (names.length > mostStreamNames)
    throw invalidParameter(`logStreamNames must have at most ${mostStreamNames} members.`)
  for (const name of names) {
    if (!group.streams.has(name))
      throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.')
  }
  for (const name of names) group.streams.get(name)?.asked()
  return [...group.streams.values()]
    .filter((stream) => stream.name.startsWith(prefix ?? ''))
    .filter((stream) => names.length === 0 || names.includes(stream.name))
}

function isNewestFirst(input: ApiInput): boolean {
  if (input.boolean('startFromHead') !== false) return false
  if ((input.integer('startTime') ?? 0) < newestFirstSince)
    throw invalidParameter('startFromHead false needs a startTime after 2024-01-01.')
  return true
}

function purposeOf(group: LogGroup, input: ApiInput): string {
  return JSON.stringify([
    group.arn,
    input.strings('logStreamNames'),
    input.string('logStreamNamePrefix'),
    input.string('filterPattern'),
    isNewestFirst(input),
  ])
}

function startOf(events: FoundEvent[], token: string | undefined, purpose: string): number {
  if (token === undefined) return 0
  const lastKey = decodeToken(purpose, token)
  if (lastKey === undefined) throw invalidParameter('The specified nextToken is invalid.')
  const index = events.findIndex(({ key }) => key > lastKey)
  return index === -1 ? events.length : index
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

function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}

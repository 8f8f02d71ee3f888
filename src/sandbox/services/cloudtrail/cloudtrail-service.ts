import { type Clock, epochSeconds } from '../clock.ts'
import type { Faults } from '../faults.ts'
import type { JsonObject } from '../http/api-input.ts'
import type { ApiCall, ApiService } from '../http/api-service.ts'
import { AwsError } from '../http/aws-error.ts'
import { decodeToken, encodeToken } from '../http/paging.ts'
import type { Trail, TrailEvent } from './trail.ts'

const maximumResults = 50

/** How each lookup attribute reads an event. One attribute per call is all that LookupEvents takes. */
const attributes: Readonly<Record<string, (event: TrailEvent, value: string) => boolean>> = {
  EventId: (event, value) => event.eventId === value,
  EventName: (event, value) => event.name === value,
  EventSource: (event, value) => event.source === value,
  Username: (event, value) => event.userName === value,
  AccessKeyId: (event, value) => event.accessKeyId === value,
  ReadOnly: (event, value) => String(event.readOnly) === value,
  ResourceType: (event, value) => event.resources.some((resource) => resource.ResourceType === value),
  ResourceName: (event, value) => event.resources.some((resource) => resource.ResourceName === value),
}

/** CloudTrail LookupEvents over the event history. */
export function createCloudTrailService(
  trail: Trail,
  clock: Clock,
  faults: Pick<Faults, 'trailDelay'>,
): ApiService {
  return {
    target: 'CloudTrail_20131101',
    signingName: 'cloudtrail',
    actionPrefix: 'cloudtrail',
    operations: {
      LookupEvents: { handle: (call) => lookUpEvents(trail, call, clock.now(), faults.trailDelay) },
    },
  }
}

function lookUpEvents(trail: Trail, call: ApiCall, now: number, delay: number): JsonObject {
  const { input } = call
  const size = input.integer('MaxResults') ?? maximumResults
  if (size < 1 || size > maximumResults) {
    throw new AwsError(
      'InvalidMaxResultsException',
      `A maximum results value of ${size} is not between 1 and 50.`,
    )
  }
  const from = input.timestamp('StartTime') ?? 0
  const to = input.timestamp('EndTime') ?? Number.POSITIVE_INFINITY
  if (from > to) throw new AwsError('InvalidTimeRangeException', 'Start time cannot be after end time.')
  const matches = attributeFilter(call)
  // A token works only with the parameters it came from.
  const purpose = JSON.stringify([from, input.timestamp('EndTime'), input.members.LookupAttributes])
  const found = trail
    .events(call.caller.accountId, call.region, now)
    .filter((event) => delay === 0 || event.time <= now - delay)
    .filter((event) => event.time >= from && event.time <= to && matches(event))
  const start = startOf(found, input.string('NextToken'), purpose)
  const events = found.slice(start, start + size)
  const last = events.at(-1)
  const isMore = last !== undefined && start + size < found.length
  return {
    Events: events.map(eventView),
    ...(isMore && { NextToken: encodeToken(purpose, last.eventId) }),
  }
}

function startOf(found: TrailEvent[], token: string | undefined, purpose: string): number {
  if (token === undefined) return 0
  const lastId = decodeToken(purpose, token)
  const index = found.findIndex((event) => event.eventId === lastId)
  if (lastId === undefined || index === -1) {
    throw new AwsError('InvalidNextTokenException', 'Invalid NextToken.')
  }
  return index + 1
}

function attributeFilter(call: ApiCall): (event: TrailEvent) => boolean {
  const [lookup, ...more] = call.input.objects('LookupAttributes')
  if (lookup === undefined) return () => true
  const name = lookup.string('AttributeKey') ?? ''
  const value = lookup.string('AttributeValue') ?? ''
  const matches = Object.hasOwn(attributes, name) ? attributes[name] : undefined
  if (matches === undefined || value === '' || more.length > 0) {
    throw new AwsError(
      'InvalidLookupAttributesException',
      'Exactly one known lookup attribute with a value is allowed.',
    )
  }
  return (event) => matches(event, value)
}

function eventView(event: TrailEvent): JsonObject {
  return {
    EventId: event.eventId,
    EventName: event.name,
    ReadOnly: String(event.readOnly),
    AccessKeyId: event.accessKeyId,
    EventTime: epochSeconds(event.time),
    EventSource: event.source,
    Username: event.userName,
    Resources: event.resources,
    CloudTrailEvent: event.record,
  }
}

import { placeOf } from '../ecs/ecs-lookups.ts'
import type { Faults } from '../faults.ts'
import type { JsonObject } from '../http/api-input.ts'
import type { ApiCall, ApiService } from '../http/api-service.ts'
import { AwsError } from '../http/aws-error.ts'
import { pageOf, sortByKey } from '../http/paging.ts'
import { filterLogEvents } from './filter-log-events.ts'
import { getLogEvents } from './get-log-events.ts'
import type { LogGroup, LogStore, LogStream } from './log-store.ts'

const listLimits = { default: 50, maximum: 50 }

/** The reading half of CloudWatch Logs. */
export function createLogsService(store: LogStore, faults: Pick<Faults, 'logGaps'>): ApiService {
  return {
    target: 'Logs_20140328',
    signingName: 'logs',
    actionPrefix: 'logs',
    operations: {
      DescribeLogGroups: { handle: (call) => describeLogGroups(store, call) },
      DescribeLogStreams: { handle: (call) => describeLogStreams(store, call), resource: groupResource },
      GetLogEvents: {
        handle: (call) => {
          const stream = requireStream(requireGroup(store, call), call)
          stream.asked()
          return getLogEvents(stream, call.input, faults.logGaps)
        },
        resource: groupResource,
      },
      FilterLogEvents: {
        handle: (call) => filterLogEvents(requireGroup(store, call), call.input),
        resource: groupResource,
      },
    },
  }
}

function describeLogGroups(store: LogStore, call: ApiCall): JsonObject {
  const prefix = call.input.string('logGroupNamePrefix') ?? ''
  const pattern = call.input.string('logGroupNamePattern') ?? ''
  const groups = store
    .groups(placeOf(call))
    .filter(
      (group) => group.name.startsWith(prefix) && group.name.toLowerCase().includes(pattern.toLowerCase()),
    )
  const page = listPage(call, sortByKey(groups, nameOf), nameOf, `groups ${prefix} ${pattern}`)
  return { logGroups: page.items.map(groupView), nextToken: page.nextToken }
}

function describeLogStreams(store: LogStore, call: ApiCall): JsonObject {
  const { input } = call
  const group = requireGroup(store, call)
  const prefix = input.string('logStreamNamePrefix')
  const orderBy = input.string('orderBy') ?? 'LogStreamName'
  if (orderBy === 'LastEventTime' && prefix !== undefined) {
    throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.')
  }
  const keyOf = orderBy === 'LastEventTime' ? lastEventKey : nameOf
  const streams = [...group.streams.values()].filter((stream) => stream.name.startsWith(prefix ?? ''))
  const isDescending = input.boolean('descending') ?? false
  const directedKey = isDescending ? (stream: LogStream) => descendingKey(keyOf(stream)) : keyOf
  const page = listPage(
    call,
    sortByKey(streams, directedKey),
    directedKey,
    `streams ${group.name} ${prefix} ${orderBy} ${isDescending}`,
  )
  return { logStreams: page.items.map(streamView), nextToken: page.nextToken }
}

function listPage<Item>(call: ApiCall, sorted: Item[], keyOf: (item: Item) => string, purpose: string) {
  return pageOf(sorted, keyOf, {
    size: call.input.integer('limit'),
    token: call.input.string('nextToken'),
    limits: listLimits,
    purpose,
    invalidToken: () => invalidParameter('The specified nextToken is invalid.'),
    invalidSize: (maximum) => invalidParameter(`limit must be between 1 and ${maximum}.`),
  })
}

/** By name or ARN. @throws {AwsError} ResourceNotFoundException */
function requireGroup(store: LogStore, call: ApiCall): LogGroup {
  const name = groupName(call)
  if (name === '') throw invalidParameter('logGroupName or logGroupIdentifier must be given.')
  const group = store.find(placeOf(call), name)
  if (group === undefined) {
    throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.')
  }
  return group
}

function requireStream(group: LogGroup, call: ApiCall): LogStream {
  const stream = group.streams.get(call.input.string('logStreamName') ?? '')
  if (stream === undefined) {
    throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.')
  }
  return stream
}

function groupName(call: ApiCall): string {
  const given = call.input.string('logGroupName') ?? call.input.string('logGroupIdentifier') ?? ''
  return given.replace(/^arn:[^:]*:logs:[^:]*:[^:]*:log-group:/, '').replace(/:\*$/, '')
}

function groupResource(call: ApiCall): string {
  return `arn:aws:logs:${call.region}:${call.caller.accountId}:log-group:${groupName(call)}:log-stream:*`
}

function groupView(group: LogGroup): JsonObject {
  return {
    logGroupName: group.name,
    creationTime: group.createdAt,
    metricFilterCount: 0,
    arn: `${group.arn}:*`,
    storedBytes: 0,
    logGroupClass: 'STANDARD',
    logGroupArn: group.arn,
  }
}

function streamView(stream: LogStream): JsonObject {
  return {
    logStreamName: stream.name,
    creationTime: stream.createdAt,
    firstEventTimestamp: stream.firstEvent?.timestamp,
    lastEventTimestamp: stream.lastEvent?.timestamp,
    lastIngestionTime: stream.lastEvent?.ingestionTime,
    uploadSequenceToken: '49640000000000000000000000000000000000000000000000000000',
    arn: stream.arn,
    storedBytes: 0,
  }
}

function nameOf(item: LogGroup | LogStream): string {
  return item.name
}

function lastEventKey(stream: LogStream): string {
  return `${String(stream.lastEvent?.timestamp ?? 0).padStart(16, '0')} ${stream.name}`
}

/** A key that sorts the other way round: every code unit mirrored, and the end after everything. */
function descendingKey(key: string): string {
  const mirrored = Array.from(key, (character) => String.fromCharCode(0xffff - character.charCodeAt(0)))
  return `${mirrored.join('')}\uffff`
}

function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}

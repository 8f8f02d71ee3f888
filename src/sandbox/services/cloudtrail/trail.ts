import { randomUUID } from 'node:crypto'
import { isObject, type JsonObject } from '../http/api-input.ts'
import type { ApiCall, ApiService } from '../http/api-service.ts'
import type { AwsError } from '../http/aws-error.ts'
import { stableUuid } from '../identifiers.ts'
import type { AccessKey, Principal } from '../identity/access-keys.ts'

export interface TrailEvent {
  eventId: string
  /** Epoch milliseconds, on a whole second as CloudTrail's are. */
  time: number
  name: string
  source: string
  userName: string
  accessKeyId: string
  readOnly: boolean
  resources: { ResourceType: string; ResourceName: string }[]
  /** The record itself, as JSON text. */
  record: string
}

export type TrailOutcome = { responseElements: JsonObject } | { error: Pick<AwsError, 'code' | 'message'> }

/** What CloudTrail keeps of one event, whether it happened now or in the world's past. */
export interface TrailEntry {
  name: string
  source: string
  region: string
  time: number
  requestId: string
  sourceIp: string
  userAgent: string
  key: Pick<AccessKey, 'accessKeyId' | 'createdAt' | 'expiresAt'>
  caller: Principal
  requestParameters: JsonObject
  outcome: TrailOutcome
}

/** CloudTrail keeps its event history for ninety days. */
const historyLength = 90 * 24 * 3600_000

/** CloudTrail's event history, per account and region. */
export class Trail {
  readonly #events = new Map<string, TrailEvent[]>()

  /** One call that was made now. */
  record(call: ApiCall, service: ApiService, now: number, outcome: TrailOutcome): void {
    this.add({
      name: call.operation,
      source: `${service.actionPrefix}.amazonaws.com`,
      region: call.region,
      time: now,
      requestId: call.requestId,
      sourceIp: call.sourceIp,
      userAgent: call.userAgent,
      key: call.key,
      caller: call.caller,
      requestParameters: call.input.members,
      outcome,
    })
  }

  add(entry: TrailEntry): void {
    const key = `${entry.caller.accountId}/${entry.region}`
    const events = this.#events.get(key) ?? []
    this.#events.set(key, events)
    events.push(eventOf(entry))
  }

  /** Newest first, not older than CloudTrail would still have. */
  events(accountId: string, region: string, now: number): TrailEvent[] {
    const events = this.#events.get(`${accountId}/${region}`) ?? []
    return events
      .filter((event) => event.time >= now - historyLength)
      .sort((left, right) => right.time - left.time || (left.eventId < right.eventId ? -1 : 1))
  }
}

function eventOf(entry: TrailEntry): TrailEvent {
  const eventId = randomUUID()
  const time = Math.floor(entry.time / 1000) * 1000
  return {
    eventId,
    time,
    name: entry.name,
    source: entry.source,
    userName: entry.caller.userName,
    accessKeyId: entry.key.accessKeyId,
    readOnly: false,
    resources: [],
    record: JSON.stringify(recordOf(entry, eventId, time)),
  }
}

/** Shape: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/logging-using-cloudtrail.html */
function recordOf(entry: TrailEntry, eventId: string, time: number): JsonObject {
  return {
    eventVersion: '1.11',
    userIdentity: userIdentity(entry),
    eventTime: isoSeconds(time),
    eventSource: entry.source,
    eventName: entry.name,
    awsRegion: entry.region,
    sourceIPAddress: entry.sourceIp,
    userAgent: entry.userAgent,
    ...('error' in entry.outcome && {
      errorCode: entry.outcome.error.code,
      errorMessage: entry.outcome.error.message,
    }),
    requestParameters: lowerCamelCase(withoutSecrets(entry.requestParameters)),
    responseElements:
      'responseElements' in entry.outcome ? lowerCamelCase(entry.outcome.responseElements) : null,
    requestID: entry.requestId,
    eventID: eventId,
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: entry.caller.accountId,
    eventCategory: 'Management',
  }
}

function userIdentity(entry: TrailEntry): JsonObject {
  const { caller, key } = entry
  const common = {
    principalId: caller.userId,
    arn: caller.arn,
    accountId: caller.accountId,
    accessKeyId: key.accessKeyId,
  }
  if (!caller.role) return { type: 'IAMUser', ...common, userName: caller.userName }
  return {
    type: 'AssumedRole',
    ...common,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: caller.role.id,
        arn: caller.role.arn,
        accountId: caller.accountId,
        userName: caller.role.name,
      },
      attributes: { creationDate: isoSeconds(key.createdAt), mfaAuthenticated: 'false' },
    },
    onBehalfOf: {
      userId: stableUuid(`identity store user ${caller.userName}`),
      identityStoreArn: 'arn:aws:identitystore::111122223333:identitystore/d-93670a1b2c',
    },
  }
}

/** Nothing the sandbox records sends a secret, except a token that a client puts in by mistake. */
function withoutSecrets(members: JsonObject): JsonObject {
  const entries = Object.entries(members).map(([name, value]) => {
    if (/token/i.test(name) && typeof value === 'string') return [name, 'HIDDEN_DUE_TO_SECURITY_REASONS']
    return [name, isObject(value) ? withoutSecrets(value) : value]
  })
  return Object.fromEntries(entries)
}

/** CloudTrail writes members in lower camel case, also those of services like SSM that do not. */
function lowerCamelCase(members: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value]),
  )
}

function isoSeconds(time: number): string {
  return new Date(time).toISOString().replace(/\.\d{3}/, '')
}

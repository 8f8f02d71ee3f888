import { z } from 'zod'
import type { CloudEvent } from '../../../contract/cloud-audit.ts'
import { clientOf } from './user-agent.ts'

/** The two calls that open a shell in a container, by the name CloudTrail looks them up under. */
export const shellEventNames = ['ExecuteCommand', 'StartSession'] as const
export type ShellEventName = (typeof shellEventNames)[number]

/** Names, ids and addresses at AWS are shorter; a longer one is somebody's game. */
const longestNameLength = 512
/** ECS takes no longer command. */
const longestTextLength = 4096

/** Anything but text counts as absent: one odd member must not hide an event. */
function text(length: number) {
  return z
    .string()
    .transform((value) => (value === '' ? undefined : value.slice(0, length)))
    .optional()
    .catch(undefined)
}

const name = text(longestNameLength)
const words = text(longestTextLength)

function members<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.object(shape).nullish().catch(undefined)
}

/**
 * What is read of a record; members that are not named here are ignored. Facts:
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
const recordSchema = z.object({
  eventID: z.string().min(1).max(longestNameLength),
  eventName: z.enum(shellEventNames),
  eventSource: z.enum(['ecs.amazonaws.com', 'ssm.amazonaws.com']),
  eventTime: z.string().max(longestNameLength),
  awsRegion: z.string().min(1).max(64),
  recipientAccountId: name,
  sourceIPAddress: name,
  userAgent: words,
  errorCode: name,
  errorMessage: words,
  userIdentity: members({
    type: name,
    principalId: name,
    arn: name,
    accountId: name,
    userName: name,
    invokedBy: name,
    sessionContext: members({ sessionIssuer: members({ userName: name }) }),
    onBehalfOf: members({ userId: name }),
  }),
  requestParameters: members({ cluster: name, container: name, task: name, command: words, target: name }),
  responseElements: members({
    clusterArn: name,
    containerName: name,
    taskArn: name,
    sessionId: name,
    session: members({ sessionId: name }),
  }),
})
type TrailRecord = z.output<typeof recordSchema>

/**
 * A record of CloudTrail as an event of the audit; undefined for what opens no
 * shell in a container, or is no record at all. Never throws.
 */
export function eventOfRecord(record: unknown): CloudEvent | undefined {
  const read = recordSchema.safeParse(record).data
  if (read === undefined) return undefined
  const at = Date.parse(read.eventTime)
  if (!Number.isSafeInteger(at) || at < 0) return undefined
  const place = placeOf(read)
  if (place === undefined) return undefined
  const { userIdentity } = read
  return {
    eventId: read.eventID,
    at,
    accountId: read.recipientAccountId ?? userIdentity?.accountId ?? '',
    region: read.awsRegion,
    ...place,
    userName: userNameOf(userIdentity),
    principal: userIdentity?.arn,
    roleName: roleNameOf(userIdentity?.sessionContext?.sessionIssuer?.userName),
    sourceIp: read.sourceIPAddress,
    client: clientOf(read.userAgent),
    refusal: read.errorCode === undefined ? undefined : { code: read.errorCode, message: read.errorMessage },
    live: false,
  }
}

/** As `eventOfRecord`, from the JSON text that LookupEvents gives. */
export function eventOfText(json: string): CloudEvent | undefined {
  try {
    return eventOfRecord(JSON.parse(json))
  } catch {
    return undefined
  }
}

type Place = Pick<
  CloudEvent,
  'kind' | 'taskId' | 'clusterName' | 'containerName' | 'runtimeId' | 'command' | 'awsSessionId'
>

function placeOf({
  eventName,
  eventSource,
  requestParameters,
  responseElements,
}: TrailRecord): Place | undefined {
  const asked = requestParameters ?? {}
  const answered = responseElements ?? {}
  if (eventName === 'StartSession') {
    // What Session Manager starts elsewhere, on instances say, is none of ours.
    const target = eventSource === 'ssm.amazonaws.com' ? containerTarget(asked.target) : undefined
    return target && { kind: 'direct', ...target, awsSessionId: answered.sessionId }
  }
  if (eventSource !== 'ecs.amazonaws.com') return undefined
  // The answer names what the request may have left out or shortened.
  const taskText = answered.taskArn ?? asked.task ?? ''
  return {
    kind: 'exec',
    taskId: lastSegment(taskText),
    clusterName: lastSegment(answered.clusterArn ?? asked.cluster ?? clusterOfTask(taskText) ?? 'default'),
    containerName: answered.containerName ?? asked.container,
    command: asked.command,
    awsSessionId: answered.session?.sessionId,
  }
}

/** `ecs:<cluster>_<task id>_<runtime id>`; cluster names may have underscores of their own. */
function containerTarget(target: string | undefined): Omit<Place, 'kind'> | undefined {
  const parts = /^ecs:(.+)_([0-9a-f-]{32,36})_([^_]+)$/.exec(target ?? '')
  return parts === null ? undefined : { clusterName: parts[1], taskId: parts[2] ?? '', runtimeId: parts[3] }
}

/** Of an id it is the id; of an ARN, long or short, what it ends with. */
function lastSegment(idOrArn: string): string {
  return idOrArn.slice(idOrArn.lastIndexOf('/') + 1)
}

/** The long form of a task's ARN has its cluster in it. */
function clusterOfTask(task: string): string | undefined {
  return /:task\/([^/]+)\/[^/]+$/.exec(task)?.[1]
}

/**
 * A role session's name stands behind the colon of the principal id; for
 * Identity Center it is the person's user name.
 */
function userNameOf(identity: TrailRecord['userIdentity']): string {
  if (!identity) return 'unknown'
  const { type, principalId, arn, userName, invokedBy, accountId, onBehalfOf } = identity
  const sessionName = principalId?.includes(':') ? principalId.slice(principalId.indexOf(':') + 1) : undefined
  if (type === 'Root') return 'root'
  if (type === 'AssumedRole' || type === 'FederatedUser')
    return sessionName || lastSegment(arn ?? '') || principalId || 'unknown'
  const ofArn = arn === undefined ? undefined : lastSegment(arn)
  return userName ?? ofArn ?? invokedBy ?? onBehalfOf?.userId ?? sessionName ?? accountId ?? 'unknown'
}

/** `AWSReservedSSO_<permission set>_<hash>` by the name that people know. */
function roleNameOf(role: string | undefined): string | undefined {
  return role === undefined ? undefined : (/^AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(role)?.[1] ?? role)
}

import { type Clock, epochSeconds } from '../clock.ts'
import { clusterArn, type Place } from '../ecs/arns.ts'
import { placeOf } from '../ecs/ecs-lookups.ts'
import type { EcsState, LiveContainer, LiveTask } from '../ecs/ecs-state.ts'
import { type ExecSessions, targetOf } from '../ecs/exec-sessions.ts'
import { execDocument, isConnected } from '../ecs/execute-command.ts'
import type { MessageGateway } from '../exec-session.ts'
import type { ApiInput, JsonObject } from '../http/api-input.ts'
import type { ApiCall, ApiOperation, ApiService } from '../http/api-service.ts'
import { AwsError } from '../http/aws-error.ts'
import { pageOf } from '../http/paging.ts'
import { newSsmSessionId } from '../identifiers.ts'
import type { RegisteredSession, SessionRegister } from './session-register.ts'

const listLimits = { default: 200, maximum: 200 }
const shellDocument = 'SSM-SessionManagerRunShell'
const commandDocuments = ['AWS-StartInteractiveCommand', execDocument]
/** What the shell document starts when nobody configured another. */
const defaultShell = 'sh'

export interface SsmParts {
  clock: Clock
  state: EcsState
  gateway: MessageGateway
  sessions: ExecSessions
  register: SessionRegister
}

/** Systems Manager's session calls, for targets that are ECS containers. */
export function createSsmService(parts: SsmParts): ApiService {
  return {
    target: 'AmazonSSM',
    signingName: 'ssm',
    actionPrefix: 'ssm',
    operations: {
      StartSession: recordedOperation((call) => startSession(parts, call), targetResource),
      ResumeSession: recordedOperation((call) => resumeSession(parts, call), sessionResource),
      TerminateSession: recordedOperation((call) => terminateSession(parts, call), sessionResource),
      DescribeSessions: { handle: (call) => describeSessions(parts, call) },
    },
  }
}

function recordedOperation(
  handle: (call: ApiCall) => JsonObject,
  resource: (call: ApiCall) => string,
): ApiOperation {
  return { handle, resource, recorded: { responseElements: withoutToken } }
}

function startSession(parts: SsmParts, call: ApiCall): JsonObject {
  const target = call.input.string('Target') ?? ''
  const found = findTarget(parts.state, placeOf(call), target)
  if (!found || !isConnected(found.task, found.container)) {
    throw new AwsError('TargetNotConnected', `${target} is not connected.`)
  }
  const documentName = call.input.string('DocumentName') ?? shellDocument
  const grant = parts.sessions.open({
    ...found,
    sessionId: newSsmSessionId(call.caller.userName),
    command: commandOf(documentName, call.input),
    documentName,
    caller: call.caller,
    reason: call.input.string('Reason'),
  })
  return { SessionId: grant.sessionId, StreamUrl: grant.streamUrl, TokenValue: grant.tokenValue }
}

/** An answer without a token says that the session is over. */
function resumeSession(parts: SsmParts, call: ApiCall): JsonObject {
  const session = requireSession(parts, call)
  const grant = parts.gateway.resume(session.sessionId)
  if (grant === undefined) return { SessionId: session.sessionId }
  return { SessionId: grant.sessionId, StreamUrl: grant.streamUrl, TokenValue: grant.tokenValue }
}

/** Terminating twice is no error at AWS. */
function terminateSession(parts: SsmParts, call: ApiCall): JsonObject {
  const session = requireSession(parts, call)
  parts.gateway.terminate(session.sessionId)
  return { SessionId: session.sessionId }
}

function describeSessions(parts: SsmParts, call: ApiCall): JsonObject {
  const { input } = call
  const state = input.string('State')
  if (state !== 'Active' && state !== 'History') {
    throw new AwsError('ValidationException', "State must be 'Active' or 'History'.")
  }
  const matches = sessionFilter(input)
  const sessions = parts.register.list(placeOf(call), state, parts.clock.now()).filter(matches)
  const page = pageOf(sessions, sessionKey, {
    size: input.integer('MaxResults'),
    token: input.string('NextToken'),
    limits: listLimits,
    purpose: JSON.stringify([state, input.members.Filters]),
    invalidToken: () => new AwsError('InvalidNextToken', 'The specified token is not valid.'),
    invalidSize: (maximum) =>
      new AwsError('ValidationException', `MaxResults must be between 1 and ${maximum}.`),
  })
  return { Sessions: page.items.map(sessionView), NextToken: page.nextToken }
}

/** Newest first, as a key that grows. */
function sessionKey(session: RegisteredSession): string {
  return `${String(Number.MAX_SAFE_INTEGER - session.startedAt).padStart(16, '0')} ${session.sessionId}`
}

function sessionFilter(input: ApiInput): (session: RegisteredSession) => boolean {
  const filters = input.objects('Filters').map((filter) => {
    const key = filter.string('key') ?? ''
    const matcher = Object.hasOwn(sessionFilters, key) ? sessionFilters[key] : undefined
    if (!matcher) throw new AwsError('InvalidFilterKey', `The filter key ${key} is not valid.`)
    return { matcher, value: filter.string('value') ?? '' }
  })
  return (session) => filters.every(({ matcher, value }) => matcher(session, value))
}

const sessionFilters: Readonly<Record<string, (session: RegisteredSession, value: string) => boolean>> = {
  InvokedAfter: (session, value) => session.startedAt >= Date.parse(value),
  InvokedBefore: (session, value) => session.startedAt <= Date.parse(value),
  Target: (session, value) => session.target === value,
  Owner: (session, value) => session.owner === value,
  Status: (session, value) => statusOf(session) === value,
  SessionId: (session, value) => session.sessionId === value,
  AccessType: (_, value) => value === 'Standard',
}

function sessionView(session: RegisteredSession): JsonObject {
  return {
    SessionId: session.sessionId,
    Target: session.target,
    Status: statusOf(session),
    StartDate: epochSeconds(session.startedAt),
    ...(session.endedAt !== undefined && { EndDate: epochSeconds(session.endedAt) }),
    DocumentName: session.documentName,
    Owner: session.owner,
    Reason: session.reason,
    AccessType: 'Standard',
    OutputUrl: {},
  }
}

function statusOf(session: RegisteredSession): string {
  return session.endedAt === undefined ? 'Connected' : 'Terminated'
}

function requireSession(parts: SsmParts, call: ApiCall): RegisteredSession {
  const sessionId = call.input.string('SessionId') ?? ''
  const session = parts.register.find(placeOf(call), sessionId)
  if (session === undefined)
    throw new AwsError('DoesNotExistException', `Session ${sessionId} does not exist`)
  return session
}

/** `ecs:<cluster>_<task id>_<runtime id>`; cluster names may have underscores of their own. */
function findTarget(
  state: EcsState,
  place: Place,
  target: string,
): { task: LiveTask; container: LiveContainer } | undefined {
  const match = /^ecs:(.+)_([0-9a-f]{32})_([^_]+)$/.exec(target)
  const task = match && state.cluster(place, match[1])?.tasks.get(match[2] ?? '')
  const container = task?.containers.find((each) => targetOf(task, each) === target)
  return task && container ? { task, container } : undefined
}

function commandOf(documentName: string, input: ApiInput): string {
  if (documentName === shellDocument) return defaultShell
  const [command] = input.object('Parameters')?.strings('command') ?? []
  if (commandDocuments.includes(documentName) && command) return command
  throw new AwsError('InvalidDocument', `Document with name ${documentName} cannot be used here.`)
}

function targetResource(call: ApiCall): string {
  const match = /^ecs:(.+)_([0-9a-f]{32})_/.exec(call.input.string('Target') ?? '')
  if (!match) return '*'
  return `${clusterArn(placeOf(call), match[1] ?? '').replace(':cluster/', ':task/')}/${match[2]}`
}

function sessionResource(call: ApiCall): string {
  return `arn:aws:ssm:${call.region}:${call.caller.accountId}:session/${call.input.string('SessionId') ?? '*'}`
}

function withoutToken(answer: JsonObject): JsonObject {
  return answer.TokenValue === undefined
    ? answer
    : { ...answer, TokenValue: 'HIDDEN_DUE_TO_SECURITY_REASONS' }
}

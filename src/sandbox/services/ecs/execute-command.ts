import { canReach } from '../ec2/network.ts'
import { isObject, type JsonObject } from '../http/api-input.ts'
import type { ApiCall, ApiOperation } from '../http/api-service.ts'
import { AwsError } from '../http/aws-error.ts'
import { newExecSessionId } from '../identifiers.ts'
import { isAllowed } from '../identity/policy.ts'
import {
  findTask,
  invalidParameter,
  placeOf,
  requireCluster,
  requireParameter,
  taskResource,
} from './ecs-lookups.ts'
import type { EcsState, LiveContainer, LiveTask } from './ecs-state.ts'
import type { ExecSessions } from './exec-sessions.ts'
import { allTagsOf } from './views.ts'

/** How SSM names the document behind ECS Exec. */
export const execDocument = 'AmazonECS-ExecuteInteractiveCommand'

export function executeCommandOperation(state: EcsState, sessions: ExecSessions): ApiOperation {
  return {
    handle: (call) => executeCommand(state, sessions, call),
    resource: taskResource,
    context: (call) => sessionContext(state, call),
    recorded: { responseElements: withoutToken },
  }
}

/**
 * ECS ExecuteCommand. Checks run in the order in which AWS reports them: what
 * the request names, whether exec is on, then whether the agent is reachable.
 */
function executeCommand(state: EcsState, sessions: ExecSessions, call: ApiCall): JsonObject {
  const command = requireParameter(call, 'command')
  if (call.input.boolean('interactive') !== true) {
    throw invalidParameter('Interactive is the only mode supported currently.')
  }
  const cluster = requireCluster(state, call)
  const task = findTask(cluster, requireParameter(call, 'task'))
  if (task === undefined) throw invalidParameter('The task provided in the request was not found.')
  const container = chooseContainer(task, call.input.string('container'))
  checkExecIsOn(task, container)
  checkAgentConnects(task, container)
  const session = sessions.open({
    sessionId: newExecSessionId(),
    task,
    container,
    command,
    documentName: execDocument,
    caller: call.caller,
  })
  return {
    clusterArn: cluster.arn,
    containerArn: container.arn,
    containerName: container.description.name,
    interactive: true,
    session,
    taskArn: task.arn,
  }
}

function chooseContainer(task: LiveTask, name: string | undefined): LiveContainer {
  const [only, ...more] = task.containers
  if (name === undefined && only !== undefined && more.length === 0) return only
  if (name === undefined)
    throw invalidParameter('A container name must be given: the task has several containers.')
  const container = task.containers.find((each) => each.description.name === name)
  if (container === undefined) throw invalidParameter(`The container ${name} does not belong to the task.`)
  return container
}

/** @throws {AwsError} InvalidParameterException, in AWS's words */
function checkExecIsOn(task: LiveTask, container: LiveContainer): void {
  const isReady = task.lastStatus === 'RUNNING' && container.agent?.lastStatus === 'RUNNING'
  if (isReady) return
  throw invalidParameter(
    "The execute command failed because execute command was not enabled when the task was run or the execute command agent isn't running. Wait and try again or run a new task with execute command enabled and try again.",
  )
}

/** @throws {AwsError} TargetNotConnectedException, which AWS words as an internal error */
function checkAgentConnects(task: LiveTask, container: LiveContainer): void {
  if (isConnected(task, container)) return
  throw new AwsError(
    'TargetNotConnectedException',
    'The execute command failed due to an internal error. Try again later.',
  )
}

/** What the exec agent does to reach Session Manager. */
const channelActions = ['CreateControlChannel', 'CreateDataChannel', 'OpenControlChannel', 'OpenDataChannel']

/** The agent needs the task role's permission to open its channels, a way there, and something that can run. */
export function isConnected(task: LiveTask, container: LiveContainer): boolean {
  return (
    task.lastStatus === 'RUNNING' &&
    container.agent?.lastStatus === 'RUNNING' &&
    mayOpenChannels(task) &&
    canReach(task.cluster.network, 'ssmmessages') &&
    container.description.program !== undefined
  )
}

function mayOpenChannels(task: LiveTask): boolean {
  const { role } = task.definition.description
  if (role === undefined) return false
  const context = { 'aws:RequestedRegion': task.cluster.region }
  return channelActions.every((name) =>
    isAllowed(role.policy, { action: `ssmmessages:${name}`, resource: '*', context }),
  )
}

/** What a policy may ask about a session. Names as in the service authorization reference of ECS. */
function sessionContext(state: EcsState, call: ApiCall): Record<string, string> {
  const cluster = state.cluster(placeOf(call), call.input.string('cluster'))
  const task = cluster && findTask(cluster, call.input.string('task') ?? '')
  const container = call.input.string('container') ?? task?.containers[0]?.description.name
  return {
    ...(cluster && { 'ecs:cluster': cluster.arn, ...resourceTags(cluster.tags) }),
    ...(task && { 'ecs:task': task.arn, ...resourceTags(allTagsOf(task)) }),
    ...(container && { 'ecs:container-name': container }),
  }
}

function resourceTags(tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tags).flatMap(([key, value]) => [
      [`aws:ResourceTag/${key}`, value],
      [`ecs:ResourceTag/${key}`, value],
    ]),
  )
}

/** CloudTrail keeps the answer but not the bearer secret in it. */
function withoutToken(answer: JsonObject): JsonObject {
  if (!isObject(answer.session)) return answer
  return { ...answer, session: { ...answer.session, tokenValue: 'HIDDEN_DUE_TO_SECURITY_REASONS' } }
}

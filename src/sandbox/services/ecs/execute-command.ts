import { isObject, type JsonObject } from '../http/api-input.ts'
import type { ApiCall, ApiOperation } from '../http/api-service.ts'
import { AwsError } from '../http/aws-error.ts'
import { newExecSessionId } from '../identifiers.ts'
import { findTask, invalidParameter, requireCluster, requireParameter, taskResource } from './ecs-lookups.ts'
import type { EcsState, LiveContainer, LiveTask } from './ecs-state.ts'
import type { ExecSessions } from './exec-sessions.ts'

/** How SSM names the document behind ECS Exec. */
export const execDocument = 'AmazonECS-ExecuteInteractiveCommand'

export function executeCommandOperation(state: EcsState, sessions: ExecSessions): ApiOperation {
  return {
    handle: (call) => executeCommand(state, sessions, call),
    resource: taskResource,
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

/** The agent needs the task role's permission to open its channels, and something that can run. */
export function isConnected(task: LiveTask, container: LiveContainer): boolean {
  return (
    task.lastStatus === 'RUNNING' &&
    container.agent?.lastStatus === 'RUNNING' &&
    task.definition.description.role?.mayOpenChannels === true &&
    container.description.program !== undefined
  )
}

/** CloudTrail keeps the answer but not the bearer secret in it. */
function withoutToken(answer: JsonObject): JsonObject {
  if (!isObject(answer.session)) return answer
  return { ...answer, session: { ...answer.session, tokenValue: 'HIDDEN_DUE_TO_SECURITY_REASONS' } }
}

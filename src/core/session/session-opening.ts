import type { Workload } from '../../contract/audit.ts'
import { type ErrorValue, toErrorValue } from '../../contract/errors.ts'
import type { Caller, Scope } from '../../contract/identity.ts'
import type { ContainerRef, Engine, EngineChoice } from '../../contract/session.ts'
import type { Endpoints } from '../aws/endpoints.ts'
import type { Clock } from '../clock.ts'
import type { PluginSearch } from '../plugin/find-plugin.ts'
import {
  agentStartMilliseconds,
  explainRefusal,
  isStarting,
  type Patience,
  type YoungTask,
} from './agent-patience.ts'
import { assertEnginePossible, chooseEngine } from './engine-choice.ts'
import type { ExecuteCommand, ExecuteCommandGrant } from './execute-command.ts'
import type { HostedEngineRequest } from './session-host-contract.ts'

/** A container as ECS sees it now. */
export interface ExecTarget extends YoungTask {
  /** Last part of the session target. */
  runtimeId: string
  /** Cluster, task, its definition and container as described, for the audit history. */
  snapshot: unknown
  /** What runs there, as far as ECS says. */
  workload?: Workload
}

export interface SessionOpeningDependencies {
  /** @throws {PortholeError} TASK_STOPPED or NOT_FOUND when the container is gone or going */
  describeForExec: (container: ContainerRef) => Promise<ExecTarget>
  executeCommand: ExecuteCommand
  /** Tells AWS that a session is over. @throws {PortholeError} */
  terminateSession: (scope: Scope, awsSessionId: string) => Promise<void>
  caller: (scope: Scope) => Promise<Caller>
  endpoints: Endpoints
  /** What has to be added to this computer's clock, as far as it is known. */
  clockCorrection?: () => number
  findPlugin: () => Promise<PluginSearch>
  platform: NodeJS.Platform
  clock: Clock
  log: (message: string) => void
}

export interface WantedSession {
  container: ContainerRef
  command: string
  choice: EngineChoice
}

export interface OpeningProgress {
  /** Who AWS says we are, also when the session is refused. */
  caller(caller: Caller): void
  /** The task's agent is still starting; asked again at `retryAt`, epoch milliseconds. */
  waiting(error: ErrorValue, retryAt: number): void
}

/** A session as AWS granted it, with all that an engine and the history need. */
export interface GrantedSession {
  engine: Engine
  /** The engine to try when this one cannot open the session; only `auto` has one. */
  fallback?: Engine
  request: HostedEngineRequest
  snapshot: unknown
  workload?: Workload | undefined
}

/**
 * Asks AWS for a session, all questions at once: the person waits for the
 * slowest answer, not for the sum. A session granted in vain is given back. A
 * task whose agent is still starting is asked again until it is there.
 *
 * @throws {PortholeError} PLUGIN_MISSING, PLUGIN_UNSUPPORTED before AWS is asked; then what the calls throw
 */
export async function openSession(
  dependencies: SessionOpeningDependencies,
  wanted: WantedSession,
  progress: OpeningProgress,
  patience: Patience,
): Promise<GrantedSession> {
  const plugin = await dependencies.findPlugin()
  assertEnginePossible(wanted.choice, plugin)
  const begunAt = dependencies.clock.elapsed()
  for (;;) {
    const asked = await askForSession(dependencies, wanted, plugin, progress)
    if (asked.granted !== undefined) return asked.granted
    const { clock } = dependencies
    const error = toErrorValue(asked.refusal)
    const mayCome = clock.elapsed() - begunAt < agentStartMilliseconds
    if (!mayCome || !isStarting(error, asked.task, clock.now()))
      throw explainRefusal(asked.refusal, asked.task)
    if (!(await patience.wait((until) => progress.waiting(agentIsStarting(error), until))))
      throw asked.refusal
  }
}

type Asked =
  | { granted: GrantedSession }
  | { granted?: undefined; refusal: unknown; task: YoungTask | undefined }

async function askForSession(
  dependencies: SessionOpeningDependencies,
  { container, command, choice }: WantedSession,
  plugin: PluginSearch,
  progress: OpeningProgress,
): Promise<Asked> {
  const { region } = container.scope
  const [target, grant, endpoints] = await Promise.allSettled([
    dependencies.describeForExec(container),
    dependencies.executeCommand(container.scope, {
      cluster: container.clusterArn,
      task: container.taskArn,
      container: container.containerName,
      command,
    }),
    findEndpoints(dependencies.endpoints, region),
    identify(dependencies, container.scope, progress.caller),
  ])
  // What ECS says of the task is plainer than why it grants no session.
  if (target.status === 'rejected' || endpoints.status === 'rejected') {
    if (grant.status === 'fulfilled') await giveBack(dependencies, container.scope, grant.value.sessionId)
    return {
      refusal: target.status === 'rejected' ? target.reason : reasonOf(endpoints),
      task: undefined,
    }
  }
  if (grant.status === 'rejected') return { refusal: grant.reason, task: target.value }
  const { streamUrl } = grant.value
  const { platform } = dependencies
  const granted = {
    ...chooseEngine({ choice, plugin, streamUrl, region, platform }),
    request: {
      ...grantedFields(grant.value),
      target: sessionTarget(container, target.value.runtimeId),
      region,
      clockCorrection: dependencies.clockCorrection?.() || undefined,
      ...endpoints.value,
    },
    snapshot: target.value.snapshot,
    workload: target.value.workload,
  }
  return { granted }
}

function agentIsStarting(error: ErrorValue): ErrorValue {
  return {
    code: 'AGENT_NOT_RUNNING',
    message: 'The exec agent of this task is still starting.',
    detail: error.detail,
    retryable: true,
  }
}

/** Tells AWS that a session is not wanted after all. Best effort: AWS ends it by itself when idle. */
export async function giveBack(
  { terminateSession, log }: Pick<SessionOpeningDependencies, 'terminateSession' | 'log'>,
  scope: Scope,
  awsSessionId: string,
): Promise<void> {
  try {
    await terminateSession(scope, awsSessionId)
  } catch (thrown) {
    log(`${awsSessionId} was not terminated: ${toErrorValue(thrown).message}`)
  }
}

/**
 * `ecs:<cluster>_<task>_<runtime id>`: the agent's own name for itself. It
 * enters the KMS encryption context, so it must match to the letter.
 * Source: the AWS CLI's ecs execute-command.
 */
function sessionTarget(container: Pick<ContainerRef, 'clusterName' | 'taskId'>, runtimeId: string): string {
  return `ecs:${container.clusterName}_${container.taskId}_${runtimeId}`
}

function grantedFields({ sessionId, streamUrl, tokenValue }: ExecuteCommandGrant) {
  return { awsSessionId: sessionId, streamUrl, tokenValue }
}

async function findEndpoints(endpoints: Endpoints, region: string) {
  const [ssm, kms] = await Promise.all([endpoints.url('ssm', region), endpoints.url('kms', region)])
  return { ssmEndpoint: withoutTrailingSlash(ssm), kmsEndpoint: withoutTrailingSlash(kms) }
}

function withoutTrailingSlash(url: URL): string {
  return url.href.replace(/\/$/, '')
}

/** Not knowing who we are is no reason to refuse a shell. */
async function identify(
  { caller, log }: SessionOpeningDependencies,
  scope: Scope,
  onCaller: (caller: Caller) => void,
): Promise<void> {
  try {
    onCaller(await caller(scope))
  } catch (thrown) {
    log(`The caller is unknown: ${toErrorValue(thrown).message}`)
  }
}

function reasonOf(outcome: PromiseSettledResult<unknown>): unknown {
  return outcome.status === 'rejected' ? outcome.reason : undefined
}

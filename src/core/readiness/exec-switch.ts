import type { Service } from '@aws-sdk/client-ecs'
import { PortholeError, toErrorValue } from '../../contract/errors.ts'
import type { ExecRollout, ExecSwitch } from '../../contract/readiness.ts'
import type { AwsClients } from '../aws/clients.ts'
import { type Clock, sleep } from '../clock.ts'

/** Deployments take minutes; a look every few seconds shows progress and costs ECS little. */
const lookEveryMilliseconds = 3000

/** ECS itself gives a deployment up after hours; nobody waits at a dialog for longer than this. */
const longestRolloutMilliseconds = 30 * 60_000

/** Failed looks in a row after which the deployment is no longer followed. */
const failedLooksAllowed = 5

/**
 * Sets ECS Exec on a service and starts a new deployment, because tasks keep what they were started with.
 *
 * @returns the service's ARN @throws {PortholeError} ACCESS_DENIED, NOT_FOUND, ...
 */
export async function switchExec(
  clients: Pick<AwsClients, 'call'>,
  { scope, clusterArn, serviceName, on }: ExecSwitch,
): Promise<Service> {
  const what = { action: 'ecs:UpdateService', resource: serviceName }
  const { service } = await clients.call('ecs', scope, what, (ecs) =>
    ecs.updateService({
      cluster: clusterArn,
      service: serviceName,
      enableExecuteCommand: on,
      forceNewDeployment: true,
    }),
  )
  if (service) return service
  throw new PortholeError({ code: 'AWS_ERROR', message: `ECS did not say what became of ${serviceName}.` })
}

/** Follows a deployment to its end, telling of every step. Never rejects; stops when the signal aborts. */
export async function followRollout(
  parts: { clients: Pick<AwsClients, 'call'>; clock: Clock; signal: AbortSignal },
  request: ExecSwitch,
  deploymentId: string | undefined,
  tell: (rollout: ExecRollout) => void,
): Promise<void> {
  const { clock, signal } = parts
  const until = clock.elapsed() + longestRolloutMilliseconds
  let failedLooks = 0
  while (!signal.aborted) {
    try {
      const rollout = await look(parts.clients, request, deploymentId)
      if (signal.aborted) return
      tell(rollout)
      if (rollout.phase !== 'rolling') return
      failedLooks = 0
    } catch (thrown) {
      failedLooks += 1
      const error = toErrorValue(thrown)
      if (!error.retryable || failedLooks > failedLooksAllowed) return tell(failed(request, error))
    }
    if (clock.elapsed() > until) return tell(failed(request, tooLong(request)))
    await sleep(clock, lookEveryMilliseconds, signal).catch(() => undefined)
  }
}

async function look(
  clients: Pick<AwsClients, 'call'>,
  request: ExecSwitch,
  deploymentId: string | undefined,
): Promise<ExecRollout> {
  const { scope, clusterArn, serviceName } = request
  const what = { action: 'ecs:DescribeServices', resource: serviceName }
  const { services } = await clients.call('ecs', scope, what, (ecs) =>
    ecs.describeServices({ cluster: clusterArn, services: [serviceName] }),
  )
  const deployments = services?.[0]?.deployments ?? []
  const deployment = deployments.find(({ id }) => id === deploymentId)
  if (!deployment) return failed(request, replaced(request))
  const { desiredCount = 0, runningCount = 0, rolloutState, rolloutStateReason } = deployment
  const progress = { ...request, desiredCount, runningCount }
  if (rolloutState === 'FAILED') {
    return { ...progress, phase: 'failed', error: rolledBack(request, rolloutStateReason) }
  }
  const isSteady = deployments.length === 1 && runningCount >= desiredCount
  if (!isSteady || rolloutState === 'IN_PROGRESS') return { ...progress, phase: 'rolling' }
  const taskArn = request.on ? await connectableTask(clients, request, deploymentId ?? '') : undefined
  // The agents start a moment after their tasks: connecting is offered when it can work.
  if (request.on && desiredCount > 0 && !taskArn) return { ...progress, phase: 'rolling' }
  return { ...progress, phase: 'done', taskArn }
}

async function connectableTask(
  clients: Pick<AwsClients, 'call'>,
  { scope, clusterArn, serviceName }: ExecSwitch,
  deploymentId: string,
): Promise<string | undefined> {
  const listing = { action: 'ecs:ListTasks', resource: serviceName }
  const { taskArns = [] } = await clients.call('ecs', scope, listing, (ecs) =>
    ecs.listTasks({ cluster: clusterArn, serviceName }),
  )
  if (taskArns.length === 0) return undefined
  const what = { action: 'ecs:DescribeTasks', resource: serviceName }
  const { tasks = [] } = await clients.call('ecs', scope, what, (ecs) =>
    ecs.describeTasks({ cluster: clusterArn, tasks: taskArns }),
  )
  const connectable = tasks.find(
    ({ startedBy, lastStatus, containers = [] }) =>
      startedBy === deploymentId &&
      lastStatus === 'RUNNING' &&
      containers.some(({ managedAgents = [] }) =>
        managedAgents.some(
          ({ name, lastStatus: agent }) => name === 'ExecuteCommandAgent' && agent === 'RUNNING',
        ),
      ),
  )
  return connectable?.taskArn
}

function failed(request: ExecSwitch, error: ExecRollout['error']): ExecRollout {
  return { ...request, phase: 'failed', desiredCount: 0, runningCount: 0, error }
}

function tooLong({ serviceName }: ExecSwitch) {
  return toErrorValue(
    new PortholeError({
      code: 'AWS_ERROR',
      message: `The deployment of ${serviceName} has not finished after half an hour.`,
      action: 'Look at the events of the service.',
    }),
  )
}

function replaced({ serviceName }: ExecSwitch) {
  return toErrorValue(
    new PortholeError({
      code: 'AWS_ERROR',
      message: `Another deployment of ${serviceName} took the place of this one.`,
      action: 'Wait for it, then check again.',
    }),
  )
}

function rolledBack({ serviceName }: ExecSwitch, detail: string | undefined) {
  return toErrorValue(
    new PortholeError({
      code: 'AWS_ERROR',
      message: `The deployment of ${serviceName} failed.`,
      ...(detail && { detail }),
      action: 'Look at the events of the service.',
    }),
  )
}

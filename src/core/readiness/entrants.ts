import type { Role } from '@aws-sdk/client-iam'
import PQueue from 'p-queue'
import { toErrorValue } from '../../contract/errors.ts'
import type { Scope } from '../../contract/identity.ts'
import type { Entrants } from '../../contract/readiness.ts'
import type { AwsClients } from '../aws/clients.ts'
import { nameOf } from '../catalog/ecs-model.ts'
import { createSimulate, type Decision, policySourceOf, sessionContext } from './simulation.ts'

/** IAM throttles simulation early and counts it per account, so everybody's tools share the rate. */
const simulationsPerSecond = 5

/** With the rate above: the longest that somebody waits for an answer is 20 seconds. */
const mostRolesAsked = 100

/** Accounts hold up to 5,000 roles; a list of more pages than this is cut, and the answer says so. */
const mostRolePages = 5
const rolesPerPage = 200

export interface EntrantsRequest {
  scope: Scope
  clusterArn: string
  serviceName: string
}

/**
 * Which roles may open a shell in a service's tasks, as far as simulation knows. Without iam:ListRoles it is
 * the caller's own role alone.
 */
export async function whoMayEnter(
  clients: Pick<AwsClients, 'call'>,
  caller: (scope: Scope) => Promise<{ arn: string }>,
  request: EntrantsRequest,
): Promise<Entrants> {
  const problems: string[] = []
  const roles = await readRoles(clients, request.scope).catch(async (thrown) => {
    problems.push(`${toErrorValue(thrown).message} Only your own role was looked at.`)
    const own = await policySourceOf(clients, request.scope, (await caller(request.scope)).arn)
    const role: Partial<Role> = { Arn: own, RoleName: nameOf(own ?? '') }
    return own ? [role] : []
  })
  const people = roles.filter(({ Path = '/' }) => !Path.startsWith('/aws-service-role/'))
  const asked = people.slice(0, mostRolesAsked)
  if (asked.length < people.length) {
    problems.push(
      `${people.length - asked.length} roles were left out: IAM answers ${simulationsPerSecond} a second.`,
    )
  }
  const context = await contextOf(clients, request)
  const simulate = createSimulate(clients, request.scope)
  const queue = new PQueue({ concurrency: 2, interval: 1000, intervalCap: simulationsPerSecond })
  let failed = 0
  const found = await Promise.all(
    asked.map((role) =>
      queue.add(async () => {
        try {
          const ask = { source: role.Arn ?? '', actions: ['ecs:ExecuteCommand'], ...context }
          const [decision] = await simulate(ask)
          return decision?.allowed ? [entrant(role, decision)] : []
        } catch (thrown) {
          failed += 1
          if (failed === 1) problems.push(toErrorValue(thrown).message)
          return []
        }
      }),
    ),
  )
  if (failed > 1) problems.push(`${failed} roles could not be simulated.`)
  return { roles: found.flat(), asked: asked.length, known: roles.length, problems }
}

function entrant(role: Partial<Role>, { policies, missing }: Decision): Entrants['roles'][number] {
  const why = policies.length > 0 ? `Allowed by ${[...new Set(policies)].join(', ')}` : 'Allowed'
  const open = missing.length > 0 ? `, depending on ${missing.join(', ')}` : ''
  return {
    name: role.RoleName ?? '',
    arn: role.Arn ?? '',
    ...(role.Description && { description: role.Description }),
    why: `${why}${open}`,
  }
}

async function readRoles(clients: Pick<AwsClients, 'call'>, scope: Scope): Promise<Partial<Role>[]> {
  const roles: Role[] = []
  let marker: string | undefined
  for (let page = 0; page < mostRolePages; page += 1) {
    const answer = await clients.call('iam', scope, { action: 'iam:ListRoles' }, (iam) =>
      iam.listRoles({ MaxItems: rolesPerPage, ...(marker && { Marker: marker }) }),
    )
    roles.push(...(answer.Roles ?? []))
    marker = answer.Marker
    if (!marker) break
  }
  return roles
}

/** Policies may ask for tags of the cluster and the task; a task of the service stands for all of them. */
async function contextOf(clients: Pick<AwsClients, 'call'>, request: EntrantsRequest) {
  const { scope, clusterArn, serviceName } = request
  const listing = { action: 'ecs:ListTasks', resource: serviceName }
  const { taskArns = [] } = await clients.call('ecs', scope, listing, (ecs) =>
    ecs.listTasks({ cluster: clusterArn, serviceName, maxResults: 1 }),
  )
  const [taskArn] = taskArns
  const anyTask = `${clusterArn.replace(':cluster/', ':task/')}/*`
  if (!taskArn) return { resource: anyTask, context: sessionContext({ clusterArn, tags: {} }) }
  const what = { action: 'ecs:DescribeTasks', resource: taskArn }
  const { tasks } = await clients.call('ecs', scope, what, (ecs) =>
    ecs.describeTasks({ cluster: clusterArn, tasks: [taskArn], include: ['TAGS'] }),
  )
  const { clusters } = await clients.call(
    'ecs',
    scope,
    { action: 'ecs:DescribeClusters', resource: clusterArn },
    (ecs) => ecs.describeClusters({ clusters: [clusterArn], include: ['TAGS'] }),
  )
  const tags = [...(clusters?.[0]?.tags ?? []), ...(tasks?.[0]?.tags ?? [])]
  const containerName = tasks?.[0]?.containers?.[0]?.name
  return {
    resource: taskArn,
    context: sessionContext({
      clusterArn,
      taskArn,
      containerName,
      tags: Object.fromEntries(tags.map(({ key = '', value = '' }) => [key, value])),
    }),
  }
}

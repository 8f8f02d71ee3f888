import type { Scope } from '../../contract/identity.ts'
import type { AwsClients } from '../aws/clients.ts'

export interface SimulationRequest {
  /** ARN of a role, user or group. */
  source: string
  actions: readonly string[]
  /** One ARN, or `*`. */
  resource: string
  /** Condition keys of the request with their values. */
  context?: Readonly<Record<string, string>>
}

export interface Decision {
  action: string
  allowed: boolean
  /** `allowed`, `implicitDeny` or `explicitDeny`. */
  decision: string
  /** Ids of the policies that decided. */
  policies: string[]
  /** Condition keys that policies ask for and the request did not have. */
  missing: string[]
}

export type Simulate = (request: SimulationRequest) => Promise<Decision[]>

/**
 * Asks IAM what a principal's policies say. It knows neither service control policies nor every condition,
 * so a denial is a hint and no proof.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
export function createSimulate(clients: Pick<AwsClients, 'call'>, scope: Scope): Simulate {
  return async ({ source, actions, resource, context = {} }) => {
    const what = { action: 'iam:SimulatePrincipalPolicy', resource: source }
    const { EvaluationResults = [] } = await clients.call('iam', scope, what, (iam) =>
      iam.simulatePrincipalPolicy({
        PolicySourceArn: source,
        ActionNames: [...actions],
        ResourceArns: [resource],
        ContextEntries: Object.entries({ 'aws:RequestedRegion': scope.region, ...context }).map(
          ([ContextKeyName, value]) => ({
            ContextKeyName,
            ContextKeyValues: [value],
            ContextKeyType: 'string',
          }),
        ),
      }),
    )
    return EvaluationResults.map((result) => ({
      action: result.EvalActionName ?? '',
      allowed: result.EvalDecision === 'allowed',
      decision: result.EvalDecision ?? 'implicitDeny',
      policies: (result.MatchedStatements ?? []).flatMap(({ SourcePolicyId }) => SourcePolicyId ?? []),
      missing: result.MissingContextValues ?? [],
    }))
  }
}

/** What a policy may ask about a session: names from the service authorization reference of ECS. */
export function sessionContext(session: {
  clusterArn: string
  taskArn?: string | undefined
  containerName?: string | undefined
  tags: Readonly<Record<string, string>>
}): Record<string, string> {
  const { clusterArn, taskArn, containerName, tags } = session
  const ofTags = Object.entries(tags).flatMap(([key, value]) => [
    [`aws:ResourceTag/${key}`, value],
    [`ecs:ResourceTag/${key}`, value],
  ])
  return {
    'ecs:cluster': clusterArn,
    ...(taskArn && { 'ecs:task': taskArn }),
    ...(containerName && { 'ecs:container-name': containerName }),
    ...Object.fromEntries(ofTags),
  }
}

/**
 * The ARN that policies can be simulated for. A session's ARN has lost its role's path, so IAM is asked for it;
 * other principals are used as they are.
 */
export async function policySourceOf(
  clients: Pick<AwsClients, 'call'>,
  scope: Scope,
  callerArn: string,
): Promise<string | undefined> {
  const roleName = /:assumed-role\/([^/]+)\//.exec(callerArn)?.[1]
  if (roleName === undefined)
    return /:iam::\d{12}:(user|group|role)\//.test(callerArn) ? callerArn : undefined
  const what = { action: 'iam:GetRole', resource: roleName }
  const { Role } = await clients.call('iam', scope, what, (iam) => iam.getRole({ RoleName: roleName }))
  return Role?.Arn
}

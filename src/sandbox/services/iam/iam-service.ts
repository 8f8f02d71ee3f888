import { AwsError } from '../http/aws-error.ts'
import { pageOf } from '../http/paging.ts'
import { awsQueryEnvelope, type XmlMembers } from '../http/query-protocol.ts'
import type { QueryCall, QueryService } from '../http/query-services.ts'
import { evaluate } from '../identity/policy.ts'
import type { RegisteredRole, RoleRegister } from './role-register.ts'

const version = '2010-05-08'
/** IAM's own bounds. */
const listLimits = { default: 100, maximum: 1000 }
const mostSimulations = 1000

/** The reading part of IAM that says who may do what. */
export function createIamService(roles: RoleRegister): QueryService {
  return {
    version,
    name: 'iam',
    envelope: awsQueryEnvelope(`https://iam.amazonaws.com/doc/${version}/`),
    operations: {
      GetRole: { handle: (call) => getRole(roles, call), resource: roleResource },
      ListRoles: { handle: (call) => listRoles(roles, call) },
      SimulatePrincipalPolicy: {
        handle: (call) => simulate(roles, call),
        resource: ({ input }) => input.string('PolicySourceArn') ?? '*',
      },
    },
  }
}

function roleResource({ input, caller }: QueryCall): string {
  return `arn:aws:iam::${caller.accountId}:role/${input.string('RoleName') ?? '*'}`
}

function getRole(roles: RoleRegister, { input, caller }: QueryCall): XmlMembers {
  const name = input.required('RoleName')
  const role = roles.find(caller.accountId, name)
  if (role === undefined) throw noSuchEntity(`The role with name ${name} cannot be found.`)
  return { Role: roleView(role) }
}

function listRoles(roles: RoleRegister, { input, caller }: QueryCall): XmlMembers {
  const prefix = input.string('PathPrefix') ?? '/'
  const all = roles.ofAccount(caller.accountId).filter(({ path }) => path.startsWith(prefix))
  const page = pageOf(all, ({ name }) => name, {
    size: input.integer('MaxItems'),
    token: input.string('Marker'),
    limits: listLimits,
    purpose: `ListRoles ${prefix}`,
    invalidToken: () => new AwsError('ValidationError', 'Invalid Marker.'),
    invalidSize: (maximum) => new AwsError('ValidationError', `MaxItems must be between 1 and ${maximum}.`),
  })
  return {
    Roles: page.items.map(roleView),
    IsTruncated: page.nextToken !== undefined,
    Marker: page.nextToken,
  }
}

function simulate(roles: RoleRegister, { input, caller }: QueryCall): XmlMembers {
  const source = input.required('PolicySourceArn')
  if (!/^arn:[^:]+:iam::\d{12}:(role|user|group)\//.test(source)) {
    throw new AwsError(
      'InvalidInput',
      `Invalid Entity Arn: ${source} does not clearly define entity type and name.`,
    )
  }
  const policy = source.includes(`::${caller.accountId}:`) ? roles.policyOf(source) : undefined
  if (policy === undefined) throw noSuchEntity(`The entity ${source} cannot be found.`)
  const actions = input.strings('ActionNames.member')
  if (actions.length === 0)
    throw new AwsError('ValidationError', 'ActionNames must have at least one member.')
  const named = input.strings('ResourceArns.member')
  const resources = named.length > 0 ? named : ['*']
  if (actions.length * resources.length > mostSimulations) {
    throw new AwsError('InvalidInput', 'Too many combinations of actions and resources.')
  }
  const context = contextOf(input)
  const results = actions.flatMap((action) =>
    resources.map((resource) => {
      const { decision, matched, missing } = evaluate(policy, { action, resource, context })
      return {
        EvalActionName: action,
        EvalResourceName: resource,
        EvalDecision: decision,
        MatchedStatements: matched.map((index) => ({
          SourcePolicyId: `statement-${index + 1}`,
          SourcePolicyType: 'IAM Policy',
        })),
        MissingContextValues: missing,
      }
    }),
  )
  return { EvaluationResults: results, IsTruncated: false }
}

function contextOf(input: QueryCall['input']): Record<string, string> {
  return Object.fromEntries(
    input
      .structures('ContextEntries.member')
      .map((entry) => [entry.required('ContextKeyName'), entry.strings('ContextKeyValues.member')[0] ?? '']),
  )
}

function roleView(role: RegisteredRole): XmlMembers {
  const trust = { Version: '2012-10-17', Statement: [] }
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: '2025-01-15T09:00:00Z',
    AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(trust)),
    Description: role.description,
    MaxSessionDuration: 3600,
  }
}

function noSuchEntity(message: string): AwsError {
  return new AwsError('NoSuchEntity', message, 404)
}

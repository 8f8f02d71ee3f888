import type { PolicyDescription, RegionDescription, WorldDescription } from '../../world/world-types.ts'
import { iamUserPrincipal, permissionSetPrincipal } from '../identity/access-keys.ts'
import { roleIdOf } from '../identity/assumable-roles.ts'

export interface RegisteredRole {
  accountId: string
  name: string
  /** Begins and ends with a slash. */
  path: string
  arn: string
  id: string
  description: string
  policy: PolicyDescription
}

/** Roles that AWS or the pipeline made: in every account, and no way into a container. */
const usualRoles: readonly { name: string; path: string; description: string; policy: PolicyDescription }[] =
  [
    {
      name: 'AWSServiceRoleForECS',
      path: '/aws-service-role/ecs.amazonaws.com/',
      description: 'Amazon ECS manages its resources with it.',
      policy: ['ec2:DescribeNetworkInterfaces', 'ssmmessages:OpenDataChannel'],
    },
    {
      name: 'ecsTaskExecutionRole',
      path: '/',
      description: 'Pulls images and writes logs.',
      policy: ['ecr:*', 'logs:CreateLogStream', 'logs:PutLogEvents'],
    },
    {
      name: 'deploy',
      path: '/',
      description: 'The pipeline.',
      policy: ['ecs:UpdateService', 'ecs:Describe*'],
    },
  ]

/** Every role of the world with its policy: Identity Center's, the tasks', and all others. */
export class RoleRegister {
  readonly #roles: readonly RegisteredRole[]
  readonly #users: ReadonlyMap<string, PolicyDescription>

  constructor(world: WorldDescription) {
    this.#roles = [...unique(world.accounts.flatMap((account) => rolesOfAccount(world, account)))]
    const { accountId, userName } = world.operator
    this.#users = new Map([[iamUserPrincipal(accountId, userName, []).arn, ['*']]])
  }

  /** By name, in the order in which IAM lists them. */
  ofAccount(accountId: string): RegisteredRole[] {
    return this.#roles
      .filter((role) => role.accountId === accountId)
      .sort((left, right) => (left.name < right.name ? -1 : 1))
  }

  find(accountId: string, name: string): RegisteredRole | undefined {
    return this.#roles.find((role) => role.accountId === accountId && role.name === name)
  }

  /** The policy of a role or user; undefined when there is no such principal. */
  policyOf(arn: string): PolicyDescription | undefined {
    return this.#roles.find((role) => role.arn === arn)?.policy ?? this.#users.get(arn)
  }
}

function rolesOfAccount(
  world: WorldDescription,
  account: WorldDescription['accounts'][number],
): RegisteredRole[] {
  const { id: accountId } = account
  const assigned = new Set(Object.values(account.assignments).flat())
  const ofSets = world.permissionSets.flatMap(({ name, policy }) => {
    const { role } = permissionSetPrincipal(accountId, name, '', policy)
    if (!assigned.has(name) || role === undefined) return []
    const path = role.arn.slice(role.arn.indexOf('/'), role.arn.lastIndexOf('/') + 1)
    return [{ ...role, accountId, path, policy, description: `Permission set ${name}` }]
  })
  const plain = [
    ...(world.roles ?? []).filter((role) => role.accountId === accountId),
    ...account.regions.flatMap(taskRolesOf),
  ].map(({ name, policy }) => ({ name, policy, path: '/', description: '' }))
  return [
    ...ofSets,
    ...[...plain, ...usualRoles].map((role) => ({
      ...role,
      accountId,
      arn: `arn:aws:iam::${accountId}:role${role.path}${role.name}`,
      id: roleIdOf(accountId, role.name),
    })),
  ]
}

function taskRolesOf({ clusters }: RegionDescription) {
  return clusters.flatMap(({ services, standalone = [], stopped = [] }) =>
    [...services, ...standalone, ...stopped].flatMap(({ definition }) => definition.role ?? []),
  )
}

/** Several revisions of a task definition name the same role. */
function unique(roles: RegisteredRole[]): Iterable<RegisteredRole> {
  return new Map(roles.map((role) => [role.arn, role])).values()
}

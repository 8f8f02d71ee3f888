import type {
  PermissionSetDescription,
  RoleDescription,
  StatementDescription,
  UserDescription,
} from './world-types.ts'

/** Who works at example-corp. Ana is on call today, so she comes first on the approval page. */
export const users: readonly UserDescription[] = [
  { name: 'ana', displayName: 'Ana Ruiz', email: 'ana@example.com' },
  { name: 'raj', displayName: 'Raj Patel', email: 'raj@example.com' },
  { name: 'lena', displayName: 'Lena Fischer', email: 'lena@example.com' },
]

const platform = [
  'ecs:*',
  'ssm:*',
  'ssmmessages:*',
  'logs:*',
  'cloudtrail:LookupEvents',
  'kms:GenerateDataKey',
  'kms:Decrypt',
  's3:GetObject',
  's3:ListBucket',
  's3:GetBucketLocation',
  's3:GetEncryptionConfiguration',
  'kms:DescribeKey',
  'sts:AssumeRole',
  'iam:GetRole',
  'iam:ListRoles',
  'iam:SimulatePrincipalPolicy',
  'ec2:Describe*',
  'elasticloadbalancing:Describe*',
]

/** As AWS advises: sessions that pass ECS by leave no record of ECS Exec. */
const noDirectSessions: StatementDescription = {
  effect: 'Deny',
  actions: ['ssm:StartSession'],
  resources: ['arn:aws:ecs:*:*:task/*'],
}

export const permissionSets: readonly PermissionSetDescription[] = [
  { name: 'PlatformEngineer', policy: [...platform, noDirectSessions] },
  {
    name: 'ReadOnly',
    policy: [
      'iam:GetRole',
      'iam:SimulatePrincipalPolicy',
      'ecs:Describe*',
      'ecs:List*',
      'ssm:Describe*',
      'logs:Describe*',
      'logs:Get*',
      'logs:Filter*',
      'cloudtrail:LookupEvents',
    ],
  },
  { name: 'AdministratorAccess', policy: ['*'] },
  {
    name: 'PowerUserAccess',
    policy: ['ecs:*', 'ssm:*', 'ssmmessages:*', 'logs:*', 'cloudtrail:LookupEvents'],
  },
  { name: 'Billing', policy: ['aws-portal:View*'] },
]

/** For those who come with keys: what programs run as, a way through one account to the next, and one with MFA. */
export const roles: readonly RoleDescription[] = [
  {
    accountId: '777788889999',
    name: 'Automation',
    policy: platform,
    webIdentityToken: 'sandbox-web-identity',
  },
  { accountId: '111122223333', name: 'Hub', policy: ['sts:AssumeRole'] },
  { accountId: '444455556666', name: 'Deploy', policy: platform, externalId: 'example-corp' },
  { accountId: '444455556666', name: 'OnCall', policy: platform, needsMfa: true },
]

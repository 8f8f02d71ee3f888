import type { PermissionSetDescription, RoleDescription, UserDescription } from './world-types.ts'

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
  'kms:DescribeKey',
  'sts:AssumeRole',
]

export const permissionSets: readonly PermissionSetDescription[] = [
  { name: 'PlatformEngineer', allow: platform },
  {
    name: 'ReadOnly',
    allow: [
      'ecs:Describe*',
      'ecs:List*',
      'ssm:Describe*',
      'logs:Describe*',
      'logs:Get*',
      'logs:Filter*',
      'cloudtrail:LookupEvents',
    ],
  },
  { name: 'AdministratorAccess', allow: ['*'] },
  {
    name: 'PowerUserAccess',
    allow: ['ecs:*', 'ssm:*', 'ssmmessages:*', 'logs:*', 'cloudtrail:LookupEvents'],
  },
  { name: 'Billing', allow: ['aws-portal:View*'] },
]

/** For those who come with keys: what programs run as, a way through one account to the next, and one with MFA. */
export const roles: readonly RoleDescription[] = [
  {
    accountId: '777788889999',
    name: 'Automation',
    allow: platform,
    webIdentityToken: 'sandbox-web-identity',
  },
  { accountId: '111122223333', name: 'Hub', allow: ['sts:AssumeRole'] },
  { accountId: '444455556666', name: 'Deploy', allow: platform, externalId: 'example-corp' },
  { accountId: '444455556666', name: 'OnCall', allow: platform, needsMfa: true },
]

import type { PermissionSetDescription, UserDescription } from './world-types.ts'

/** Who works at example-corp. Ana is on call today, so she comes first on the approval page. */
export const users: readonly UserDescription[] = [
  { name: 'ana', displayName: 'Ana Ruiz', email: 'ana@example.com' },
  { name: 'raj', displayName: 'Raj Patel', email: 'raj@example.com' },
  { name: 'lena', displayName: 'Lena Fischer', email: 'lena@example.com' },
]

export const permissionSets: readonly PermissionSetDescription[] = [
  {
    name: 'PlatformEngineer',
    allow: [
      'ecs:*',
      'ssm:*',
      'ssmmessages:*',
      'logs:*',
      'cloudtrail:LookupEvents',
      'kms:GenerateDataKey',
      'kms:DescribeKey',
    ],
  },
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
]

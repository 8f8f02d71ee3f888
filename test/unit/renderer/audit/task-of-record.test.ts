import { expect, test } from 'vitest'
import type { Account } from '../../../../src/contract/identity.ts'
import type { AccountView } from '../../../../src/renderer/app/stores/accounts-store.ts'
import type { CatalogState } from '../../../../src/renderer/app/stores/catalog-store.ts'
import { taskInLedger, taskInView } from '../../../../src/renderer/features/audit/task-of-record.ts'
import { containerRef } from '../../core/audit/audit-fixtures.ts'

const accountId = '111122223333'
const taskId = '4f1c9ad27b0e4d55a1c3e0b7d2f98a61'
const taskArn = `arn:aws:ecs:eu-west-1:${accountId}:task/web/${taskId}`
const scope = { identityId: 'sso:corp', accountId, roleName: 'Operator', region: 'eu-west-1' }
const account: Account = {
  identityId: 'sso:corp',
  accountId,
  name: 'example-prod',
  environment: 'production',
}
const view: AccountView = { account, roles: ['Operator'], roleName: 'Operator', scope, problem: undefined }
const nothing = { clusters: {} } as CatalogState

test('a task of an account in view is shown with its role, also one that ECS forgot', () => {
  expect(taskInView(taskArn, { accounts: [view] }, nothing)).toEqual({
    scope,
    accountName: 'example-prod',
    environment: 'production',
    clusterArn: `arn:aws:ecs:eu-west-1:${accountId}:cluster/web`,
    clusterName: 'web',
    serviceName: undefined,
    taskArn,
    taskId,
  })
})

test('in another Region it is looked at there', () => {
  const elsewhere = taskArn.replace('eu-west-1', 'us-east-1')
  expect(taskInView(elsewhere, { accounts: [view] }, nothing)).toMatchObject({
    scope: { ...scope, region: 'us-east-1' },
    clusterArn: `arn:aws:ecs:us-east-1:${accountId}:cluster/web`,
  })
})

test.each([
  ['an account of nobody here', taskArn.replace(accountId, '999900001111')],
  ['no task', taskArn.replace(':task/', ':service/')],
  ['what a hostile file says', 'arn:aws:ecs:eu-west-1:111122223333:task/../../etc'],
  ['nothing', ''],
])('%s is not in view', (_, arn) => {
  expect(taskInView(arn, { accounts: [view] }, nothing)).toBeUndefined()
})

test('while the role is not known there is nothing to look with', () => {
  const unknown = { ...view, scope: undefined }
  expect(taskInView(taskArn, { accounts: [unknown] }, nothing)).toBeUndefined()
  expect(taskInView(taskArn, { accounts: [unknown, view] }, nothing)).toBeDefined()
})

test('without a sign-in it is as it was when a shell was opened in it', () => {
  const container = containerRef()
  const { containerName: _, ...task } = container
  const session = { kind: 'session', container } as Parameters<typeof taskInLedger>[0][number]
  const act = { kind: 'activity', activity: 'exec.enabled', at: 1, userName: 'ana' } as const
  expect(taskInLedger([act, session])).toEqual(task)
  expect(taskInLedger([act])).toBeUndefined()
})

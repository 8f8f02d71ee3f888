import { expect, test } from 'vitest'
import type { Scope } from '../../../../src/contract/identity.ts'
import type { AwsClients } from '../../../../src/core/aws/clients.ts'
import { createCatalogService } from '../../../../src/core/catalog/catalog-service.ts'
import { createHandClock } from '../../../fixtures/hand-clock.ts'

/** An AWS in which every list is empty. */
const emptyAws: AwsClients = {
  client: () => Promise.reject(new Error('Calls go through call()')),
  call: async () => ({}) as never,
  [Symbol.dispose]() {},
}

const scopeOf = (roleName: string): Scope => ({
  identityId: 'sso:sample',
  accountId: '111122223333',
  roleName,
  region: 'eu-west-1',
})

test('scopes that nobody came back to for long are forgotten', async () => {
  const clock = createHandClock()
  const caller = async () => ({ arn: 'arn', accountId: '111122223333', userName: 'ada' })
  using catalog = createCatalogService({ clients: emptyAws, caller, clock, random: () => 0.5 })
  const names = Array.from({ length: 12 }, (_, index) => `Role${index}`)
  for (const name of names) {
    catalog.watch([scopeOf(name)])
    await catalog.refresh()
  }
  const stateOf = (name: string) => catalog.watch([scopeOf(name)]).scopes[0]?.state
  expect(stateOf('Role10')).toBe('ready')
  expect(stateOf('Role4')).toBe('ready')
  expect(stateOf('Role0')).toBe('loading')
  catalog.watch([])
  expect(clock.pendingTimers).toBe(0)
})

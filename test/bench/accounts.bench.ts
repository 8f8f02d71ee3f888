import type { Account } from '../../src/contract/identity.ts'
import { indexAccess, searchAccess } from '../../src/renderer/features/palette/search-access.ts'
import { manyAccounts, rolesOfManyAccounts } from '../../src/sandbox/world/many-accounts.ts'
import { type Benchmark, type BenchResult, scaled } from './bench-result.ts'
import { startCountedApp } from './counted-app.ts'
import { keyResult, searchResult } from './key-to-rows.ts'

const fullAccounts = 200
/** Five accounts a second, and room for a busy machine. */
const listLimit = 120_000
/** What people type: a team, a stage, a role, an ID, letters left out. */
const queries = ['pay', 'payments prod', 'prod admin', 'readonly', '2000', 'pmnts', 'shipping staging power']

/** 200 accounts with five roles each under the portal's limits, and searching among them. */
export const measureAccounts: Benchmark = async (context) => {
  const accounts = scaled(context, fullAccounts, 20)
  await using counted = await startCountedApp(context, { accounts })
  const { app, proxy } = counted
  const page = app.window
  const approval = await app.porthole.beginSignIn()
  await approval.allow()
  await page.getByRole('treeitem', { name: 'Choose account' }).click()
  const started = performance.now()
  await page.getByRole('progressbar', { name: 'Reading roles' }).waitFor()
  const read = page.getByText(new RegExp(`${accounts + 3} accounts, read`))
  await read.waitFor({ timeout: listLimit })
  const seconds = (performance.now() - started) / 1000
  const problems = await page.getByRole('alert').filter({ hasText: /\S/ }).count()
  return [
    {
      name: `accounts, ${accounts} x ${rolesOfManyAccounts.length} roles: all read`,
      value: seconds,
      unit: 's',
    },
    {
      name: 'accounts: errors shown',
      value: problems,
      unit: 'errors',
      budget: { atMost: 0 },
    },
    { name: 'accounts: calls that the portal refused', value: proxy.refused, unit: 'calls' },
    await searchResult(page, 'accounts: picker, key to painted rows, p95', queries),
    accessResult(fullAccounts),
    accessResult(10 * fullAccounts),
  ]
}

/** The search alone, over as many accounts with five roles each. */
function accessResult(count: number): BenchResult {
  const accounts = manyAccounts(count, ['ana'], 'eu-west-1').map(
    ({ id, name, email }): Account => ({
      identityId: 'sso:corp',
      accountId: id,
      environment: 'other',
      ...(name ? { name } : {}),
      ...(email ? { email } : {}),
    }),
  )
  const index = indexAccess(accounts, () => rolesOfManyAccounts)
  const times = queries.flatMap((query) =>
    Array.from({ length: query.length }, (_, end) => {
      const started = performance.now()
      searchAccess(index, query.slice(0, end + 1), 60)
      return performance.now() - started
    }),
  )
  return keyResult(`accounts: search among ${count} x ${rolesOfManyAccounts.length}, p95`, times)
}

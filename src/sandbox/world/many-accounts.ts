import type { AccountDescription } from './world-types.ts'

/** What the accounts of a large organisation are called: a team and a stage. */
const teams = [
  'payments',
  'identity',
  'search',
  'media',
  'billing',
  'fraud',
  'catalog',
  'shipping',
  'pricing',
  'loyalty',
  'reporting',
  'messaging',
]
const stages = ['prod', 'staging', 'dev', 'sandbox']

/** Permission sets that everybody has everywhere, for whoever wants to see what a long list does. */
export const rolesOfManyAccounts = [
  'AdministratorAccess',
  'Billing',
  'PlatformEngineer',
  'PowerUserAccess',
  'ReadOnly',
]

const firstId = 200_000_000_000

/** `count` further accounts without clusters, each with the same five roles for every user. */
export function manyAccounts(
  count: number,
  users: readonly string[],
  homeRegion: string,
): AccountDescription[] {
  return Array.from({ length: count }, (_, index) => {
    const team = teams[index % teams.length]
    const stage = stages[Math.floor(index / teams.length) % stages.length]
    const round = Math.floor(index / (teams.length * stages.length))
    const name = [team, stage, ...(round > 0 ? [round + 1] : [])].join('-')
    return {
      id: String(firstId + index * 1_000_003),
      name,
      email: `aws-${name}@example.com`,
      assignments: Object.fromEntries(users.map((user) => [user, rolesOfManyAccounts])),
      regions: [{ name: homeRegion, clusters: [] }],
    }
  })
}

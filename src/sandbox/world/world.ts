import { development } from './development.ts'
import { fleetClusters } from './fleet.ts'
import { manyAccounts } from './many-accounts.ts'
import { permissionSets, roles, users } from './people.ts'
import { production } from './production.ts'
import { staging } from './staging.ts'
import type { RegionDescription, WorldDescription } from './world-types.ts'

const homeRegion = 'eu-west-1'

export interface WorldOptions {
  /** Further tasks in a cluster of their own; none by default. */
  tasks?: number
  /** Further accounts, with five roles each; none by default. */
  accounts?: number
}

/** example-corp and its AWS accounts, as they are when the sandbox starts. */
export function describeWorld(options: WorldOptions = {}): WorldDescription {
  return {
    startUrl: 'https://example-corp.awsapps.com/start',
    homeRegion,
    regions: ['eu-west-1', 'us-east-1'],
    users,
    permissionSets,
    roles,
    accounts: [
      {
        id: '111122223333',
        name: 'example-prod',
        email: 'aws-prod@example.com',
        assignments: {
          ana: ['PlatformEngineer', 'ReadOnly'],
          raj: ['PlatformEngineer', 'ReadOnly'],
          lena: ['ReadOnly'],
        },
        regions: withFleet(production, options.tasks ?? 0, 0),
      },
      {
        id: '444455556666',
        name: 'example-staging',
        email: 'aws-staging@example.com',
        assignments: {
          ana: ['PlatformEngineer', 'ReadOnly'],
          raj: ['PlatformEngineer', 'ReadOnly'],
          lena: ['PlatformEngineer', 'ReadOnly'],
        },
        regions: withFleet(staging, options.tasks ?? 0, 1),
      },
      {
        id: '777788889999',
        name: 'example-dev',
        email: 'aws-dev@example.com',
        assignments: {
          ana: ['PlatformEngineer', 'ReadOnly'],
          raj: ['PlatformEngineer'],
          lena: ['PlatformEngineer'],
        },
        regions: withFleet(development, options.tasks ?? 0, 2),
      },
      // Identity Center leaves name and address out for accounts that it could not read.
      {
        id: '888899990000',
        assignments: { lena: ['ReadOnly'] },
        regions: [{ name: homeRegion, clusters: [] }],
      },
      ...manyAccounts(
        options.accounts ?? 0,
        users.map(({ name }) => name),
        homeRegion,
      ),
    ],
    operator: {
      userName: 'sandbox-operator',
      accountId: '111122223333',
      accessKeyId: 'AKIASANDBOXPORTHOLE1',
      secretAccessKey: 'sandbox/only/on/this/computer/0123456789',
    },
    sample: {
      accountId: '111122223333',
      region: homeRegion,
      cluster: 'web',
      service: 'storefront',
      container: 'nginx',
    },
  }
}

/** The share of one account in the fleet: every third cluster, the first of them for the account with number 0. */
function withFleet(
  regions: readonly RegionDescription[],
  tasks: number,
  account: number,
): RegionDescription[] {
  const accounts = 3
  const own = fleetClusters(tasks).filter((_, index) => index % accounts === account)
  return regions.map((region) =>
    region.name === homeRegion ? { ...region, clusters: [...region.clusters, ...own] } : region,
  )
}

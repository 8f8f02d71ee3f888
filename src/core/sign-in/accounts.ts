import type { Account } from '../../contract/identity.ts'
import { allPages } from '../aws/all-pages.ts'
import { createSingleFlight } from '../single-flight.ts'
import { environmentOfName } from './environment-rule.ts'
import { identityIdOf } from './identity-id.ts'
import type { Portal } from './portal.ts'
import type { SsoSession } from './sso-session.ts'

/** What a signed-in user may choose from. */
export interface Accounts {
  /** By name. @throws {PortholeError} as `Portal.call` */
  accounts(session: SsoSession): Promise<Account[]>
  /** Role names, by name. @throws {PortholeError} as `Portal.call` */
  roles(session: SsoSession, accountId: string): Promise<string[]>
}

/** The API's largest page: 200 accounts are two calls. */
const itemsPerPage = 100

export function createAccounts(portal: Portal): Accounts {
  const accountFlights = createSingleFlight<Account[]>()
  const roleFlights = createSingleFlight<string[]>()

  async function listAccounts(session: SsoSession): Promise<Account[]> {
    const found = await allPages(async (nextToken) => {
      const page = await portal.call(session, { action: 'ListAccounts' }, (sso, accessToken) =>
        sso.listAccounts({ accessToken, maxResults: itemsPerPage, nextToken }),
      )
      return { items: page.accountList, nextToken: page.nextToken }
    })
    return found
      .flatMap(({ accountId, accountName, emailAddress }) =>
        accountId ? [toAccount(session, accountId, accountName, emailAddress)] : [],
      )
      .sort((left, right) => compareText(left.name ?? left.accountId, right.name ?? right.accountId))
  }

  async function listRoles(session: SsoSession, accountId: string): Promise<string[]> {
    const found = await allPages(async (nextToken) => {
      const page = await portal.call(
        session,
        { action: 'ListAccountRoles', resource: `account ${accountId}` },
        (sso, accessToken) =>
          sso.listAccountRoles({ accessToken, accountId, maxResults: itemsPerPage, nextToken }),
      )
      return { items: page.roleList, nextToken: page.nextToken }
    })
    return found.flatMap(({ roleName }) => (roleName ? [roleName] : [])).sort(compareText)
  }

  return {
    accounts: (session) => accountFlights.run(session.name, () => listAccounts(session)),
    roles: (session, accountId) =>
      roleFlights.run(JSON.stringify([session.name, accountId]), () => listRoles(session, accountId)),
  }
}

function toAccount(session: SsoSession, accountId: string, name?: string, email?: string): Account {
  return {
    identityId: identityIdOf(session),
    accountId,
    ...(name ? { name } : {}),
    ...(email ? { email } : {}),
    environment: environmentOfName(name ?? email?.split('@')[0] ?? ''),
  }
}

function compareText(left: string, right: string): number {
  return left.localeCompare(right, 'en', { numeric: true })
}

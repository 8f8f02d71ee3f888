import type { Access } from '../../../contract/access.ts'
import type { Settings } from '../../../contract/host.ts'
import type { Account, Identity } from '../../../contract/identity.ts'
import { productionRule } from '../../../contract/production.ts'
import { partitionOfRegion } from '../regions.ts'
import { type AccountsState, type AccountView, chooseRole, compareAccounts } from './accounts-store.ts'

/**
 * Up to this many accounts all are looked at. Of more, only those that somebody
 * chose: each one costs calls for as long as the app is open.
 */
export const fewAccounts = 8

export interface AccountViewsInput {
  /** Signed in, or signed in until a moment ago. */
  readonly identities: readonly Identity[]
  readonly byIdentity: Readonly<Record<string, Access>>
  readonly settings: Settings
  /** Ids of the accounts that some tab is about. */
  readonly open: ReadonlySet<string>
}

/** Which accounts are looked at, each as whom and in which Region, and which others there are. */
export function viewAccounts({ identities, byIdentity, settings, open }: AccountViewsInput): AccountsState {
  const accesses = identities.flatMap(({ id }) => byIdentity[id] ?? [])
  const accounts = accesses
    .flatMap((access) => access.accounts)
    .map((account) => withRules(account, settings))
    .sort(compareAccounts)
  const chosen = new Set([...settings.favouriteAccounts, ...settings.recentAccounts, ...open])
  const isInView = ({ accountId }: Account) => accounts.length <= fewAccounts || chosen.has(accountId)
  const favourites = new Set(settings.favouriteAccounts)
  const rank = ({ accountId }: Account) => (favourites.has(accountId) ? 0 : 1)
  return {
    accounts: accounts
      .filter(isInView)
      .sort((left, right) => rank(left) - rank(right))
      .map((account) => viewOf(account, identities, byIdentity[account.identityId], settings)),
    others: accounts.filter((account) => !isInView(account)),
    loading: accesses.length < identities.length || accesses.some(isListing),
    problems: accesses.flatMap(({ problem }) => problem ?? []),
  }
}

/** An account that a rule of the settings makes production. */
function withRules(account: Account, { production }: Settings): Account {
  const { accountId, name } = account
  const rule = productionRule(production, { accountId, names: [name], tags: [] })
  return rule === undefined ? account : { ...account, environment: 'production' }
}

/** Nothing is known yet, and the first list is on its way. */
function isListing({ listing, readAt }: Access): boolean {
  return listing && readAt === undefined
}

function viewOf(
  account: Account,
  identities: readonly Identity[],
  access: Access | undefined,
  settings: Settings,
): AccountView {
  const { identityId, accountId } = account
  const roles = access?.roles[accountId]
  const identity = identities.find(({ id }) => id === identityId)
  // Who was here before need not wait for the list. A profile has one role, whatever was used elsewhere.
  const remembered = identity?.kind === 'identity-center' ? settings.roles[accountId] : undefined
  const roleName = roles ? chooseRole(roles, settings.roles, accountId) : remembered
  const region = regionOf(accountId, identity, settings)
  return {
    account,
    roles,
    roleName,
    scope: roleName && region ? { identityId, accountId, roleName, region } : undefined,
    problem: roles ? undefined : access?.roleProblems[accountId],
  }
}

/** The account's own choice, else the general one where its partition has it, else where the identity says or is. */
export function regionOf(
  accountId: string,
  identity: Pick<Identity, 'ssoRegion' | 'region'> | undefined,
  { regions, region }: Pick<Settings, 'regions' | 'region'>,
): string | undefined {
  const own = regions[accountId]
  if (own !== undefined) return own
  const home = identity?.region ?? identity?.ssoRegion
  if (region === undefined) return home
  return home === undefined || partitionOfRegion(home) === partitionOfRegion(region) ? region : home
}

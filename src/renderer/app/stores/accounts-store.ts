import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ErrorValue } from '../../../contract/errors.ts'
import type { Account, Scope } from '../../../contract/identity.ts'

/** An account together with how it is looked at: the role in use, and with the region the scope. */
export interface AccountView {
  readonly account: Account
  /** Absent while they are read. */
  readonly roles: readonly string[] | undefined
  readonly roleName: string | undefined
  /** Absent until a role is known. */
  readonly scope: Scope | undefined
  readonly problem: ErrorValue | undefined
}

export interface AccountsState {
  /** Those that are looked at: all of a few, of many those that somebody chose. */
  readonly accounts: readonly AccountView[]
  readonly others: readonly Account[]
  /** Some identity's list has not come yet. */
  readonly loading: boolean
  /** Why an identity's accounts could not be listed. */
  readonly problems: readonly ErrorValue[]
}

export type AccountsStore = StoreApi<AccountsState>

export const noAccounts: AccountsState = { accounts: [], others: [], loading: true, problems: [] }

export function createAccountsStore(): AccountsStore {
  return createStore<AccountsState>(() => noAccounts)
}

const administrative = /admin|root|owner|full.?access/i
const readOnly = /read.?only|view|audit|billing|support/i

/**
 * The role to begin with: the one used here last, else the one used elsewhere,
 * else the plainest. Names that promise everything come last, because a role is
 * what every shell of this account will act as.
 */
export function chooseRole(
  roles: readonly string[],
  remembered: Readonly<Record<string, string>>,
  accountId: string,
): string | undefined {
  const here = remembered[accountId]
  if (here !== undefined && roles.includes(here)) return here
  const elsewhere = Object.values(remembered).find((role) => roles.includes(role))
  if (elsewhere !== undefined) return elsewhere
  const weight = (role: string) => (administrative.test(role) ? 2 : readOnly.test(role) ? 1 : 0)
  return [...roles].sort((left, right) => weight(left) - weight(right) || left.localeCompare(right))[0]
}

const environmentOrder = ['production', 'staging', 'development', 'other']

/** Production first, then by name: the order of the navigator and the palette. */
export function compareAccounts(left: Account, right: Account): number {
  return (
    environmentOrder.indexOf(left.environment) - environmentOrder.indexOf(right.environment) ||
    accountName(left).localeCompare(accountName(right))
  )
}

export function accountName(account: Pick<Account, 'name' | 'accountId'>): string {
  return account.name ?? account.accountId
}

import type { AccountDescription, WorldDescription } from '../../world/world-types.ts'
import { type Principal, permissionSetPrincipal } from '../identity/access-keys.ts'

/** Identity Center's knowledge: who may assume what in which account. */
export class Directory {
  readonly #world: WorldDescription

  constructor(world: WorldDescription) {
    this.#world = world
  }

  get users() {
    return this.#world.users
  }

  hasUser(name: string): boolean {
    return this.#world.users.some((user) => user.name === name)
  }

  /** A trailing slash or `#/`, which browsers leave behind, does not make another portal. */
  isStartUrl(url: string): boolean {
    return normalizeStartUrl(url) === normalizeStartUrl(this.#world.startUrl)
  }

  accountsOf(userName: string): AccountDescription[] {
    return this.#world.accounts.filter((account) => (account.assignments[userName]?.length ?? 0) > 0)
  }

  /** Permission sets of a user in an account; undefined when the user has no access to it. */
  rolesOf(userName: string, accountId: string): readonly string[] | undefined {
    return this.accountsOf(userName).find((account) => account.id === accountId)?.assignments[userName]
  }

  /** Undefined when the role is not assigned to the user. */
  principal(userName: string, accountId: string, permissionSet: string): Principal | undefined {
    if (!this.rolesOf(userName, accountId)?.includes(permissionSet)) return undefined
    const policy = this.#world.permissionSets.find((each) => each.name === permissionSet)?.policy
    return policy && permissionSetPrincipal(accountId, permissionSet, userName, policy)
  }
}

function normalizeStartUrl(url: string): string {
  return url.replace(/\/?(#\/?)?$/, '')
}

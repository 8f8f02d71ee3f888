import type { Access, AccessRoles } from '../../contract/access.ts'
import type { Account, Identity } from '../../contract/identity.ts'
import type { Clock } from '../clock.ts'
import { createListeners } from '../listeners.ts'
import type { AccessFiles } from './access-file.ts'
import { IdentityAccess } from './identity-access.ts'

/**
 * Accounts and roles to choose from, for every identity: shown at once from what
 * is kept, read anew when that is old, roles only of accounts that somebody
 * asks for. How fast AWS may be asked is the sign-in's affair.
 */
export interface AccountDirectory extends AsyncDisposable {
  /** What is known now. Reads the accounts when that is nothing, or old. */
  get(identityId: string): Promise<Access>
  /** Reads the accounts anew, and roles at the next asking. Progress is told to the listeners. */
  refresh(identityId: string): Promise<void>
  /** Reads roles of these accounts before all others, or of all accounts. Progress is told to the listeners. */
  readRoles(identityId: string, accountIds?: readonly string[]): Promise<void>
  /** Who signed out leaves nothing behind; who signed in may be somebody else. */
  identitiesChanged(identities: readonly Identity[]): void
  onAccess(listener: (access: Access) => void): Disposable
  onRoles(listener: (news: AccessRoles) => void): Disposable
}

export interface AccountDirectoryDependencies {
  source: AccountSource
  files: AccessFiles
  clock: Clock
  log: (message: string) => void
}

/** Where accounts and roles come from, no faster than AWS allows. The methods throw what the portal does. */
export interface AccountSource {
  accounts(identityId: string): Promise<Account[]>
  roles(identityId: string, accountId: string): Promise<string[]>
}

export function createAccountDirectory(dependencies: AccountDirectoryDependencies): AccountDirectory {
  const accessChanged = createListeners<Access>()
  const rolesChanged = createListeners<AccessRoles>()
  const identities = new Map<string, IdentityAccess>()
  const states = new Map<string, Identity['state']>()

  function accessOf(identityId: string): IdentityAccess {
    const known = identities.get(identityId)
    if (known) return known
    const made = new IdentityAccess(identityId, dependencies, {
      access: accessChanged.emit,
      roles: rolesChanged.emit,
    })
    identities.set(identityId, made)
    return made
  }

  function stateChanged({ id, state, problem }: Identity): void {
    const before = states.get(id)
    states.set(id, state)
    if (state === before) return
    // A token file that cannot be read is no sign-out.
    if (state === 'signed-out' && !problem) void accessOf(id).forget()
    if (state === 'signed-in') void accessOf(id).refresh()
  }

  return {
    get: (identityId) => accessOf(identityId).get(),
    refresh: (identityId) => accessOf(identityId).refresh(),
    readRoles: (identityId, accountIds) => accessOf(identityId).readRoles(accountIds),
    identitiesChanged: (changed) => changed.forEach(stateChanged),
    onAccess: accessChanged.add,
    onRoles: rolesChanged.add,
    async [Symbol.asyncDispose]() {
      await Promise.all([...identities.values()].map((access) => access[Symbol.asyncDispose]()))
      accessChanged[Symbol.dispose]()
      rolesChanged[Symbol.dispose]()
    },
  }
}

import { disposeTogether } from '../disposables.ts'
import { type AccessStore, withAccess, withRoles } from '../stores/access-store.ts'
import type { IdentitiesStore } from '../stores/identities-store.ts'
import type { CoreLink } from './core-link.ts'

/**
 * Keeps the accounts and roles of everyone who is signed in: asks for those of
 * whoever signs in, follows what is read after. Dispose to stop.
 */
export function followAccess(core: CoreLink, identities: IdentitiesStore, store: AccessStore): Disposable {
  let asked = new Set<string>()

  const ask = async (identityId: string) => {
    const access = await core.call('access.get', { identityId })
    if (access.ok) store.setState((state) => withAccess(state, access.value), true)
  }
  const look = () => {
    const signedIn = (identities.getState().identities ?? []).filter(({ state }) => state === 'signed-in')
    const before = asked
    asked = new Set(signedIn.map(({ id }) => id))
    for (const id of asked) if (!before.has(id)) void ask(id)
  }

  return disposeTogether(
    core.onConnected(() => {
      // Whatever was read while nobody listened has to be asked for.
      asked = new Set()
      look()
    }),
    { [Symbol.dispose]: identities.subscribe(look) },
    core.on('access.changed', (access) => store.setState((state) => withAccess(state, access), true)),
    core.on('access.roles', (news) => store.setState((state) => withRoles(state, news), true)),
  )
}

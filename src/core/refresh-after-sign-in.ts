import type { CatalogService } from './catalog/catalog-service.ts'
import type { IdentityService } from './identity/identity-service.ts'

/**
 * Looks at the catalog anew as soon as somebody has signed in, here or with the
 * AWS CLI: what failed for want of credentials would otherwise show its error
 * until the next poll.
 */
export function refreshAfterSignIn(
  signIn: Pick<IdentityService, 'onAttemptChanged' | 'onChanged'>,
  catalog: Pick<CatalogService, 'refresh'>,
): Disposable {
  const signedIn = new Set<string>()
  const resources = new DisposableStack()
  resources.use(
    signIn.onAttemptChanged(({ state }) => {
      if (state === 'signed-in') void catalog.refresh()
    }),
  )
  resources.use(
    signIn.onChanged(({ identities }) => {
      const now = identities.filter(({ state }) => state === 'signed-in').map(({ id }) => id)
      const isNew = now.some((id) => !signedIn.has(id))
      signedIn.clear()
      for (const id of now) signedIn.add(id)
      if (isNew) void catalog.refresh()
    }),
  )
  return resources
}

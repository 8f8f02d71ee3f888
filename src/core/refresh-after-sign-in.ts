import type { CatalogService } from './catalog/catalog-service.ts'
import type { IdentityService } from './identity/identity-service.ts'

type SignInEvents = Pick<IdentityService, 'onAttemptChanged' | 'onChanged'>

/** Told as soon as somebody has signed in, here or with the AWS CLI; sometimes twice for one sign-in. */
export function onSignedIn(signIn: SignInEvents, listener: () => void): Disposable {
  const signedIn = new Set<string>()
  const resources = new DisposableStack()
  resources.use(
    signIn.onAttemptChanged(({ state }) => {
      if (state === 'signed-in') listener()
    }),
  )
  resources.use(
    signIn.onChanged(({ identities }) => {
      const now = identities.filter(({ state }) => state === 'signed-in').map(({ id }) => id)
      const isNew = now.some((id) => !signedIn.has(id))
      signedIn.clear()
      for (const id of now) signedIn.add(id)
      if (isNew) listener()
    }),
  )
  return resources
}

/**
 * Looks at the catalog anew as soon as somebody has signed in: what failed for
 * want of credentials would otherwise show its error until the next poll.
 */
export function refreshAfterSignIn(
  signIn: SignInEvents,
  catalog: Pick<CatalogService, 'refresh'>,
): Disposable {
  return onSignedIn(signIn, () => void catalog.refresh())
}

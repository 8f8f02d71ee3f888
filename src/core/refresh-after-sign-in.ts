import type { CatalogService } from './catalog/catalog-service.ts'
import type { SignInService } from './sign-in/sign-in-service.ts'

/**
 * Looks at the catalog anew as soon as somebody has signed in: what failed for
 * want of credentials would otherwise show its error until the next poll.
 */
export function refreshAfterSignIn(
  signIn: Pick<SignInService, 'onAttemptChanged'>,
  catalog: Pick<CatalogService, 'refresh'>,
): Disposable {
  return signIn.onAttemptChanged(({ state }) => {
    if (state === 'signed-in') void catalog.refresh()
  })
}

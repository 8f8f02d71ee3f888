import type { Endpoints } from '../aws/endpoints.ts'
import { type Callback, listenForCallback } from './callback-listener.ts'
import type { BegunFlow } from './flow.ts'
import { OAuthRefusal, type OidcClient, type Registration } from './oidc-client.ts'
import { authorizeUrl, createPkceSecrets } from './pkce.ts'
import type { SsoSession } from './sso-session.ts'

/** As long as the AWS CLI waits: enough for a password, a second factor and a detour. */
const attemptLifetimeMilliseconds = 10 * 60_000

/** Authorization code with PKCE. The listener is up before the URL leaves this function. */
export async function beginPkceFlow({
  session,
  registration,
  oidc,
  endpoints,
}: {
  session: SsoSession
  registration: Registration
  oidc: Pick<OidcClient, 'createToken'>
  endpoints: Endpoints
}): Promise<BegunFlow> {
  const endpoint = await endpoints.url('sso-oidc', session.region)
  const secrets = createPkceSecrets()
  const listener = await listenForCallback(secrets.state)
  const { redirectUri } = listener
  const { clientId } = registration

  return {
    url: authorizeUrl(endpoint, { clientId, redirectUri, scopes: session.scopes, secrets }),
    lifetimeMilliseconds: attemptLifetimeMilliseconds,
    async finish(signal, accept) {
      const callback = await listener.callback(signal)
      await answerTruthfully(callback, async (code) => {
        const token = await oidc.createToken(session.region, registration, {
          grantType: 'authorization_code',
          code,
          codeVerifier: secrets.codeVerifier,
          redirectUri,
        })
        await accept(token, registration)
      })
    },
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  }
}

/** The browser is told "signed in" only when the token is kept. */
async function answerTruthfully(
  { result, answer }: Callback,
  exchange: (code: string) => Promise<void>,
): Promise<void> {
  if ('error' in result) {
    await answer(result.error === 'access_denied' ? 'denied' : 'failed')
    throw new OAuthRefusal(result.error, result.description)
  }
  try {
    await exchange(result.code)
  } catch (error) {
    await answer('failed')
    throw error
  }
  await answer('signed-in')
}

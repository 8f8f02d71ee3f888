import { PortholeError } from '../../contract/errors.ts'
import { requireSafeUrl } from '../aws/loopback.ts'
import { type Clock, sleep } from '../clock.ts'
import type { BegunFlow } from './flow.ts'
import {
  type DeviceAuthorization,
  type GrantedToken,
  OAuthRefusal,
  type OidcClient,
  type Registration,
} from './oidc-client.ts'
import type { SsoSession } from './sso-session.ts'

/** RFC 8628, section 3.5: what `slow_down` adds to the interval, for good. */
const slowDownSeconds = 5

interface DeviceCodeDependencies {
  session: SsoSession
  registration: Registration
  oidc: Pick<OidcClient, 'startDeviceAuthorization' | 'createToken'>
  clock: Clock
}

/** Device code: the decision is made in any browser, and we ask until it is there. */
export async function beginDeviceCodeFlow(dependencies: DeviceCodeDependencies): Promise<BegunFlow> {
  const { session, registration, oidc } = dependencies
  const device = await oidc.startDeviceAuthorization(session, registration)
  return {
    // Somebody will open these, so a hostile endpoint must not choose the scheme.
    url: requireSafeUrl(device.verificationUriComplete, 'The page for the code').href,
    verificationUrl: requireSafeUrl(device.verificationUri, 'The page for the code').href,
    userCode: device.userCode,
    lifetimeMilliseconds: device.expiresInSeconds * 1000,
    async finish(signal, accept) {
      const token = await pollForToken(dependencies, device, signal)
      await accept(token, registration)
    },
    [Symbol.asyncDispose]: async () => {},
  }
}

async function pollForToken(
  { session, registration, oidc, clock }: DeviceCodeDependencies,
  { deviceCode, intervalSeconds }: DeviceAuthorization,
  signal: AbortSignal,
): Promise<GrantedToken> {
  const grant = { grantType: 'urn:ietf:params:oauth:grant-type:device_code', deviceCode } as const
  let interval = intervalSeconds
  for (;;) {
    await sleep(clock, interval * 1000, signal)
    try {
      return await oidc.createToken(session.region, registration, grant)
    } catch (error) {
      interval += extraWait(error)
    }
  }
}

/**
 * Seconds to add to the interval before asking again.
 *
 * @throws the error itself when asking again is of no use
 */
function extraWait(error: unknown): number {
  if (error instanceof OAuthRefusal && error.error === 'authorization_pending') return 0
  if (error instanceof OAuthRefusal && error.error === 'slow_down') return slowDownSeconds
  // The user may be in the middle of the page: a dropped line is no reason to make them start over.
  if (error instanceof PortholeError && error.value.retryable) return slowDownSeconds
  throw error
}

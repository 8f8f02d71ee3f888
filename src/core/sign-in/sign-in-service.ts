import type { Account, Caller, Identity, Scope, SignInAttempt } from '../../contract/identity.ts'
import type { Params } from '../../contract/methods.ts'
import { type CredentialSource, createAwsClients } from '../aws/clients.ts'
import type { AwsConnection } from '../aws/connection.ts'
import type { AwsPaths } from '../aws/paths.ts'
import type { Clock } from '../clock.ts'
import { createAccessTokens } from './access-tokens.ts'
import { createAccounts } from './accounts.ts'
import { createAttempts } from './attempts.ts'
import { createCallerIdentity } from './caller.ts'
import { beginDeviceCodeFlow } from './device-code-flow.ts'
import type { AcceptToken, BegunFlow } from './flow.ts'
import { identityIdOf } from './identity-id.ts'
import { createIdentityList } from './identity-list.ts'
import { createOidcClient, type Registration } from './oidc-client.ts'
import { beginPkceFlow } from './pkce-flow.ts'
import { createPortal } from './portal.ts'
import { createRegistrationCache } from './registration-cache.ts'
import { createRoleCredentialsCache } from './role-credentials.ts'
import { toSignInError } from './sign-in-errors.ts'
import type { SsoSession } from './sso-session.ts'
import { createSsoSessions } from './sso-sessions.ts'
import { createTokenCache } from './token-cache.ts'

/**
 * Identities, signing in and out, accounts, roles and their credentials. The
 * methods are those of the contract. A browser is never opened from here: an
 * attempt carries the URL, and a click opens it.
 */
export interface SignInService extends CredentialSource, AsyncDisposable {
  /** Those of the config file, then those typed in during this run. @throws {PortholeError} CONFIG_INVALID */
  identities(): Promise<Identity[]>
  /**
   * Begins a sign-in and returns once it can be opened in a browser.
   *
   * @throws {PortholeError} NOT_FOUND, CONFIG_INVALID, INVALID_REQUEST, ENDPOINT_REFUSED, SIGN_IN_FAILED, NETWORK
   */
  start(request: Params<'signIn.start'>): Promise<SignInAttempt>
  /** An attempt that is over or unknown is left as it is. */
  cancel(attemptId: string): void
  /** Ends the portal session (best effort) and deletes the token. @throws {PortholeError} STORAGE_UNWRITABLE */
  signOut(identityId: string): Promise<void>

  /** By name. @throws {PortholeError} SSO_EXPIRED, SSO_NOT_SIGNED_IN, THROTTLED, NETWORK, ... */
  accounts(identityId: string): Promise<Account[]>
  /** Role names, by name. @throws {PortholeError} as `accounts` */
  roles(identityId: string, accountId: string): Promise<string[]>
  /** @throws {PortholeError} as `credentials`, and what STS refuses */
  caller(scope: Scope): Promise<Caller>

  /** Told the whole list whenever something in it changed. */
  onIdentitiesChanged(listener: (identities: Identity[]) => void): Disposable
  onAttemptChanged(listener: (attempt: SignInAttempt) => void): Disposable
}

export interface SignInDependencies {
  connection: AwsConnection
  paths: AwsPaths
  clock: Clock
  /** 0 to 1, for jitter. */
  random: () => number
  log: (message: string) => void
}

export function createSignInService(dependencies: SignInDependencies): SignInService {
  const { connection, paths, clock, random, log } = dependencies
  const sessions = createSsoSessions(paths.configFile)
  const oidc = createOidcClient(connection)
  const tokens = createTokenCache(paths.ssoCacheFolder)
  const registrations = createRegistrationCache({
    folder: paths.ssoCacheFolder,
    endpoints: connection.endpoints,
    oidc,
    clock,
  })
  const accessTokens = createAccessTokens({ cache: tokens, oidc, clock })
  const identityList = createIdentityList({ sessions, accessTokens, clock, log })
  const portal = createPortal({ connection, accessTokens, clock, random })
  const accounts = createAccounts(portal)
  const roleCredentials = createRoleCredentialsCache({
    portal,
    clock,
    clockDifference: connection.clockDifference,
  })
  const attempts = createAttempts(clock)

  const credentialSource: CredentialSource = {
    async credentials({ identityId, accountId, roleName }) {
      const session = await sessions.byIdentity(identityId)
      return identityList.watching(() => roleCredentials.get(session, accountId, roleName))
    },
    forgetCredentials: (scope) => roleCredentials.forget(scope),
  }
  const clients = createAwsClients({ connection, credentials: credentialSource })
  const callerIdentity = createCallerIdentity({ clients, credentials: credentialSource })

  function begin(
    session: SsoSession,
    flow: SignInAttempt['flow'],
    registration: Registration,
  ): Promise<BegunFlow> {
    return flow === 'pkce'
      ? beginPkceFlow({ session, registration, oidc, endpoints: connection.endpoints })
      : beginDeviceCodeFlow({ session, registration, oidc, clock })
  }

  function keepToken(session: SsoSession): AcceptToken {
    return async (token, registration) => {
      await tokens.save(session.name, {
        startUrl: session.startUrl,
        region: session.region,
        accessToken: token.accessToken,
        expiresAt: clock.now() + token.expiresInSeconds * 1000,
        clientId: registration.clientId,
        clientSecret: registration.clientSecret,
        registrationExpiresAt: registration.expiresAt,
        refreshToken: token.refreshToken,
      })
      // It may be somebody else who signed in.
      roleCredentials.forgetAll(identityIdOf(session))
    }
  }

  async function endPortalSession({ name }: SsoSession): Promise<void> {
    const reading = await tokens.read(name)
    if (reading.state !== 'present') return
    const { region, accessToken } = reading.token
    await portal.logout(region, accessToken).catch((error: unknown) => {
      log(`The portal session "${name}" was not ended at AWS: ${error instanceof Error ? error.name : ''}`)
    })
  }

  return {
    ...credentialSource,
    identities: identityList.identities,

    async start({ flow, target }) {
      const session = await sessions.ofTarget(target)
      const forgetRegistration = () => registrations.forget(session, flow)
      const registration = await registrations.get(session, flow).catch((error: unknown) => {
        throw toSignInError(error)
      })
      const begun = await begin(session, flow, registration).catch((error: unknown) => {
        forgetRegistration()
        throw toSignInError(error)
      })
      sessions.remember(session)
      void identityList.look()
      return attempts.follow({
        identityId: identityIdOf(session),
        flow,
        begun,
        accept: keepToken(session),
        onSettled(state) {
          if (state === 'failed') forgetRegistration()
          void identityList.look()
        },
      })
    },

    cancel: attempts.cancel,

    async signOut(identityId) {
      const session = await sessions.byIdentity(identityId)
      await endPortalSession(session)
      roleCredentials.forgetAll(identityId)
      await tokens.remove(session.name)
      await identityList.look()
    },

    async accounts(identityId) {
      const session = await sessions.byIdentity(identityId)
      return identityList.watching(() => accounts.accounts(session))
    },
    async roles(identityId, accountId) {
      const session = await sessions.byIdentity(identityId)
      return identityList.watching(() => accounts.roles(session, accountId))
    },
    caller: callerIdentity.caller,

    onIdentitiesChanged: identityList.onChanged,
    onAttemptChanged: attempts.onChanged,

    async [Symbol.asyncDispose]() {
      identityList[Symbol.dispose]()
      portal[Symbol.dispose]()
      await attempts[Symbol.asyncDispose]()
      clients[Symbol.dispose]()
      oidc[Symbol.dispose]()
    },
  }
}

import { type ErrorValue, toErrorValue } from '../../contract/errors.ts'
import type { Account, Caller, Identity, Scope, SignInAttempt } from '../../contract/identity.ts'
import type { Params } from '../../contract/methods.ts'
import { type CredentialSource, createAwsClients } from '../aws/clients.ts'
import type { ConfigReader } from '../aws/config-reader.ts'
import type { AwsConnection } from '../aws/connection.ts'
import type { AwsPaths } from '../aws/paths.ts'
import { updateAwsConfig } from '../aws/update-config.ts'
import type { Clock } from '../clock.ts'
import { createAccessTokens } from './access-tokens.ts'
import { createAccounts } from './accounts.ts'
import { createAttempts } from './attempts.ts'
import { createCallerIdentity } from './caller.ts'
import { findTokens, removeAllRoleCredentials, removeRoleCredentialsOf } from './cli-caches.ts'
import { beginDeviceCodeFlow } from './device-code-flow.ts'
import type { AcceptToken, BegunFlow, BrowserFlow } from './flow.ts'
import { followingTokens } from './followed-tokens.ts'
import { identityIdOf, identityIdsOf } from './identity-id.ts'
import { createIdentityList } from './identity-list.ts'
import { createOidcClient, type Registration } from './oidc-client.ts'
import { beginPkceFlow } from './pkce-flow.ts'
import { createPortal } from './portal.ts'
import { createRegistrationCache } from './registration-cache.ts'
import { createRoleCredentialsCache } from './role-credentials.ts'
import { toSignInError } from './sign-in-errors.ts'
import { type SsoSession, sessionSection, tokenKeyOf } from './sso-session.ts'
import { createSsoSessions } from './sso-sessions.ts'
import { startUrlsOver } from './start-urls.ts'
import { createTokenCache } from './token-cache.ts'
import { keepingUnsaved } from './unsaved-tokens.ts'

/**
 * Identity Center: its identities, signing in and out, accounts, roles and their
 * credentials. The methods are those of the contract. A browser is never opened
 * from here: an attempt carries the URL, and a click opens it.
 */
export interface SignInService extends CredentialSource, AsyncDisposable {
  /** Those of the config file, then those typed in during this run. */
  identities(): Promise<Identity[]>
  /** What is wrong with the config file. */
  problems(): Promise<ErrorValue[]>
  /** The session behind an identity. @throws {PortholeError} NOT_FOUND, CONFIG_INVALID */
  session(identityId: string): Promise<SsoSession>
  /** The AWS CLI's files were changed by somebody: tells what that means for the identities. */
  filesChanged(): Promise<void>
  /**
   * Begins a sign-in and returns once it can be opened in a browser.
   *
   * @throws {PortholeError} NOT_FOUND, CONFIG_INVALID, INVALID_REQUEST, ENDPOINT_REFUSED, SIGN_IN_FAILED, NETWORK
   */
  start(request: Params<'signIn.start'> & { flow: BrowserFlow }): Promise<BrowserAttempt>
  /** An attempt that is over or unknown is left as it is. */
  cancel(attemptId: string): void
  /** Ends the portal session (best effort) and deletes the token. @throws {PortholeError} STORAGE_UNWRITABLE */
  signOut(identityId: string): Promise<void>
  /**
   * The same for every token in the CLI's cache, whoever signed in, with the role credentials that
   * the CLI keeps.
   *
   * @throws {PortholeError} STORAGE_UNWRITABLE
   */
  signOutEverywhere(): Promise<void>
  /** Carries a sign-in over to another session of the same start URL, which then need not sign in again. */
  moveToken(from: SsoSession, to: SsoSession): Promise<void>

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

export type BrowserAttempt = SignInAttempt & { url: string }

export interface SignInDependencies {
  connection: AwsConnection
  paths: AwsPaths
  configReader: ConfigReader
  clock: Clock
  /** 0 to 1, for jitter. */
  random: () => number
  log: (message: string) => void
}

export function createSignInService(dependencies: SignInDependencies): SignInService {
  const { connection, paths, configReader, clock, random, log } = dependencies
  const sessions = createSsoSessions(configReader)
  const startUrls = startUrlsOver(connection)
  const oidc = createOidcClient(connection, clock)
  const tokens = followingTokens(keepingUnsaved(createTokenCache(paths.ssoCacheFolder, clock)), (key) => {
    for (const identityId of identityIdsOf(key)) roleCredentials.forgetAll(identityId)
  })
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
      await tokens.follow(tokenKeyOf(session))
      return identityList.watching(() => roleCredentials.get(session, accountId, roleName))
    },
    forgetCredentials: (scope) => roleCredentials.forget(scope),
  }
  const clients = createAwsClients({ connection, credentials: credentialSource })
  const callerIdentity = createCallerIdentity({ clients, credentials: credentialSource })

  async function begin(
    session: SsoSession,
    flow: BrowserFlow,
    registration: Registration,
  ): Promise<BegunFlow> {
    return flow === 'pkce'
      ? beginPkceFlow({ session, registration, oidc, endpoints: connection.endpoints })
      : beginDeviceCodeFlow({ session, registration, oidc, clock })
  }

  function keepToken(session: SsoSession, keep: boolean): AcceptToken {
    return async (token, registration) => {
      const key = tokenKeyOf(session)
      const content = {
        startUrl: session.startUrl,
        region: session.region,
        accessToken: token.accessToken,
        expiresAt: clock.now() + token.expiresInSeconds * 1000,
        clientId: registration.clientId,
        clientSecret: registration.clientSecret,
        registrationExpiresAt: registration.expiresAt,
        refreshToken: token.refreshToken,
      }
      await tokens.locked(key, () => tokens.save(key, content))
      // It may be somebody else who signed in.
      roleCredentials.forgetAll(identityIdOf(session))
      if (keep) await writeToConfig(session)
    }
  }

  /** Whoever is signed in stays so; what could not be written is said beside the identity. */
  async function writeToConfig(session: SsoSession): Promise<void> {
    try {
      await updateAwsConfig(paths.configFile, clock, (config) =>
        config.section('sso-session', session.name) ? [] : [sessionSection(session)],
      )
    } catch (error) {
      const { message, ...value } = toErrorValue(error)
      const unkept = `${message} This sign-in will not be listed after a restart.`
      sessions.remember({ ...session, warning: { ...value, message: unkept } })
    }
  }

  async function endPortalSession(name: string, region: string, accessToken: string): Promise<void> {
    await portal.logout(region, accessToken).catch((error: unknown) => {
      log(`The portal session "${name}" was not ended at AWS: ${error instanceof Error ? error.name : ''}`)
    })
  }

  /** Without telling: whoever calls looks once at the end. */
  async function signOutOf(session: SsoSession): Promise<void> {
    const reading = await tokens.read(tokenKeyOf(session))
    if (reading.state === 'present')
      await endPortalSession(session.name, reading.token.region, reading.token.accessToken)
    roleCredentials.forgetAll(identityIdOf(session))
    await tokens.remove(tokenKeyOf(session))
    const { config } = await configReader.read()
    await removeRoleCredentialsOf(session, config, paths.cliCacheFolder)
  }

  return {
    ...credentialSource,
    identities: identityList.identities,
    problems: sessions.problems,
    session: sessions.byIdentity,

    async filesChanged() {
      for (const session of await sessions.all()) await tokens.follow(tokenKeyOf(session))
      await identityList.look()
    },

    async start({ flow, target }) {
      const session = await sessions.ofTarget(target)
      // The CLI's cache goes by the start URL as it was written, Identity Center by the one it knows.
      const known = { ...session, startUrl: await startUrls.resolve(session.startUrl) }
      const forgetRegistration = () => registrations.forget(known, flow)
      const registration = await registrations.get(known, flow).catch((error: unknown) => {
        throw toSignInError(error)
      })
      const begun = await begin(known, flow, registration).catch((error: unknown) => {
        forgetRegistration()
        throw toSignInError(error)
      })
      sessions.remember(session)
      void identityList.look()
      const accept = keepToken(session, 'keep' in target && target.keep === true)
      const attempt = attempts.follow({
        identityId: identityIdOf(session),
        flow,
        begun,
        run: ({ signal, signedIn }) =>
          begun.finish(signal, async (token, granted) => {
            // An exchange under way cannot be stopped, but its token can still be unwanted.
            signal.throwIfAborted()
            await accept(token, granted)
            signedIn()
          }),
        onSettled(state) {
          if (state === 'failed') forgetRegistration()
          void identityList.look()
        },
      })
      return { ...attempt, url: begun.url }
    },

    cancel: attempts.cancel,

    async signOut(identityId) {
      await signOutOf(await sessions.byIdentity(identityId))
      await identityList.look()
    },

    async signOutEverywhere() {
      for (const session of await sessions.all()) await signOutOf(session)
      for (const { file, region, accessToken } of await findTokens(paths.ssoCacheFolder)) {
        if (region) await endPortalSession(file, region, accessToken)
        await tokens.removeFile(file)
      }
      await removeAllRoleCredentials(paths.cliCacheFolder)
      await identityList.look()
    },

    async moveToken(from, to) {
      const reading = await tokens.read(tokenKeyOf(from))
      if (reading.state !== 'present') return
      await tokens.save(tokenKeyOf(to), reading.token)
      await tokens.remove(tokenKeyOf(from))
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
      await accessTokens.settled()
      clients[Symbol.dispose]()
      oidc[Symbol.dispose]()
    },
  }
}

import type { Account, Caller, IdentityList, Scope, SignInAttempt } from '../../contract/identity.ts'
import type { Answer, Params } from '../../contract/methods.ts'
import type { CredentialSource } from '../aws/clients.ts'
import type { ConfigReader } from '../aws/config-reader.ts'
import { createConfigReader } from '../aws/config-reader.ts'
import type { AwsConnection } from '../aws/connection.ts'
import type { AwsPaths, EnvironmentVariables } from '../aws/paths.ts'
import type { Clock } from '../clock.ts'
import { watchFiles } from '../files/watch-files.ts'
import { createListeners } from '../listeners.ts'
import { createProfileService, type ProfilesInUse } from '../profiles/profile-service.ts'
import { looksLikeEc2 } from '../profiles/profile-sources.ts'
import { createSignInService } from '../sign-in/sign-in-service.ts'
import { createProfileWriter } from './profile-writer.ts'

/**
 * Every way to hold AWS credentials behind one door, and the AWS CLI's files kept
 * in view: whoever signs in or out there has done it here too. The methods are
 * those of the contract, with what they throw.
 */
export interface IdentityService extends CredentialSource, AsyncDisposable {
  list(): Promise<IdentityList>
  start(request: Params<'signIn.start'>): Promise<SignInAttempt>
  cancel(attemptId: string): void
  /** The code of an MFA device; dropped when the attempt does not wait for one. */
  giveCode(attemptId: string, code: string): void
  signOut(identityId: string): Promise<void>
  signOutEverywhere(): Promise<void>
  accounts(identityId: string): Promise<Account[]>
  roles(identityId: string, accountId: string): Promise<string[]>
  caller(scope: Scope): Promise<Caller>
  /** The profile that a scope's identity is, if it is one: its endpoints are then the ones that count. */
  profileOf(scope: Scope): string | undefined
  writeProfile(request: Params<'profile.write'>): Promise<Answer<'profile.write'>>
  migrate(identityId: string): Promise<Answer<'profile.migrate'>>
  /** Told the whole list whenever something in it changed. */
  onChanged(listener: (list: IdentityList) => void): Disposable
  onAttemptChanged(listener: (attempt: SignInAttempt) => void): Disposable
}

export interface IdentityServiceDependencies {
  connection: AwsConnection
  paths: AwsPaths
  configReader: ConfigReader
  environment: EnvironmentVariables
  profilesInUse: ProfilesInUse
  clock: Clock
  /** 0 to 1, for jitter. */
  random: () => number
  log: (message: string) => void
}

export function createIdentityService(dependencies: IdentityServiceDependencies): IdentityService {
  const { paths, clock, environment } = dependencies
  const center = createSignInService(dependencies)
  const profiles = createProfileService({
    ...dependencies,
    credentialsReader: createConfigReader(paths.credentialsFile, clock),
    loginCacheFolder: paths.loginCacheFolder,
    inUse: dependencies.profilesInUse,
    isEc2: () => looksLikeEc2(environment),
    centerCredentials: center.credentials,
  })
  const writer = createProfileWriter({ ...dependencies, center })
  const changed = createListeners<IdentityList>()
  const resources = new AsyncDisposableStack()
  resources.use(center)
  resources.use(profiles)

  async function list(): Promise<IdentityList> {
    const [ofCenter, ofProfiles, problems, credentialsProblems] = await Promise.all([
      center.identities(),
      profiles.identities(),
      center.problems(),
      profiles.problems(),
    ])
    return { identities: [...ofCenter, ...ofProfiles], problems: [...problems, ...credentialsProblems] }
  }

  let lastTold = ''
  async function tell(): Promise<void> {
    const now = await list()
    const text = JSON.stringify(now)
    if (text === lastTold || resources.disposed) return
    lastTold = text
    changed.emit(now)
  }

  async function filesChanged(): Promise<void> {
    await center.filesChanged()
    await profiles.retryEnded()
    await tell()
  }

  resources.use(center.onIdentitiesChanged(() => void profiles.retryEnded().then(tell)))
  resources.use(profiles.onIdentitiesChanged(() => void tell()))
  resources.use(
    watchFiles(
      {
        files: [paths.configFile, paths.credentialsFile],
        folders: [paths.ssoCacheFolder, paths.loginCacheFolder],
      },
      { clock, onChanged: () => void filesChanged() },
    ),
  )
  const ownerOf = (identityId: string) => (profiles.owns(identityId) ? profiles : center)

  return {
    list,
    async start({ flow, target }) {
      if ('identityId' in target && profiles.owns(target.identityId)) return profiles.start(target.identityId)
      // A profile has no browser to sign in with, and Identity Center no other way.
      return center.start({ flow: flow === 'profile' ? 'pkce' : flow, target })
    },
    cancel(attemptId) {
      center.cancel(attemptId)
      profiles.cancel(attemptId)
    },
    giveCode: profiles.giveCode,
    signOut: (identityId) => ownerOf(identityId).signOut(identityId),
    async signOutEverywhere() {
      await profiles.signOutEverywhere()
      await center.signOutEverywhere()
    },
    accounts: (identityId) => ownerOf(identityId).accounts(identityId),
    roles: (identityId, accountId) => ownerOf(identityId).roles(identityId, accountId),
    caller: (scope) => ownerOf(scope.identityId).caller(scope),
    credentials: (scope) => ownerOf(scope.identityId).credentials(scope),
    forgetCredentials: (scope) => ownerOf(scope.identityId).forgetCredentials(scope),
    profileOf: ({ identityId }) => profiles.profileOf(identityId),
    writeProfile: writer.write,
    async migrate(identityId) {
      const migrated = await writer.migrate(identityId)
      await center.filesChanged()
      return migrated
    },
    onChanged: changed.add,
    onAttemptChanged(listener) {
      const both = new DisposableStack()
      both.use(center.onAttemptChanged(listener))
      both.use(profiles.onAttemptChanged(listener))
      return both
    },
    async [Symbol.asyncDispose]() {
      await resources.disposeAsync()
      changed[Symbol.dispose]()
    },
  }
}

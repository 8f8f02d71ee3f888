import type {
  Account,
  Caller,
  Identity,
  IdentityList,
  Scope,
  SignInAttempt,
} from '../../contract/identity.ts'
import type { Answer, Params } from '../../contract/methods.ts'
import type { CredentialSource } from '../aws/clients.ts'
import type { ConfigReader } from '../aws/config-reader.ts'
import type { AwsConnection } from '../aws/connection.ts'
import type { AwsPaths } from '../aws/paths.ts'
import type { Clock } from '../clock.ts'
import { watchFiles } from '../files/watch-files.ts'
import { createListeners } from '../listeners.ts'
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
  signOut(identityId: string): Promise<void>
  signOutEverywhere(): Promise<void>
  accounts(identityId: string): Promise<Account[]>
  roles(identityId: string, accountId: string): Promise<string[]>
  caller(scope: Scope): Promise<Caller>
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
  clock: Clock
  /** 0 to 1, for jitter. */
  random: () => number
  log: (message: string) => void
}

export function createIdentityService(dependencies: IdentityServiceDependencies): IdentityService {
  const { paths, clock } = dependencies
  const center = createSignInService(dependencies)
  const writer = createProfileWriter({ ...dependencies, center })
  const changed = createListeners<IdentityList>()

  async function list(): Promise<IdentityList> {
    const identities: Identity[] = await center.identities()
    return { identities, problems: await center.problems() }
  }

  let lastTold = ''
  async function tell(): Promise<void> {
    const now = await list()
    const text = JSON.stringify(now)
    if (text === lastTold) return
    lastTold = text
    changed.emit(now)
  }

  const following = center.onIdentitiesChanged(() => void tell())
  const watching = watchFiles(
    { files: [paths.configFile, paths.credentialsFile], folders: [paths.ssoCacheFolder] },
    { clock, onChanged: () => void center.filesChanged().then(tell) },
  )

  return {
    list,
    start: center.start,
    cancel: center.cancel,
    signOut: center.signOut,
    signOutEverywhere: center.signOutEverywhere,
    accounts: center.accounts,
    roles: center.roles,
    caller: center.caller,
    credentials: center.credentials,
    forgetCredentials: center.forgetCredentials,
    writeProfile: writer.write,
    async migrate(identityId) {
      const migrated = await writer.migrate(identityId)
      await center.filesChanged()
      return migrated
    },
    onChanged: changed.add,
    onAttemptChanged: center.onAttemptChanged,
    async [Symbol.asyncDispose]() {
      watching[Symbol.dispose]()
      following[Symbol.dispose]()
      await center[Symbol.asyncDispose]()
      changed[Symbol.dispose]()
    },
  }
}

import { type ErrorValue, PortholeError } from '../../contract/errors.ts'
import type { Account, Caller, Identity, Scope, SignInAttempt } from '../../contract/identity.ts'
import type { CredentialSource } from '../aws/clients.ts'
import type { ConfigReader } from '../aws/config-reader.ts'
import type { AwsConnection } from '../aws/connection.ts'
import type { RoleCredentials } from '../aws/credentials.ts'
import type { EnvironmentVariables } from '../aws/paths.ts'
import type { Clock } from '../clock.ts'
import { createListeners } from '../listeners.ts'
import { type AttemptControl, createAttempts } from '../sign-in/attempts.ts'
import { environmentOfName } from '../sign-in/environment-rule.ts'
import { type BaseCredentialsDependencies, createBaseCredentials } from './base-credentials.ts'
import { createCodeRequests } from './code-requests.ts'
import { createConsoleLogins } from './console-login.ts'
import { createProfileCallers, type ProfileCaller } from './profile-callers.ts'
import {
  createProfileCredentials,
  needsMfa,
  type PlannedEntry,
  profileNameOf,
  regionOf,
} from './profile-credentials.ts'
import { type CredentialSourceEntry, createProfileSources } from './profile-sources.ts'

/**
 * Profiles and environments that hold credentials themselves. Each is an identity
 * with one account and one role, and is asked for credentials only after somebody
 * chose to use it: some run programs, some cost a call, and there may be hundreds.
 */
export interface ProfileService extends CredentialSource, AsyncDisposable {
  identities(): Promise<Identity[]>
  problems(): Promise<ErrorValue[]>
  owns(identityId: string): boolean
  /** The profile that an identity is, if it is one: its endpoints are then the ones that count. */
  profileOf(identityId: string): string | undefined
  /** Somebody signed in elsewhere: tries again what ended for want of that. */
  retryEnded(): Promise<void>
  /** Checks that it gives credentials, asking for MFA codes on the way. @throws {PortholeError} NOT_FOUND, CONFIG_INVALID */
  start(identityId: string): Promise<SignInAttempt>
  cancel(attemptId: string): void
  giveCode(attemptId: string, code: string): void
  signOut(identityId: string): Promise<void>
  signOutEverywhere(): Promise<void>
  accounts(identityId: string): Promise<Account[]>
  roles(identityId: string): Promise<string[]>
  caller(scope: Scope): Promise<Caller>
  onIdentitiesChanged(listener: () => void): Disposable
  onAttemptChanged(listener: (attempt: SignInAttempt) => void): Disposable
}

/** Which of them somebody chose to use, kept over restarts. */
export interface ProfilesInUse {
  get(): readonly string[]
  set(ids: readonly string[]): Promise<void>
}

export interface ProfileServiceDependencies {
  connection: AwsConnection
  configReader: ConfigReader
  credentialsReader: ConfigReader
  loginCacheFolder: string
  environment: EnvironmentVariables
  inUse: ProfilesInUse
  isEc2: () => Promise<boolean>
  centerCredentials: BaseCredentialsDependencies['centerCredentials']
  clock: Clock
}

/** As long as a sign-in in the browser may take: enough to find the phone. */
const attemptLifetimeMilliseconds = 10 * 60_000

export function createProfileService(dependencies: ProfileServiceDependencies): ProfileService {
  const { connection, environment, inUse, clock, loginCacheFolder } = dependencies
  const sources = createProfileSources(dependencies)
  const consoleLogins = createConsoleLogins({ folder: loginCacheFolder, connection, clock })
  const base = createBaseCredentials({ ...dependencies, environment, consoleLogins })
  const credentials = createProfileCredentials({ base, connection, clock })
  const callers = createProfileCallers(connection)
  const attempts = createAttempts(clock)
  const codes = createCodeRequests()
  const changed = createListeners<void>()
  /** Needed a person the last time: their MFA code is used up, or their login ended. */
  const ended = new Map<string, ErrorValue>()
  let alarm: Disposable | undefined

  function toIdentity(entry: CredentialSourceEntry): Identity {
    const { id, name, plan, definedIn } = entry
    const isUsed = inUse.get().includes(id)
    const expiresAt = isUsed ? credentials.known(id)?.expiresAt : undefined
    const problem = entry.problem ?? (isUsed ? ended.get(id) : undefined)
    return {
      id,
      kind: plan?.kind ?? 'access-keys',
      name,
      state: isUsed && plan ? stateOf(entry, plan) : 'signed-out',
      ...(plan && needsMfa(plan) ? { needsMfa: true } : {}),
      ...(expiresAt === undefined ? {} : { expiresAt }),
      region: regionOf(entry),
      ...(definedIn ? { definedIn } : {}),
      ...(problem ? { problem } : {}),
    }
  }

  function stateOf({ id }: CredentialSourceEntry, plan: PlannedEntry['plan']): Identity['state'] {
    if (ended.has(id)) return 'expired'
    if (!needsMfa(plan)) return 'signed-in'
    // Roles with MFA cannot be had again without their person, not even at the start of the app.
    const known = credentials.known(id)
    if (!known) return 'signed-out'
    return (known.expiresAt ?? Number.POSITIVE_INFINITY) > clock.now() ? 'signed-in' : 'expired'
  }

  /** Who used up their MFA code is told when the credentials end. */
  function wakeAt(time: number | undefined): void {
    alarm?.[Symbol.dispose]()
    alarm = undefined
    if (time === undefined) return
    alarm = clock.after(time - clock.now(), () => changed.emit())
  }

  async function use(id: string): Promise<void> {
    if (!inUse.get().includes(id)) await inUse.set([...inUse.get(), id])
  }

  async function run(entry: PlannedEntry, { signal, signedIn }: AttemptControl, ask: Ask): Promise<void> {
    const fresh = await credentials.renew(entry, ask)
    await callers.of(fresh, whereOf(entry))
    signal.throwIfAborted()
    ended.delete(entry.id)
    await use(entry.id)
    wakeAt(needsMfa(entry.plan) ? fresh.expiresAt : undefined)
    signedIn()
  }

  type Ask = Parameters<typeof credentials.renew>[1]

  /** Notes when only a person can help, which changes what the identities look like. */
  async function current(entry: PlannedEntry): Promise<RoleCredentials> {
    try {
      const found = await credentials.get(entry)
      if (ended.delete(entry.id)) changed.emit()
      return found
    } catch (error) {
      if (error instanceof PortholeError && needsPerson(error)) {
        const isNews = !ended.has(entry.id)
        ended.set(entry.id, error.value)
        if (isNews) changed.emit()
      }
      throw error
    }
  }

  async function currentCaller(id: string): Promise<{ entry: PlannedEntry; caller: ProfileCaller }> {
    const entry = await sources.byId(id)
    const found = await current(entry)
    return { entry, caller: await callers.of(found, whereOf(entry)) }
  }

  /** What a tab shows must be what it acts on, also after somebody edited the profile. */
  async function credentialsFor(scope: Scope): Promise<RoleCredentials> {
    const entry = await sources.byId(scope.identityId)
    const found = await current(entry)
    const { accountId, roleName } = await callers.of(found, whereOf(entry))
    if (accountId === scope.accountId && roleName === scope.roleName) return found
    throw new PortholeError({
      code: 'CREDENTIALS_UNAVAILABLE',
      message: `"${entry.name}" is now ${roleName} in account ${accountId}, no longer ${scope.roleName} in ${scope.accountId}.`,
      action: 'Refresh the lists, then open it anew.',
    })
  }

  async function signOut(id: string): Promise<void> {
    credentials.forget(id)
    ended.delete(id)
    await inUse.set(inUse.get().filter((each) => each !== id))
    changed.emit()
  }

  return {
    identities: async () => (await sources.all()).map(toIdentity),
    problems: sources.problems,
    async retryEnded() {
      for (const [id, { code }] of [...ended]) {
        if (code === 'MFA_NEEDED') continue
        await sources
          .byId(id)
          .then(current, () => {})
          .catch(() => {})
      }
    },
    profileOf: (identityId) => /^profile:(.+)$/s.exec(identityId)?.[1],
    owns: (identityId) => /^(profile|environment):/.test(identityId),

    async start(identityId) {
      const entry = await sources.byId(identityId)
      return attempts.follow({
        identityId,
        flow: 'profile',
        begun: { lifetimeMilliseconds: attemptLifetimeMilliseconds },
        run: (control) => run(entry, control, codes.askFor(control)),
        onSettled: () => changed.emit(),
      })
    },
    cancel: attempts.cancel,
    giveCode: codes.give,

    signOut,
    async signOutEverywhere() {
      for (const id of inUse.get()) await signOut(id)
    },

    async accounts(identityId) {
      const { entry, caller } = await currentCaller(identityId)
      const { accountId } = caller
      const { name } = entry
      return [{ identityId, accountId, name, environment: environmentOfName(name) }]
    },
    roles: async (identityId) => [(await currentCaller(identityId)).caller.roleName],
    async caller(scope) {
      const found = await credentialsFor(scope)
      const { arn, accountId, userName, expiresAt } = await callers.of(
        found,
        whereOf(await sources.byId(scope.identityId)),
      )
      return { arn, accountId, userName, expiresAt }
    },
    credentials: credentialsFor,
    forgetCredentials: ({ identityId }) => credentials.forget(identityId),

    onIdentitiesChanged: (listener) => changed.add(() => listener()),
    onAttemptChanged: attempts.onChanged,

    async [Symbol.asyncDispose]() {
      alarm?.[Symbol.dispose]()
      await attempts[Symbol.asyncDispose]()
      changed[Symbol.dispose]()
    },
  }
}

function whereOf(entry: PlannedEntry): { region: string; profile: string | undefined } {
  return { region: regionOf(entry), profile: profileNameOf(entry) }
}

/** `aws login` and Identity Center behind a chain end like this, too. */
function needsPerson({ value }: PortholeError): boolean {
  return value.code === 'MFA_NEEDED' || value.code === 'SSO_EXPIRED' || value.code === 'SSO_NOT_SIGNED_IN'
}

import type { Access, AccessRoles } from '../../contract/access.ts'
import { type ErrorValue, toErrorValue } from '../../contract/errors.ts'
import type { Account } from '../../contract/identity.ts'
import type { KeptAccess } from './access-file.ts'
import type { AccountDirectoryDependencies } from './account-directory.ts'
import { RoleReader } from './role-reader.ts'

/** Accounts come and go by the day; this is for whoever was given one a moment ago. */
const accountsFreshMilliseconds = 10 * 60_000
/** Roles change more rarely, and reading all of them takes a call per account. */
const rolesFreshMilliseconds = 12 * 3600_000
/** A reading of 200 accounts takes 40 s; what it found so far is not lost when the app ends meanwhile. */
const saveMilliseconds = 5_000
/** News of roles are told together: five a second would redraw a long list for each. */
const tellMilliseconds = 250

export interface IdentityAccessEvents {
  access(access: Access): void
  roles(news: AccessRoles): void
}

interface KnownRoles {
  names: string[]
  readAt: number
}

/** What one identity may choose from. */
export class IdentityAccess implements AsyncDisposable {
  readonly #identityId: string
  readonly #dependencies: AccountDirectoryDependencies
  readonly #events: IdentityAccessEvents
  readonly #reader: RoleReader
  #loaded: Promise<void> | undefined
  #accounts: Account[] = []
  #readAt: number | undefined
  #problem: ErrorValue | undefined
  #listing: Promise<void> | undefined
  readonly #roles = new Map<string, KnownRoles>()
  readonly #roleProblems = new Map<string, ErrorValue>()
  /** Accounts whose roles changed since they were last told. */
  #untold = new Set<string>()
  #telling: Disposable | undefined
  #saving: Disposable | undefined
  #written: Promise<void> = Promise.resolve()
  /** Goes up when what is known becomes somebody else's: answers to older questions do not count. */
  #generation = 0

  constructor(identityId: string, dependencies: AccountDirectoryDependencies, events: IdentityAccessEvents) {
    this.#identityId = identityId
    this.#dependencies = dependencies
    this.#events = events
    this.#reader = new RoleReader({
      read: (accountId) => this.#readRolesOf(accountId),
      changed: () => this.#tellSoon(),
    })
  }

  async get(): Promise<Access> {
    await this.#load()
    if (!this.#isFresh(this.#readAt, accountsFreshMilliseconds)) void this.#list()
    return this.#access()
  }

  async refresh(): Promise<void> {
    await this.#load()
    for (const known of this.#roles.values()) known.readAt = 0
    const listing = this.#list()
    this.#events.access(this.#access())
    await listing
  }

  async readRoles(accountIds?: readonly string[]): Promise<void> {
    await this.#load()
    await this.#listing
    const wanted = accountIds ?? this.#accounts.map(({ accountId }) => accountId)
    const stale = wanted.filter((id) => !this.#isFresh(this.#roles.get(id)?.readAt, rolesFreshMilliseconds))
    this.#reader.add(stale, { first: accountIds !== undefined })
  }

  async forget(): Promise<void> {
    this.#generation += 1
    this.#reader.clear()
    this.#stopTimers()
    this.#accounts = []
    this.#readAt = undefined
    this.#problem = undefined
    this.#roles.clear()
    this.#roleProblems.clear()
    this.#loaded = Promise.resolve()
    this.#written = this.#written.then(() => this.#dependencies.files.remove(this.#identityId))
    await this.#written.catch((thrown) => this.#logFailure(thrown))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#generation += 1
    this.#reader.clear()
    const unsaved = this.#saving !== undefined
    this.#stopTimers()
    if (unsaved) this.#save()
    await this.#written
  }

  #load(): Promise<void> {
    this.#loaded ??= this.#readKept()
    return this.#loaded
  }

  async #readKept(): Promise<void> {
    const kept = await this.#dependencies.files.read(this.#identityId)
    if (!kept) return
    this.#accounts = kept.accounts
    this.#readAt = kept.readAt
    for (const [accountId, roles] of Object.entries(kept.roles)) this.#roles.set(accountId, roles)
  }

  #isFresh(readAt: number | undefined, limit: number): boolean {
    const age = this.#dependencies.clock.now() - (readAt ?? 0)
    return readAt !== undefined && age >= 0 && age < limit
  }

  /** One reading at a time; whoever comes meanwhile gets its outcome. */
  #list(): Promise<void> {
    this.#listing ??= this.#listOnce().finally(() => {
      this.#listing = undefined
      this.#events.access(this.#access())
    })
    return this.#listing
  }

  async #listOnce(): Promise<void> {
    const generation = this.#generation
    try {
      const accounts = await this.#dependencies.source.accounts(this.#identityId)
      if (generation !== this.#generation) return
      this.#accounts = accounts
      this.#readAt = this.#dependencies.clock.now()
      this.#problem = undefined
      const present = new Set(accounts.map(({ accountId }) => accountId))
      for (const accountId of this.#roles.keys()) if (!present.has(accountId)) this.#roles.delete(accountId)
      this.#saveSoon()
    } catch (thrown) {
      if (generation === this.#generation) this.#problem = toErrorValue(thrown)
    }
  }

  /** @returns whether it makes sense to go on with others */
  async #readRolesOf(accountId: string): Promise<boolean> {
    const generation = this.#generation
    try {
      const names = await this.#dependencies.source.roles(this.#identityId, accountId)
      if (generation !== this.#generation) return false
      this.#roles.set(accountId, { names, readAt: this.#dependencies.clock.now() })
      this.#roleProblems.delete(accountId)
      this.#saveSoon()
      return true
    } catch (thrown) {
      if (generation !== this.#generation) return false
      const problem = toErrorValue(thrown)
      this.#roleProblems.set(accountId, problem)
      return problem.code !== 'SSO_EXPIRED' && problem.code !== 'SSO_NOT_SIGNED_IN'
    } finally {
      this.#untold.add(accountId)
    }
  }

  #access(): Access {
    return {
      ...this.#rolesOf(this.#accounts.map(({ accountId }) => accountId)),
      accounts: this.#accounts,
      listing: this.#listing !== undefined,
      ...(this.#readAt === undefined ? {} : { readAt: this.#readAt }),
      ...(this.#problem ? { problem: this.#problem } : {}),
    }
  }

  #rolesOf(accountIds: Iterable<string>): AccessRoles {
    const news: AccessRoles = { identityId: this.#identityId, roles: {}, roleProblems: {} }
    for (const accountId of accountIds) {
      const known = this.#roles.get(accountId)
      if (known) news.roles[accountId] = known.names
      const problem = this.#roleProblems.get(accountId)
      if (problem) news.roleProblems[accountId] = problem
    }
    const { progress } = this.#reader
    return progress ? { ...news, reading: progress } : news
  }

  #tellSoon(): void {
    this.#telling ??= this.#dependencies.clock.after(tellMilliseconds, () => {
      this.#telling = undefined
      const told = this.#untold
      this.#untold = new Set()
      this.#events.roles(this.#rolesOf(told))
    })
  }

  #saveSoon(): void {
    this.#saving ??= this.#dependencies.clock.after(saveMilliseconds, () => {
      this.#saving = undefined
      this.#save()
    })
  }

  /** A list that cannot be kept is read again next time; that is no reason to bother anybody. */
  #save(): void {
    if (this.#readAt === undefined) return
    const kept: KeptAccess = {
      version: 1,
      identityId: this.#identityId,
      accounts: this.#accounts,
      readAt: this.#readAt,
      roles: Object.fromEntries(this.#roles),
    }
    this.#written = this.#written
      .then(() => this.#dependencies.files.write(kept))
      .catch((thrown) => this.#logFailure(thrown))
  }

  #stopTimers(): void {
    this.#telling?.[Symbol.dispose]()
    this.#saving?.[Symbol.dispose]()
    this.#telling = undefined
    this.#saving = undefined
  }

  #logFailure(thrown: unknown): void {
    this.#dependencies.log(`The list of accounts was not kept: ${toErrorValue(thrown).message}`)
  }
}

import type { AwsConnection } from '../aws/connection.ts'
import type { RoleCredentials } from '../aws/credentials.ts'
import type { Clock } from '../clock.ts'
import { createSingleFlight } from '../single-flight.ts'
import { type AskForCode, assumeRole } from './assume-role.ts'
import type { BaseCredentials } from './base-credentials.ts'
import type { CredentialPlan } from './credential-plan.ts'
import type { CredentialSourceEntry } from './profile-sources.ts'

/** Credentials of profiles, in memory only. */
export interface ProfileCredentials {
  /**
   * Valid for some minutes at least, if the source gives such.
   *
   * @throws {PortholeError} MFA_NEEDED, CREDENTIALS_UNAVAILABLE, ACCESS_DENIED, ...
   */
  get(entry: PlannedEntry): Promise<RoleCredentials>
  /** Gets new ones, asking for an MFA code where one is needed. */
  renew(entry: PlannedEntry, ask: AskForCode): Promise<RoleCredentials>
  /** What is in memory, ended or not. */
  known(id: string): RoleCredentials | undefined
  forget(id: string): void
}

export type PlannedEntry = CredentialSourceEntry & { plan: CredentialPlan }

/** Time left below which new ones are fetched, as for the roles of Identity Center. */
const refreshMarginMilliseconds = 5 * 60_000

/** Some sources give what ends within the margin; they are not asked at every call. */
const shortestUseMilliseconds = 60_000

/** Any Region of the partition knows all identities; this is where AWS's own tools ask without one. */
const regionWithoutConfiguration = 'us-east-1'

export function regionOf({ region }: Pick<CredentialSourceEntry, 'region'>): string {
  return region ?? regionWithoutConfiguration
}

/** Whose endpoints count; what the environment provides goes by AWS_PROFILE like everything else. */
export function profileNameOf({ id, name }: Pick<CredentialSourceEntry, 'id' | 'name'>): string | undefined {
  return id.startsWith('profile:') ? name : undefined
}

export function needsMfa({ steps }: CredentialPlan): boolean {
  return steps.some(({ mfaSerial }) => mfaSerial !== undefined)
}

export function createProfileCredentials({
  base,
  connection,
  clock,
}: {
  base: BaseCredentials
  connection: AwsConnection
  clock: Clock
}): ProfileCredentials {
  const kept = new Map<string, { plan: string; credentials: RoleCredentials; fetchedAt: number }>()
  const flights = createSingleFlight<RoleCredentials>()

  async function fetchAll(entry: PlannedEntry, ask?: AskForCode): Promise<RoleCredentials> {
    const { name, plan } = entry
    const of = { name, profile: profileNameOf(entry), region: regionOf(entry) }
    let credentials = await base.get(plan.base, of)
    for (const step of plan.steps)
      credentials = await assumeRole(step, credentials, { connection, region: of.region, ask })
    return credentials
  }

  async function keep(entry: PlannedEntry, ask?: AskForCode): Promise<RoleCredentials> {
    const credentials = await fetchAll(entry, ask)
    kept.set(entry.id, { plan: planText(entry), credentials, fetchedAt: clock.now() })
    return credentials
  }

  return {
    async get(entry) {
      const known = kept.get(entry.id)
      if (known?.plan === planText(entry)) {
        const { credentials, fetchedAt } = known
        // Nobody can be asked here: what a code was given for is used to its end.
        const isNew = clock.now() - fetchedAt < shortestUseMilliseconds || needsMfa(entry.plan)
        if (isFresh(credentials) || (isNew && isValid(credentials))) return credentials
      }
      return flights.run(`${entry.id} ${planText(entry)}`, () => keep(entry))
    },
    renew: (entry, ask) => keep(entry, ask),
    known: (id) => kept.get(id)?.credentials,
    forget: (id) => void kept.delete(id),
  }

  function isFresh({ expiresAt }: RoleCredentials): boolean {
    return expiresAt === undefined || expiresAt - clock.now() > refreshMarginMilliseconds
  }

  function isValid({ expiresAt = 0 }: RoleCredentials): boolean {
    return expiresAt > clock.now()
  }
}

/** After an edit of the profile what was fetched before is another's. */
function planText({ plan, region }: PlannedEntry): string {
  return JSON.stringify([plan, region])
}

import { PortholeError } from '../../contract/errors.ts'
import type { Scope } from '../../contract/identity.ts'
import type { ClockDifference } from '../aws/clock-difference.ts'
import type { RoleCredentials } from '../aws/credentials.ts'
import type { Clock } from '../clock.ts'
import { createSingleFlight } from '../single-flight.ts'
import { identityIdOf } from './identity-id.ts'
import type { Portal } from './portal.ts'
import type { SsoSession } from './sso-session.ts'

/** Credentials of roles, in memory only: they never reach a file. */
export interface RoleCredentialsCache {
  /** @throws {PortholeError} as `Portal.call` */
  get(session: SsoSession, accountId: string, roleName: string): Promise<RoleCredentials>
  forget(role: Pick<Scope, 'identityId' | 'accountId' | 'roleName'>): void
  forgetAll(identityId: string): void
}

/** Time left below which new ones are fetched. The SDK asks us again at the same mark. */
const refreshMarginMilliseconds = 5 * 60_000

export function createRoleCredentialsCache({
  portal,
  clock,
  clockDifference,
}: {
  portal: Portal
  clock: Clock
  clockDifference: Pick<ClockDifference, 'correction'>
}): RoleCredentialsCache {
  const identities = new Map<string, Map<string, RoleCredentials>>()
  const flights = createSingleFlight<RoleCredentials>()
  const roleKey = (accountId: string, roleName: string) => JSON.stringify([accountId, roleName])

  async function fetchCredentials(session: SsoSession, accountId: string, roleName: string) {
    const what = {
      action: 'GetRoleCredentials',
      resource: `account ${accountId}`,
      roleName,
      urgent: true,
    }
    const { roleCredentials } = await portal.call(session, what, (sso, accessToken) =>
      sso.getRoleCredentials({ accessToken, accountId, roleName }),
    )
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = roleCredentials ?? {}
    if (!accessKeyId || !secretAccessKey || !sessionToken) throw incomplete(roleName, accountId)
    // Epoch milliseconds here, unlike everywhere else in AWS, and by AWS's clock: everything else goes by ours.
    const expiresAt = expiration === undefined ? clock.now() : expiration - clockDifference.correction()
    return { accessKeyId, secretAccessKey, sessionToken, expiresAt }
  }

  return {
    async get(session, accountId, roleName) {
      const identityId = identityIdOf(session)
      const key = roleKey(accountId, roleName)
      const known = identities.get(identityId)?.get(key)
      if (known && (known.expiresAt ?? 0) - clock.now() > refreshMarginMilliseconds) return known
      return flights.run(JSON.stringify([identityId, key]), async () => {
        const roles = identities.get(identityId) ?? new Map<string, RoleCredentials>()
        identities.set(identityId, roles)
        const fetched = await fetchCredentials(session, accountId, roleName)
        // After a sign-out meanwhile this map is nobody's any more, so nothing is kept.
        roles.set(key, fetched)
        return fetched
      })
    },
    forget: ({ identityId, accountId, roleName }) =>
      void identities.get(identityId)?.delete(roleKey(accountId, roleName)),
    forgetAll: (identityId) => void identities.delete(identityId),
  }
}

function incomplete(roleName: string, accountId: string): PortholeError {
  return new PortholeError({
    code: 'AWS_ERROR',
    message: `IAM Identity Center gave no complete credentials for ${roleName} in account ${accountId}.`,
    action: 'Try again. If it stays, choose another role.',
    retryable: true,
  })
}

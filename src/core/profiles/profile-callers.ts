import { PortholeError } from '../../contract/errors.ts'
import type { Caller } from '../../contract/identity.ts'
import { toAwsError } from '../aws/aws-errors.ts'
import type { AwsConnection } from '../aws/connection.ts'
import type { RoleCredentials } from '../aws/credentials.ts'

/** Who credentials are, and the role they are shown as. */
export interface ProfileCaller extends Caller {
  /** Role, user or `root`: what stands where Identity Center has the role's name. */
  roleName: string
}

/** GetCallerIdentity, once per access key: it needs no permission, and the answer cannot change. */
export interface ProfileCallers {
  /** @throws {PortholeError} CREDENTIALS_EXPIRED, NETWORK, ... */
  of(
    credentials: RoleCredentials,
    of: { region: string; profile: string | undefined },
  ): Promise<ProfileCaller>
}

/** Keys of the last hours; more than anybody has profiles in use. */
const mostKept = 200

export function createProfileCallers(connection: AwsConnection): ProfileCallers {
  const known = new Map<string, Promise<ProfileCaller>>()

  async function ask(
    { expiresAt, ...keys }: RoleCredentials,
    { region, profile }: Parameters<ProfileCallers['of']>[1],
  ): Promise<ProfileCaller> {
    const options = await connection.clientOptions('sts', region, profile)
    const { STS } = await import('@aws-sdk/client-sts')
    try {
      const { Arn = '', Account = '' } = await new STS({ ...options, credentials: keys }).getCallerIdentity(
        {},
      )
      return { ...namesOf(Arn), arn: Arn, accountId: requireAccount(Account), expiresAt }
    } catch (error) {
      throw toAwsError(error, { action: 'sts:GetCallerIdentity', region })
    }
  }

  return {
    of(credentials, of) {
      const key = credentials.accessKeyId
      const existing = known.get(key)
      if (existing) return existing
      if (known.size >= mostKept) known.clear()
      const asked = ask(credentials, of)
      known.set(key, asked)
      asked.catch(() => known.delete(key))
      return asked
    },
  }
}

/** `…:assumed-role/<role>/<session>`, `…:user/<path>/<name>`, `…:federated-user/<name>` or `…:root`. */
function namesOf(arn: string): { userName: string; roleName: string } {
  const [kind = '', ...names] = (arn.split(':')[5] ?? '').split('/')
  const last = names.at(-1) ?? kind
  return { userName: last, roleName: kind === 'assumed-role' ? (names[0] ?? last) : last }
}

function requireAccount(accountId: string): string {
  if (/^\d{12}$/.test(accountId)) return accountId
  throw new PortholeError({
    code: 'AWS_ERROR',
    message: 'AWS STS did not say which account these credentials belong to.',
    action: 'Try again.',
    retryable: true,
  })
}

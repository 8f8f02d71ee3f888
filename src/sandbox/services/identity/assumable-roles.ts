import type { RoleDescription } from '../../world/world-types.ts'
import type { Clock } from '../clock.ts'
import { AwsError } from '../http/aws-error.ts'
import { stableHex } from '../identifiers.ts'
import type { AccessKey, AccessKeys, Principal } from './access-keys.ts'
import { isAllowed } from './policy.ts'

/** The only code that the world's MFA devices show. */
const mfaCode = '123456'

/** STS bounds for `DurationSeconds`. */
const duration = { shortest: 900, usual: 3600, longest: 43_200 }

export interface AssumeRoleRequest {
  roleArn: string
  sessionName: string
  durationSeconds: number | undefined
  externalId?: string | undefined
  serialNumber?: string | undefined
  tokenCode?: string | undefined
}

/** The roles of the world that are not Identity Center's, and who may become them. */
export class AssumableRoles {
  readonly #roles: readonly RoleDescription[]
  readonly #accessKeys: AccessKeys
  readonly #clock: Clock

  constructor(roles: readonly RoleDescription[], accessKeys: AccessKeys, clock: Clock) {
    this.#roles = roles
    this.#accessKeys = accessKeys
    this.#clock = clock
  }

  /** @throws {AwsError} AccessDenied, ValidationError */
  assume(caller: Principal, request: AssumeRoleRequest): Required<AccessKey> {
    const role = this.#find(request.roleArn)
    const may =
      role !== undefined && isAllowed(caller.policy, { action: 'sts:AssumeRole', resource: request.roleArn })
    if (!may || (role.externalId !== undefined && role.externalId !== request.externalId)) {
      throw denied(
        `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${request.roleArn}`,
      )
    }
    if (request.serialNumber !== undefined || role.needsMfa) checkMfa(caller, request)
    return this.#issue(role, request)
  }

  /** @throws {AwsError} InvalidIdentityToken, AccessDenied */
  assumeWithWebIdentity(token: string, request: AssumeRoleRequest): Required<AccessKey> {
    const role = this.#find(request.roleArn)
    if (role?.webIdentityToken === undefined) {
      throw denied('Not authorized to perform sts:AssumeRoleWithWebIdentity')
    }
    if (role.webIdentityToken !== token) {
      throw new AwsError('InvalidIdentityToken', 'The ID Token provided is not a valid JWT', 400)
    }
    return this.#issue(role, request)
  }

  /** What a container or an instance runs as. */
  forMachine(sessionName: string): { roleArn: string; roleName: string; key: Required<AccessKey> } {
    const role = this.#roles[0]
    if (!role) throw new AwsError('NoSuchEntity', 'The world has no role for machines.', 404)
    const roleArn = arnOf(role)
    return {
      roleArn,
      roleName: role.name,
      key: this.#issue(role, { roleArn, sessionName, durationSeconds: undefined }),
    }
  }

  #find(arn: string): RoleDescription | undefined {
    return this.#roles.find((role) => arnOf(role) === arn)
  }

  #issue(role: RoleDescription, { sessionName, durationSeconds }: AssumeRoleRequest): Required<AccessKey> {
    const seconds = durationSeconds ?? duration.usual
    if (seconds < duration.shortest || seconds > duration.longest) {
      throw new AwsError('ValidationError', 'The requested DurationSeconds is out of bounds.')
    }
    return this.#accessKeys.issue(principalOf(role, sessionName), this.#clock.now(), seconds * 1000)
  }
}

function checkMfa(caller: Principal, { serialNumber, tokenCode }: AssumeRoleRequest): void {
  if (tokenCode !== undefined && !/^\d{6}$/.test(tokenCode)) {
    throw new AwsError(
      'ValidationError',
      `1 validation error detected: Value '${tokenCode}' at 'tokenCode' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\d]*`,
    )
  }
  const device = `arn:aws:iam::${caller.accountId}:mfa/${caller.userName}`
  if (serialNumber === device && tokenCode === mfaCode) return
  throw denied('MultiFactorAuthentication failed with invalid MFA one time pass code.')
}

function arnOf({ accountId, name }: RoleDescription): string {
  return `arn:aws:iam::${accountId}:role/${name}`
}

function principalOf(role: RoleDescription, sessionName: string): Principal {
  const { accountId, name, policy } = role
  const id = roleIdOf(accountId, name)
  return {
    accountId,
    arn: `arn:aws:sts::${accountId}:assumed-role/${name}/${sessionName}`,
    userId: `${id}:${sessionName}`,
    userName: sessionName,
    role: { name, arn: arnOf(role), id, permissionSet: name },
    policy,
  }
}

/** Also of roles that nobody can assume here: the same name is always the same role. */
export function roleIdOf(accountId: string, name: string): string {
  return `AROA${stableHex(`role ${accountId}/${name}`, 17).toUpperCase()}`
}

function denied(message: string): AwsError {
  return new AwsError('AccessDenied', message, 403)
}

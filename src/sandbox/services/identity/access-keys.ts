import { randomBytes } from 'node:crypto'
import type { PolicyDescription } from '../../world/world-types.ts'
import { newAccessKeyId, randomToken, stableHex } from '../identifiers.ts'

/** Who stands behind a key, with the names that AWS uses for them. */
export interface Principal {
  accountId: string
  /** `arn:aws:sts::<account>:assumed-role/<role>/<session>` or `arn:aws:iam::<account>:user/<name>`. */
  arn: string
  /** GetCallerIdentity's UserId: `AROA…:<session>` or `AIDA…`. */
  userId: string
  /** The role session name, which for Identity Center is the user's name. */
  userName: string
  /** Absent for IAM users. */
  role?: { name: string; arn: string; id: string; permissionSet: string }
  policy: PolicyDescription
}

export interface AccessKey {
  accessKeyId: string
  secretAccessKey: string
  /** Temporary keys only. */
  sessionToken?: string
  /** Epoch milliseconds; temporary keys only. */
  expiresAt?: number
  createdAt: number
  principal: Principal
}

/** Every key that the sandbox gave out, expired ones too: AWS tells expired from unknown. */
export class AccessKeys {
  readonly #keys = new Map<string, AccessKey>()

  find(accessKeyId: string): AccessKey | undefined {
    return this.#keys.get(accessKeyId)
  }

  add(key: AccessKey): AccessKey {
    this.#keys.set(key.accessKeyId, key)
    return key
  }

  /** Temporary credentials of an assumed role. */
  issue(principal: Principal, createdAt: number, lifetime: number): Required<AccessKey> {
    const key = {
      accessKeyId: newAccessKeyId('ASIA'),
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: `IQoJb3JpZ2luX2Vj${randomToken(240)}`,
      createdAt,
      expiresAt: createdAt + lifetime,
      principal,
    }
    this.#keys.set(key.accessKeyId, key)
    return key
  }
}

/** The role that Identity Center makes in an account for a permission set, assumed by one user. */
export function permissionSetPrincipal(
  accountId: string,
  permissionSet: string,
  userName: string,
  policy: PolicyDescription,
): Principal {
  const seed = `${accountId}/${permissionSet}`
  const name = `AWSReservedSSO_${permissionSet}_${stableHex(seed, 16)}`
  const id = `AROA${stableHex(`role ${seed}`, 17).toUpperCase()}`
  return {
    accountId,
    arn: `arn:aws:sts::${accountId}:assumed-role/${name}/${userName}`,
    userId: `${id}:${userName}`,
    userName,
    role: {
      name,
      id,
      permissionSet,
      arn: `arn:aws:iam::${accountId}:role/aws-reserved/sso.amazonaws.com/${name}`,
    },
    policy,
  }
}

/** An IAM user with a long-lived key, for programs that do not sign in. */
export function iamUserPrincipal(accountId: string, userName: string, policy: PolicyDescription): Principal {
  return {
    accountId,
    arn: `arn:aws:iam::${accountId}:user/${userName}`,
    userId: `AIDA${stableHex(`user ${accountId}/${userName}`, 17).toUpperCase()}`,
    userName,
    policy,
  }
}

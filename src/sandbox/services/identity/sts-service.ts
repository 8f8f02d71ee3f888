import type { Faults } from '../faults.ts'
import { AwsError } from '../http/aws-error.ts'
import type { Exchange } from '../http/exchange.ts'
import { toAwsError } from '../http/json-protocol.ts'
import {
  awsQueryEnvelope,
  queryParameters,
  respondXml,
  respondXmlError,
  type XmlMembers,
} from '../http/query-protocol.ts'
import type { VerifiedCaller } from '../signing/verify-signature.ts'
import type { AccessKey } from './access-keys.ts'
import type { AssumableRoles, AssumeRoleRequest } from './assumable-roles.ts'

const envelope = awsQueryEnvelope('https://sts.amazonaws.com/doc/2011-06-15/')

/** STS: GetCallerIdentity, which needs no permission, and becoming somebody else. */
export class StsService {
  readonly #verify: (exchange: Exchange, signingName: string) => VerifiedCaller
  readonly #faults: Faults
  readonly #roles: AssumableRoles

  constructor(parts: {
    verify: (exchange: Exchange, signingName: string) => VerifiedCaller
    faults: Faults
    roles: AssumableRoles
  }) {
    this.#verify = parts.verify
    this.#faults = parts.faults
    this.#roles = parts.roles
  }

  async answer(exchange: Exchange): Promise<void> {
    try {
      const parameters = queryParameters(exchange)
      const action = parameters.get('Action') ?? ''
      await this.#faults.delay(action)
      const result = this.#perform(action, parameters, exchange)
      this.#faults.throttle(action)
      respondXml(exchange, envelope, action, result)
    } catch (thrown) {
      respondXmlError(exchange, envelope, toAwsError(thrown))
    }
  }

  #perform(action: string, parameters: URLSearchParams, exchange: Exchange): XmlMembers {
    switch (action) {
      case 'GetCallerIdentity': {
        const { arn, userId, accountId } = this.#verify(exchange, 'sts').key.principal
        return { Arn: arn, UserId: userId, Account: accountId }
      }
      case 'AssumeRole': {
        const caller = this.#verify(exchange, 'sts').key.principal
        return assumed(this.#roles.assume(caller, roleRequest(parameters)))
      }
      case 'AssumeRoleWithWebIdentity': {
        const token = parameters.get('WebIdentityToken') ?? ''
        return assumed(this.#roles.assumeWithWebIdentity(token, roleRequest(parameters)))
      }
      default:
        throw new AwsError('InvalidAction', `Could not find operation ${action} for version 2011-06-15`)
    }
  }
}

function roleRequest(parameters: URLSearchParams): AssumeRoleRequest {
  const seconds = parameters.get('DurationSeconds')
  return {
    roleArn: parameters.get('RoleArn') ?? '',
    sessionName: parameters.get('RoleSessionName') ?? '',
    durationSeconds: seconds === null ? undefined : Number(seconds),
    externalId: parameters.get('ExternalId') ?? undefined,
    serialNumber: parameters.get('SerialNumber') ?? undefined,
    tokenCode: parameters.get('TokenCode') ?? undefined,
  }
}

function assumed({ accessKeyId, secretAccessKey, sessionToken, expiresAt, principal }: Required<AccessKey>) {
  return {
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: new Date(expiresAt).toISOString(),
    },
    AssumedRoleUser: { Arn: principal.arn, AssumedRoleId: principal.userId },
  }
}

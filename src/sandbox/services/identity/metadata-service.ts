import { AwsError } from '../http/aws-error.ts'
import type { Exchange } from '../http/exchange.ts'
import { respondJson } from '../http/rest-json.ts'
import { randomToken } from '../identifiers.ts'
import type { AssumableRoles } from './assumable-roles.ts'

/** What the container's program is given in AWS_CONTAINER_AUTHORIZATION_TOKEN. */
const containerToken = 'sandbox-container'
const credentialsPath = '/latest/meta-data/iam/security-credentials/'

/**
 * Credentials for programs that run in AWS: the HTTP service of ECS and EKS, and
 * EC2's metadata in its second version, which wants a token first.
 */
export class MetadataService {
  readonly #roles: AssumableRoles
  readonly #tokens = new Set<string>()

  constructor(roles: AssumableRoles) {
    this.#roles = roles
  }

  /** `GET /container-credentials`. */
  container(exchange: Exchange): void {
    if (exchange.headers.authorization !== containerToken) {
      throw new AwsError('Unauthorized', 'The authorization token is missing or wrong.', 401)
    }
    const { roleArn, key } = this.#roles.forMachine('container')
    respondJson(exchange, { RoleArn: roleArn, ...this.#members(key) })
  }

  /** `PUT /latest/api/token`. */
  issueToken(exchange: Exchange): void {
    const token = randomToken()
    this.#tokens.add(token)
    exchange.respond({ status: 200, contentType: 'text/plain', body: token })
  }

  /** `GET /latest/meta-data/iam/security-credentials/` and the same with the role's name. */
  instance(exchange: Exchange): void {
    const token = exchange.headers['x-aws-ec2-metadata-token']
    if (typeof token !== 'string' || !this.#tokens.has(token)) {
      throw new AwsError('Unauthorized', 'A token is needed.', 401)
    }
    const { roleName, key } = this.#roles.forMachine('instance')
    if (exchange.path === credentialsPath) {
      exchange.respond({ status: 200, contentType: 'text/plain', body: roleName })
      return
    }
    respondJson(exchange, {
      Code: 'Success',
      Type: 'AWS-HMAC',
      LastUpdated: new Date(key.createdAt).toISOString(),
      ...this.#members(key),
    })
  }

  owns(exchange: Exchange): boolean {
    return exchange.method === 'GET' && exchange.path.startsWith(credentialsPath)
  }

  #members(key: ReturnType<AssumableRoles['forMachine']>['key']) {
    return {
      AccessKeyId: key.accessKeyId,
      SecretAccessKey: key.secretAccessKey,
      Token: key.sessionToken,
      Expiration: new Date(key.expiresAt).toISOString(),
    }
  }
}

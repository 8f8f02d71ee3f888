import type { Clock } from '../clock.ts'
import type { Faults } from '../faults.ts'
import { AwsError } from '../http/aws-error.ts'
import type { Exchange } from '../http/exchange.ts'
import { type Page, pageOf, sortByKey } from '../http/paging.ts'
import { respondJson } from '../http/rest-json.ts'
import type { AccessKeys } from '../identity/access-keys.ts'
import type { Directory } from './directory.ts'
import { RateLimit } from './rate-limit.ts'
import type { Tokens } from './tokens.ts'

/** A permission set's session duration is an hour unless somebody raised it. */
const roleCredentialsLifetime = 3600_000
const pageLimits = { default: 20, maximum: 100 }
/**
 * What a client of the portal has to live with. AWS publishes a collective limit
 * of 20 calls a second (https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html);
 * five a second for roles is what clients that list a whole organisation see.
 */
const collectiveRate = { burst: 20, perSecond: 20 }
const rolesRate = { burst: 10, perSecond: 5 }

/** The SSO portal: accounts, roles, role credentials and logout for a bearer token. */
export class PortalService {
  readonly #tokens: Tokens
  readonly #directory: Directory
  readonly #accessKeys: AccessKeys
  readonly #faults: Faults
  readonly #clock: Clock
  readonly #collectiveLimit: RateLimit
  readonly #rolesLimit: RateLimit

  constructor(parts: {
    tokens: Tokens
    directory: Directory
    accessKeys: AccessKeys
    faults: Faults
    clock: Clock
  }) {
    this.#tokens = parts.tokens
    this.#directory = parts.directory
    this.#accessKeys = parts.accessKeys
    this.#faults = parts.faults
    this.#clock = parts.clock
    const now = () => parts.clock.now()
    this.#collectiveLimit = new RateLimit(collectiveRate, now)
    this.#rolesLimit = new RateLimit(rolesRate, now)
  }

  /** ListAccounts. */
  listAccounts(exchange: Exchange): void {
    const user = this.#authenticate(exchange, 'ListAccounts')
    const accounts = sortByKey(this.#directory.accountsOf(user), (account) => account.id)
    const page = this.#page(exchange, accounts, (account) => account.id, `accounts ${user}`)
    const accountList = page.items.map((account) => ({
      accountId: account.id,
      accountName: account.name,
      emailAddress: account.email,
    }))
    respondJson(exchange, { accountList, nextToken: page.nextToken })
  }

  /** ListAccountRoles. */
  listAccountRoles(exchange: Exchange): void {
    const user = this.#authenticate(exchange, 'ListAccountRoles')
    const accountId = requiredParameter(exchange, 'account_id')
    const roles = this.#directory.rolesOf(user, accountId)
    if (roles === undefined) throw forbidden()
    const sorted = sortByKey(roles, (role) => role)
    const page = this.#page(exchange, sorted, (role) => role, `roles ${user} ${accountId}`)
    const roleList = page.items.map((roleName) => ({ roleName, accountId }))
    respondJson(exchange, { roleList, nextToken: page.nextToken })
  }

  /** GetRoleCredentials. `expiration` is epoch milliseconds, unlike everywhere else at AWS. */
  getRoleCredentials(exchange: Exchange): void {
    const user = this.#authenticate(exchange, 'GetRoleCredentials')
    const accountId = requiredParameter(exchange, 'account_id')
    const roleName = requiredParameter(exchange, 'role_name')
    const principal = this.#directory.principal(user, accountId, roleName)
    if (principal === undefined) throw forbidden()
    const key = this.#accessKeys.issue(principal, this.#clock.now(), roleCredentialsLifetime)
    respondJson(exchange, {
      roleCredentials: {
        accessKeyId: key.accessKeyId,
        secretAccessKey: key.secretAccessKey,
        sessionToken: key.sessionToken,
        expiration: key.expiresAt,
      },
    })
  }

  /** Logout. Role credentials that are already out stay valid until they expire, as at AWS. */
  logout(exchange: Exchange): void {
    this.#authenticate(exchange, 'Logout')
    this.#tokens.signOut(bearerToken(exchange))
    exchange.respond({ status: 200, headers: { 'x-amzn-requestid': exchange.requestId } })
  }

  #authenticate(exchange: Exchange, operation: string): string {
    this.#throttle(operation)
    const user = this.#tokens.userOf(bearerToken(exchange))
    if (user !== undefined && !this.#faults.signIn.takeUnauthorized(operation)) {
      this.#limit(user, operation)
      return user
    }
    throw portalError('UnauthorizedException', 'Session token not found or invalid', 401)
  }

  #limit(user: string, operation: string): void {
    const granted =
      this.#collectiveLimit.take(user) && (operation !== 'ListAccountRoles' || this.#rolesLimit.take(user))
    if (!granted) throw tooManyRequests()
  }

  #throttle(operation: string): void {
    try {
      this.#faults.throttle(operation)
    } catch {
      throw tooManyRequests()
    }
  }

  #page<Item>(
    exchange: Exchange,
    sorted: Item[],
    keyOf: (item: Item) => string,
    purpose: string,
  ): Page<Item> {
    const asked = exchange.query.get('max_result')
    const size = asked === null ? pageLimits.default : Math.trunc(Number(asked)) || 0
    const largest = this.#faults.signIn.pageSize ?? pageLimits.maximum
    return pageOf(sorted, keyOf, {
      size: size > pageLimits.maximum ? size : Math.min(size, largest),
      token: exchange.query.get('next_token') ?? undefined,
      limits: pageLimits,
      purpose,
      invalidToken: () => portalError('InvalidRequestException', 'Invalid next token provided', 400),
      invalidSize: (maximum) =>
        portalError('InvalidRequestException', `max_result must be between 1 and ${maximum}`, 400),
    })
  }
}

function bearerToken(exchange: Exchange): string {
  const header = exchange.headers['x-amz-sso_bearer_token']
  return (Array.isArray(header) ? header[0] : header) ?? ''
}

function requiredParameter(exchange: Exchange, name: string): string {
  const value = exchange.query.get(name)
  if (!value) throw portalError('InvalidRequestException', `Missing required parameter: ${name}`, 400)
  return value
}

/** The portal's own name for too many calls. */
function tooManyRequests(): AwsError {
  return portalError('TooManyRequestsException', 'HTTP 429 Unknown Code', 429)
}

function forbidden(): AwsError {
  return portalError('ForbiddenException', 'No access', 403)
}

/** The body names the exception once more, in the portal's own name space. */
function portalError(name: string, message: string, status: number): AwsError {
  return new AwsError(name, message, status, {
    message,
    __type: `com.amazonaws.switchboard.portal#${name}`,
  })
}

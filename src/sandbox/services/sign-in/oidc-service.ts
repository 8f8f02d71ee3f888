import { ApiInput } from '../http/api-input.ts'
import type { Exchange } from '../http/exchange.ts'
import { respondJson } from '../http/rest-json.ts'
import { randomToken } from '../identifiers.ts'
import { grantTypes, isRegisteredRedirect, type OidcClient, type OidcClients } from './clients.ts'
import type { AuthorizationRequest, CodeGrants } from './code-grants.ts'
import type { DeviceGrants } from './device-grants.ts'
import type { Directory } from './directory.ts'
import { oidcError } from './oidc-errors.ts'
import { approvalPage, codeEntryPage, messagePage, pageHeaders } from './pages.ts'
import type { SignInFaults } from './sign-in-faults.ts'
import type { IssuedTokens, Tokens } from './tokens.ts'

/**
 * SSO OIDC: register, device authorization, token, and the two pages that a
 * person sees. Wire shapes are those of the service model of 2019-06-10;
 * `/authorize` and `/device` are not in it, because only browsers go there.
 */
export class OidcService {
  readonly #clients: OidcClients
  readonly #codes: CodeGrants
  readonly #devices: DeviceGrants
  readonly #directory: Directory
  readonly #tokens: Tokens
  /** Known once the server listens. */
  readonly #endpoint: () => string
  readonly #faults: SignInFaults
  /** Device codes by the id in the approval form: the form must not carry the code that redeems. */
  readonly #deviceRequests = new Map<string, string>()

  constructor(parts: {
    clients: OidcClients
    codes: CodeGrants
    devices: DeviceGrants
    directory: Directory
    tokens: Tokens
    endpoint: () => string
    faults: SignInFaults
  }) {
    this.#clients = parts.clients
    this.#codes = parts.codes
    this.#devices = parts.devices
    this.#directory = parts.directory
    this.#tokens = parts.tokens
    this.#endpoint = parts.endpoint
    this.#faults = parts.faults
  }

  /** RegisterClient. AWS leaves both endpoints out of the answer, and so does this. */
  register(exchange: Exchange): void {
    const input = readInput(exchange)
    const issuer = input.string('issuerUrl')
    if (issuer !== undefined && !this.#directory.isStartUrl(issuer)) {
      throw oidcError('InvalidRequestException', 'Invalid issuer URL provided')
    }
    const client = this.#clients.register(input)
    respondJson(exchange, {
      clientId: client.clientId,
      clientSecret: client.clientSecret,
      clientIdIssuedAt: Math.floor(client.issuedAt / 1000),
      clientSecretExpiresAt: Math.floor(client.expiresAt / 1000),
    })
  }

  /** StartDeviceAuthorization. */
  startDeviceAuthorization(exchange: Exchange): void {
    const input = readInput(exchange)
    const client = this.#clients.authenticate(input)
    requireGrantType(client, grantTypes.deviceCode)
    if (!this.#directory.isStartUrl(input.string('startUrl') ?? '')) {
      throw oidcError('InvalidRequestException', 'Invalid start URL provided')
    }
    const grant = this.#devices.start(client.clientId)
    const page = `${this.#endpoint()}/device`
    respondJson(exchange, {
      deviceCode: grant.deviceCode,
      userCode: grant.userCode,
      verificationUri: page,
      verificationUriComplete: `${page}?user_code=${grant.userCode}`,
      expiresIn: this.#devices.expiresIn,
      interval: grant.intervalSeconds,
    })
  }

  /** CreateToken, for the three grants. */
  createToken(exchange: Exchange): void {
    const input = readInput(exchange)
    const client = this.#clients.authenticate(input)
    respondJson(exchange, this.#redeem(client, input))
  }

  /** `GET /authorize`: shows who asks, and waits for a decision. */
  showAuthorize(exchange: Exchange): void {
    const client = this.#clients.find(exchange.query.get('client_id') ?? '')
    const redirectUri = exchange.query.get('redirect_uri') ?? ''
    // Only an address that this client registered may be sent back to; anything else stays on this page.
    if (client === undefined || !isRegisteredRedirect(client, redirectUri)) {
      const reason = client ? 'The redirect address is not registered for it.' : 'It is not registered here.'
      respondPage(exchange, messagePage('This app cannot sign in', `${reason} Start again in the app.`), 400)
      return
    }
    const state = exchange.query.get('state') ?? ''
    const problem = authorizeProblem(exchange.query, client)
    if (problem) {
      redirectBack(exchange, redirectUri, { error: problem, state })
      return
    }
    const codeChallenge = exchange.query.get('code_challenge') ?? ''
    const requestId = this.#codes.ask({ clientId: client.clientId, redirectUri, state, codeChallenge })
    respondPage(
      exchange,
      approvalPage({
        action: '/authorize',
        requestId,
        clientName: client.name,
        users: this.#directory.users,
      }),
    )
  }

  /** The person's decision on `/authorize`: back to the app with a code, or with access_denied. */
  decideAuthorize(exchange: Exchange): void {
    const form = new URLSearchParams(exchange.body.toString('utf8'))
    const request = this.#codes.takePending(form.get('request') ?? '')
    const userName = form.get('user') ?? ''
    if (request === undefined) {
      respondPage(exchange, messagePage('This request has ended', 'Start the sign-in again in the app.'), 400)
      return
    }
    const answer = this.#decisionAnswer(request, form.get('decision'), userName)
    redirectBack(exchange, request.redirectUri, { ...answer, state: this.#faults.stateFor(request.state) })
  }

  /** `GET /device`: the code to compare, or a field to enter it. */
  showDevice(exchange: Exchange): void {
    const userCode = exchange.query.get('user_code')
    if (!userCode) {
      respondPage(exchange, codeEntryPage())
      return
    }
    const grant = this.#devices.pending(userCode)
    const client = grant && this.#clients.find(grant.clientId)
    if (!grant || !client) {
      respondPage(exchange, codeEntryPage(userCode), 404)
      return
    }
    respondPage(
      exchange,
      approvalPage({
        action: '/device',
        requestId: this.#deviceRequestId(grant.deviceCode),
        clientName: client.name,
        users: this.#directory.users,
        userCode: grant.userCode,
      }),
    )
  }

  decideDevice(exchange: Exchange): void {
    const form = new URLSearchParams(exchange.body.toString('utf8'))
    const grant = this.#takeDeviceRequest(form.get('request') ?? '')
    const userName = form.get('user') ?? ''
    if (!grant) {
      respondPage(exchange, messagePage('This request has ended', 'Start the sign-in again in the app.'), 400)
      return
    }
    const allowed = form.get('decision') === 'allow' && this.#directory.hasUser(userName)
    grant.decision = allowed ? { allowed, userName } : { allowed: false }
    respondPage(
      exchange,
      allowed
        ? messagePage('Access allowed', 'You can close this page and go back to the app.')
        : messagePage('Access denied', 'The app got no access. You can close this page.'),
    )
  }

  #deviceRequestId(deviceCode: string): string {
    const id = randomToken()
    this.#deviceRequests.set(id, deviceCode)
    return id
  }

  #takeDeviceRequest(id: string) {
    const deviceCode = this.#deviceRequests.get(id)
    this.#deviceRequests.delete(id)
    return deviceCode === undefined ? undefined : this.#devices.pendingByDeviceCode(deviceCode)
  }

  #decisionAnswer(
    request: AuthorizationRequest,
    decision: string | null,
    userName: string,
  ): Record<string, string> {
    if (decision !== 'allow' || !this.#directory.hasUser(userName)) return { error: 'access_denied' }
    return { code: this.#codes.issue(request, userName) }
  }

  #redeem(client: OidcClient, input: ApiInput): IssuedTokens {
    const grantType = input.string('grantType') ?? ''
    const refreshable = client.scopes.length > 0
    this.#faults.refuse(grantType)
    if (grantType === grantTypes.refreshToken) {
      const tokens = this.#tokens.refresh(input.string('refreshToken') ?? '', client.clientId)
      if (!tokens) throw oidcError('InvalidGrantException', 'Invalid refresh token provided')
      return tokens
    }
    if (grantType !== grantTypes.deviceCode && grantType !== grantTypes.authorizationCode) {
      throw oidcError('UnsupportedGrantTypeException', 'Grant type is not supported')
    }
    requireGrantType(client, grantType)
    return this.#tokens.signIn(this.#redeemGrant(client, grantType, input), client.clientId, refreshable)
  }

  #redeemGrant(client: OidcClient, grantType: string, input: ApiInput): string {
    if (grantType === grantTypes.deviceCode) {
      return this.#devices.redeem(input.string('deviceCode') ?? '', client.clientId)
    }
    return this.#codes.redeem(
      input.string('code') ?? '',
      client.clientId,
      input.string('redirectUri') ?? '',
      input.string('codeVerifier') ?? '',
    )
  }
}

function readInput(exchange: Exchange): ApiInput {
  try {
    return ApiInput.parse(exchange.body.toString('utf8'))
  } catch {
    throw oidcError('InvalidRequestException', 'Invalid request')
  }
}

function requireGrantType(client: OidcClient, grantType: string): void {
  if (client.grantTypes.includes(grantType)) return
  throw oidcError('UnauthorizedClientException', `The client is not registered for grant type ${grantType}`)
}

/** The `error` that goes back to the app when its request to `/authorize` is not one we can ask about. */
function authorizeProblem(query: URLSearchParams, client: OidcClient): string | undefined {
  if (query.get('response_type') !== 'code') return 'unsupported_response_type'
  if (!client.grantTypes.includes(grantTypes.authorizationCode)) return 'unauthorized_client'
  if (query.get('code_challenge_method') !== 'S256' || !query.get('code_challenge')) return 'invalid_request'
  // The CLI sends `scopes`, aws-sso-cli `scope`; both may only name what was registered.
  const scopes = (query.get('scopes') ?? query.get('scope') ?? '').split(' ').filter(Boolean)
  if (scopes.some((scope) => !client.scopes.includes(scope))) return 'invalid_scope'
  return undefined
}

function redirectBack(exchange: Exchange, redirectUri: string, parameters: Record<string, string>): void {
  const url = new URL(redirectUri)
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  exchange.respond({ status: 302, headers: { ...pageHeaders, location: url.href } })
}

function respondPage(exchange: Exchange, html: string, status = 200): void {
  exchange.respond({ status, contentType: 'text/html; charset=utf-8', headers: pageHeaders, body: html })
}

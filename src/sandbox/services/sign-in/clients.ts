import { isIP } from 'node:net'
import type { Clock } from '../clock.ts'
import type { ApiInput } from '../http/api-input.ts'
import { randomToken } from '../identifiers.ts'
import { oidcError } from './oidc-errors.ts'

/** Registrations live for about 90 days at AWS. */
const registrationLifetime = 90 * 24 * 3600_000

export const grantTypes = {
  authorizationCode: 'authorization_code',
  deviceCode: 'urn:ietf:params:oauth:grant-type:device_code',
  refreshToken: 'refresh_token',
} as const

export interface OidcClient {
  clientId: string
  clientSecret: string
  /** Untrusted: whoever registers chooses it. */
  name: string
  scopes: string[]
  grantTypes: string[]
  redirectUris: string[]
  issuedAt: number
  expiresAt: number
}

/** RegisterClient, and the check of a client's secret. */
export class OidcClients {
  readonly #clients = new Map<string, OidcClient>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @throws {AwsError} InvalidRequestException, InvalidClientMetadataException, InvalidRedirectUriException */
  register(input: ApiInput): OidcClient {
    const name = input.string('clientName')
    if (!name) throw oidcError('InvalidRequestException', 'clientName is required')
    if (input.string('clientType') !== 'public') {
      throw oidcError('InvalidClientMetadataException', 'Only client type public is supported')
    }
    const redirectUris = input.strings('redirectUris')
    for (const uri of redirectUris) checkRedirectUri(uri)
    const now = this.#clock.now()
    const client = {
      clientId: randomToken(16),
      clientSecret: randomToken(48),
      name,
      scopes: input.strings('scopes'),
      grantTypes: readGrantTypes(input),
      redirectUris,
      issuedAt: now,
      expiresAt: now + registrationLifetime,
    }
    this.#clients.set(client.clientId, client)
    return client
  }

  /** Undefined when unknown or expired. */
  find(clientId: string): OidcClient | undefined {
    const client = this.#clients.get(clientId)
    return client && client.expiresAt > this.#clock.now() ? client : undefined
  }

  /** @throws {AwsError} InvalidClientException */
  authenticate(input: ApiInput): OidcClient {
    const client = this.find(input.string('clientId') ?? '')
    if (client === undefined || client.clientSecret !== input.string('clientSecret')) {
      throw oidcError('InvalidClientException', 'Invalid client provided')
    }
    return client
  }
}

/** Whether a redirect goes to this computer and to a registered address; the port is free (RFC 8252, 7.3). */
export function isRegisteredRedirect(client: OidcClient, redirectUri: string): boolean {
  const wanted = parseUrl(redirectUri)
  if (wanted === undefined || !isLoopback(wanted.hostname) || wanted.protocol !== 'http:') return false
  return client.redirectUris.some((uri) => {
    const registered = parseUrl(uri)
    return registered?.hostname === wanted.hostname && registered.pathname === wanted.pathname
  })
}

export function isLoopback(hostname: string): boolean {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1')
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'))
}

function readGrantTypes(input: ApiInput): string[] {
  const known: string[] = Object.values(grantTypes)
  const asked = input.strings('grantTypes')
  const unknown = asked.find((each) => !known.includes(each))
  if (unknown !== undefined) {
    throw oidcError('InvalidClientMetadataException', `Grant type ${unknown} is not supported`)
  }
  // The AWS CLI registers for the device flow without naming any.
  return asked.length > 0 ? asked : [grantTypes.deviceCode, grantTypes.refreshToken]
}

function checkRedirectUri(uri: string): void {
  const url = parseUrl(uri)
  if (url?.protocol !== 'http:' || !isLoopback(url.hostname)) {
    throw oidcError('InvalidRedirectUriException', 'Redirect URI must be a loopback address')
  }
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}

import type { SSOOIDC } from '@aws-sdk/client-sso-oidc'
import { PortholeError } from '../../contract/errors.ts'
import { toAwsError } from '../aws/aws-errors.ts'
import type { AwsConnection } from '../aws/connection.ts'
import { createRegionalClients } from '../aws/regional-clients.ts'
import type { Clock } from '../clock.ts'
import type { BrowserFlow } from './flow.ts'
import type { SsoSession } from './sso-session.ts'

/**
 * The OAuth calls of IAM Identity Center. API calls go through the SDK; what
 * follows from them (flow, cache, refresh) is ours.
 *
 * Every call throws an `OAuthRefusal` for an answer of the protocol and a
 * `PortholeError` for everything else.
 */
export interface OidcClient extends Disposable {
  register(session: SsoSession, flow: BrowserFlow): Promise<Registration>
  startDeviceAuthorization(session: SsoSession, registration: Registration): Promise<DeviceAuthorization>
  createToken(region: string, registration: ClientKeys, grant: Grant): Promise<GrantedToken>
}

export interface ClientKeys {
  clientId: string
  clientSecret: string
}

export interface Registration extends ClientKeys {
  /** Epoch milliseconds, about 90 days ahead. */
  expiresAt: number
}

export interface DeviceAuthorization {
  deviceCode: string
  userCode: string
  verificationUri: string
  /** With the code filled in. */
  verificationUriComplete: string
  expiresInSeconds: number
  intervalSeconds: number
}

export type Grant =
  | { grantType: 'authorization_code'; code: string; codeVerifier: string; redirectUri: string }
  | { grantType: 'urn:ietf:params:oauth:grant-type:device_code'; deviceCode: string }
  | { grantType: 'refresh_token'; refreshToken: string }

export interface GrantedToken {
  accessToken: string
  expiresInSeconds: number
  /** May be left out on a refresh: the old one then stays valid. */
  refreshToken?: string
}

/** An `error` of RFC 6749 or RFC 8628, e.g. `slow_down`. */
export class OAuthRefusal extends Error {
  readonly error: string

  constructor(error: string, description: string | undefined, options?: ErrorOptions) {
    super(description ?? error, options)
    this.name = 'OAuthRefusal'
    this.error = error
  }
}

/** Shown by Identity Center on the page that asks for consent. */
const shownClientName = 'Porthole'

/** Registered without a port: any port is then accepted, as RFC 8252 asks of loopback redirects. */
const registeredRedirectUri = 'http://127.0.0.1/oauth/callback'

const grantTypes: Record<BrowserFlow, string[]> = {
  pkce: ['authorization_code', 'refresh_token'],
  'device-code': ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
}

/** Longer than any session or registration of Identity Center (90 days); keeps a bad answer within dates. */
const longestSeconds = 400 * 24 * 3600

/** RFC 8628, section 3.2: the interval when the server names none. */
const defaultIntervalSeconds = 5
const defaultDeviceCodeSeconds = 600

export function createOidcClient(connection: AwsConnection, clock: Pick<Clock, 'now'>): OidcClient {
  const clients = createRegionalClients(make)

  async function make(region: string): Promise<SSOOIDC> {
    const options = await connection.clientOptions('sso-oidc', region)
    const { SSOOIDC } = await import('@aws-sdk/client-sso-oidc')
    return new SSOOIDC(options)
  }

  async function call<Answer>(region: string, action: string, use: (oidc: SSOOIDC) => Promise<Answer>) {
    try {
      return await use(await clients.get(region))
    } catch (error) {
      throw refusalOf(error) ?? toAwsError(error, { action: `sso-oauth:${action}`, region })
    }
  }

  return {
    async register(session, flow) {
      const answer = await call(session.region, 'RegisterClient', (oidc) =>
        oidc.registerClient({
          clientName: shownClientName,
          clientType: 'public',
          scopes: session.scopes,
          grantTypes: grantTypes[flow],
          ...(flow === 'pkce' ? { redirectUris: [registeredRedirectUri], issuerUrl: session.startUrl } : {}),
        }),
      )
      return {
        clientId: required(answer.clientId, 'clientId'),
        clientSecret: required(answer.clientSecret, 'clientSecret'),
        expiresAt: Math.min((answer.clientSecretExpiresAt ?? 0) * 1000, clock.now() + longestSeconds * 1000),
      }
    },

    async startDeviceAuthorization(session, { clientId, clientSecret }) {
      const answer = await call(session.region, 'StartDeviceAuthorization', (oidc) =>
        oidc.startDeviceAuthorization({ clientId, clientSecret, startUrl: session.startUrl }),
      )
      const verificationUri = required(answer.verificationUri, 'verificationUri')
      return {
        deviceCode: required(answer.deviceCode, 'deviceCode'),
        userCode: required(answer.userCode, 'userCode'),
        verificationUri,
        verificationUriComplete: answer.verificationUriComplete ?? verificationUri,
        expiresInSeconds: Math.min(answer.expiresIn ?? defaultDeviceCodeSeconds, longestSeconds),
        intervalSeconds: answer.interval || defaultIntervalSeconds,
      }
    },

    async createToken(region, { clientId, clientSecret }, grant) {
      const answer = await call(region, 'CreateToken', (oidc) =>
        oidc.createToken({ clientId, clientSecret, ...grant }),
      )
      return {
        accessToken: required(answer.accessToken, 'accessToken'),
        expiresInSeconds: Math.min(answer.expiresIn ?? 0, longestSeconds),
        ...(answer.refreshToken ? { refreshToken: answer.refreshToken } : {}),
      }
    },

    [Symbol.dispose]: () => clients[Symbol.dispose](),
  }
}

/** The modelled exceptions carry the protocol's own `error`; SDK retries never apply to them. */
function refusalOf(thrown: unknown): OAuthRefusal | undefined {
  if (!(thrown instanceof Error) || !('error' in thrown) || typeof thrown.error !== 'string') return undefined
  // A server that is down answers like this too, and that is not a refusal.
  if (thrown.error === 'server_error') return undefined
  const description = 'error_description' in thrown ? thrown.error_description : undefined
  return new OAuthRefusal(thrown.error, typeof description === 'string' ? description : undefined, {
    cause: thrown,
  })
}

function required(value: string | undefined, field: string): string {
  if (value) return value
  throw new PortholeError({
    code: 'SIGN_IN_FAILED',
    message: `IAM Identity Center answered without "${field}".`,
    action: 'Check the start URL and its Region, then try again.',
  })
}

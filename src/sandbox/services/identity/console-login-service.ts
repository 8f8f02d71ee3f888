import { createPublicKey, generateKeyPairSync, type JsonWebKey, verify } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { ApiInput } from '../http/api-input.ts'
import { AwsError } from '../http/aws-error.ts'
import type { Exchange } from '../http/exchange.ts'
import { respondJson } from '../http/rest-json.ts'
import { randomToken } from '../identifiers.ts'
import type { AssumableRoles } from './assumable-roles.ts'

/** Credentials of a console login live for 15 minutes at most. */
const lifetimeSeconds = 900
/** How old a proof of possession may be. */
const proofLifetimeSeconds = 300

interface Login {
  /** Public key that every proof must be made with. */
  key: JsonWebKey
}

/** The token call behind `aws login`, and a way for tests to have logged in. */
export class ConsoleLoginService {
  readonly #roles: AssumableRoles
  readonly #clock: Clock
  readonly #endpoint: () => string
  readonly #refreshTokens = new Map<string, Login>()

  constructor(parts: { roles: AssumableRoles; clock: Clock; endpoint: () => string }) {
    this.#roles = parts.roles
    this.#clock = parts.clock
    this.#endpoint = parts.endpoint
  }

  /** `POST /_sandbox/console-login`: the cache file as the CLI leaves it, with credentials that have ended. */
  logIn(exchange: Exchange): void {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const refreshToken = this.#remember({ key: publicKey.export({ format: 'jwk' }) })
    const { accessKeyId, secretAccessKey, sessionToken } = this.#roles.forMachine('console').key
    respondJson(exchange, {
      accessToken: {
        accessKeyId,
        secretAccessKey,
        sessionToken,
        accountId: '111122223333',
        expiresAt: new Date(this.#clock.now() - 1000).toISOString(),
      },
      tokenType: 'aws_sigv4',
      clientId: 'arn:aws:signin:::devtools/same-device',
      refreshToken,
      idToken: 'header.claims.signature',
      dpopKey: privateKey.export({ type: 'sec1', format: 'pem' }),
    })
  }

  /** `POST /v1/token` with a refresh token, which is used up by it. */
  createToken(exchange: Exchange): void {
    const input = ApiInput.parse(exchange.body.toString('utf8'))
    const refreshToken = input.string('refreshToken') ?? ''
    const login = this.#refreshTokens.get(refreshToken)
    if (input.string('grantType') !== 'refresh_token') throw refused('INVALID_REQUEST')
    if (!login) throw refused('TOKEN_EXPIRED')
    this.#checkProof(exchange.headers.dpop, login)
    this.#refreshTokens.delete(refreshToken)
    const { accessKeyId, secretAccessKey, sessionToken } = this.#roles.forMachine('console').key
    respondJson(exchange, {
      accessToken: { accessKeyId, secretAccessKey, sessionToken },
      tokenType: 'aws_sigv4',
      expiresIn: lifetimeSeconds,
      refreshToken: this.#remember(login),
    })
  }

  #remember(login: Login): string {
    const token = randomToken(48)
    this.#refreshTokens.set(token, login)
    return token
  }

  /** RFC 9449, section 4.3, as far as one key and one address go. */
  #checkProof(header: string | string[] | undefined, { key }: Login): void {
    const [head = '', claims = '', signature = ''] = String(header ?? '').split('.')
    const { alg, typ, jwk } = decode(head)
    const { htm, htu, iat } = decode(claims)
    const isOurs = jwk !== null && typeof jwk === 'object' && 'x' in jwk && jwk.x === key.x
    const age = this.#clock.now() / 1000 - Number(iat)
    const isGood =
      alg === 'ES256' &&
      typ === 'dpop+jwt' &&
      isOurs &&
      htm === 'POST' &&
      htu === `${this.#endpoint()}/v1/token` &&
      Math.abs(age) < proofLifetimeSeconds &&
      verify(
        'sha256',
        Buffer.from(`${head}.${claims}`),
        { key: createPublicKey({ key, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      )
    if (!isGood) throw refused('INVALID_DPOP')
  }
}

function decode(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
  } catch {
    return {}
  }
}

function refused(error: string): AwsError {
  return new AwsError('AccessDeniedException', 'Refused', 400, { error, message: 'Refused' })
}

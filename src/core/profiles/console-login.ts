import { createHash, createPrivateKey, createPublicKey, randomUUID, sign } from 'node:crypto'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { HttpRequest } from '@smithy/core/protocols'
import { z } from 'zod'
import { PortholeError } from '../../contract/errors.ts'
import { toAwsError } from '../aws/aws-errors.ts'
import type { AwsConnection } from '../aws/connection.ts'
import type { RoleCredentials } from '../aws/credentials.ts'
import type { Clock } from '../clock.ts'
import { isMissingFile } from '../files/error-code.ts'
import { withFileLock } from '../files/file-lock.ts'
import { readSmallFile } from '../files/read-small-file.ts'
import { writeAtomically } from '../files/write-atomically.ts'

/** Credentials of `aws login`, from the CLI's cache and refreshed there. */
export interface ConsoleLogins {
  /** @throws {PortholeError} SSO_NOT_SIGNED_IN, SSO_EXPIRED, TOKEN_CACHE_UNREADABLE, NETWORK, ... */
  credentials(login: { session: string; profile: string; region: string }): Promise<RoleCredentials>
}

/** They live for 15 minutes at most; the SDK refreshes at the same mark. */
const refreshMarginMilliseconds = 5 * 60_000
const longestLifetimeSeconds = 900

const cacheSchema = z.looseObject({
  accessToken: z.looseObject({
    accessKeyId: z.string().min(1),
    secretAccessKey: z.string().min(1),
    sessionToken: z.string().min(1),
    expiresAt: z.string().transform((time) => Date.parse(time.replace(/\s*UTC$/, 'Z'))),
  }),
  clientId: z.string().min(1),
  refreshToken: z.string().min(1),
  /** SEC1 PEM of a P-256 key. */
  dpopKey: z.string().min(1),
  signInRegion: z.string().optional(),
})
type LoginCache = z.output<typeof cacheSchema>

/** Wire shape of `CreateOAuth2Token` (service "Signin", 2023-01-01). */
const answerSchema = z.looseObject({
  accessToken: z.looseObject({
    accessKeyId: z.string().min(1),
    secretAccessKey: z.string().min(1),
    sessionToken: z.string().min(1),
  }),
  expiresIn: z.number().int().positive().max(longestLifetimeSeconds).optional(),
  refreshToken: z.string().min(1),
})

/** The CLI's name of the cache file. */
export function loginFileName(session: string): string {
  return `${createHash('sha256').update(session, 'utf8').digest('hex')}.json`
}

/**
 * Not the SDK's provider: that one writes the file in place and without a lock, so
 * that two who refresh at once lose the session, and it looks for files and
 * endpoints by itself.
 */
export function createConsoleLogins({
  folder,
  connection,
  clock,
}: {
  folder: string
  connection: AwsConnection
  clock: Clock
}): ConsoleLogins {
  /** By file: what could not be written to it, and the refresh token that was used up for it. */
  const unsaved = new Map<string, { cache: LoginCache; used: string }>()

  async function readLatest(file: string, profile: string): Promise<LoginCache> {
    const cache = await readCache(file, profile)
    const ours = unsaved.get(file)
    return ours?.used === cache.refreshToken ? ours.cache : cache
  }

  const isFresh = ({ accessToken }: LoginCache) =>
    accessToken.expiresAt - clock.now() > refreshMarginMilliseconds

  async function refresh(file: string, login: { profile: string; region: string }): Promise<LoginCache> {
    // Whoever had the lock before us has most likely done it.
    const cache = await readLatest(file, login.profile)
    if (isFresh(cache)) return cache
    const answer = await createToken(connection, clock, cache, login)
    const expiresAt = clock.now() + (answer.expiresIn ?? longestLifetimeSeconds) * 1000
    const accessToken = { ...cache.accessToken, ...answer.accessToken, expiresAt }
    const next = { ...cache, accessToken, refreshToken: answer.refreshToken }
    const written = { ...next, accessToken: { ...accessToken, expiresAt: new Date(expiresAt).toISOString() } }
    // In memory it still serves; the file keeps what the CLI last wrote.
    const used = unsaved.get(file)?.used ?? cache.refreshToken
    await writeAtomically(file, JSON.stringify(written, null, 2)).then(
      () => unsaved.delete(file),
      () => unsaved.set(file, { cache: next, used }),
    )
    return next
  }

  return {
    async credentials(login) {
      const file = join(folder, loginFileName(login.session))
      const cache = await readLatest(file, login.profile)
      const { accessToken } = isFresh(cache)
        ? cache
        : await withFileLock(file, clock, () => refresh(file, login))
      const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = accessToken
      return { accessKeyId, secretAccessKey, sessionToken, expiresAt }
    },
  }
}

async function readCache(file: string, profile: string): Promise<LoginCache> {
  let content: unknown
  try {
    content = JSON.parse(await readSmallFile(file))
  } catch (error) {
    if (isMissingFile(error)) throw notLoggedIn(profile)
  }
  const parsed = cacheSchema.safeParse(content)
  if (parsed.success) return parsed.data
  throw new PortholeError({
    code: 'TOKEN_CACHE_UNREADABLE',
    message: `The login kept in ${file} cannot be read.`,
    action: `Run "aws login --profile ${profile}": that replaces the file.`,
  })
}

async function createToken(
  connection: AwsConnection,
  clock: Clock,
  cache: LoginCache,
  { profile, region }: { profile: string; region: string },
): Promise<z.output<typeof answerSchema>> {
  const { endpoint, requestHandler } = await connection.clientOptions('signin', cache.signInRegion ?? region)
  const url = new URL('/v1/token', endpoint)
  const body = JSON.stringify({
    clientId: cache.clientId,
    grantType: 'refresh_token',
    refreshToken: cache.refreshToken,
  })
  const request = new HttpRequest({
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port ? { port: Number(url.port) } : {}),
    path: url.pathname,
    headers: {
      host: url.host,
      'content-type': 'application/json',
      dpop: proofOfPossession(cache.dpopKey, url, clock.now()),
    },
    body,
  })
  const { status, answer } = await send(requestHandler, request)
  if (status !== 200) throw refused(profile, status, answer)
  return answerSchema.parse(answer)
}

async function send(
  handler: { handle(request: HttpRequest): Promise<{ response: { statusCode: number; body?: unknown } }> },
  request: HttpRequest,
): Promise<{ status: number; answer: unknown }> {
  try {
    const { response } = await handler.handle(request)
    const body = await text(response.body as NodeJS.ReadableStream)
    return { status: response.statusCode, answer: JSON.parse(body) }
  } catch (error) {
    throw toAwsError(error, { action: 'signin:CreateOAuth2Token' })
  }
}

/** RFC 9449: a JWT that shows that we hold the key the tokens are bound to. */
function proofOfPossession(privateKeyPem: string, url: URL, now: number): string {
  const privateKey = createPrivateKey(privateKeyPem)
  const { kty, crv, x, y } = createPublicKey(privateKey).export({ format: 'jwk' })
  const header = { alg: 'ES256', typ: 'dpop+jwt', jwk: { kty, crv, x, y } }
  const claims = { jti: randomUUID(), htm: 'POST', htu: url.href, iat: Math.floor(now / 1000) }
  const signed = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `${signed}.${signature.toString('base64url')}`
}

const reasons: Record<string, string> = {
  TOKEN_EXPIRED: 'has ended',
  USER_CREDENTIALS_CHANGED: 'ended because the password was changed',
  INSUFFICIENT_PERMISSIONS: 'may not be renewed: the permission signin:CreateOAuth2Token is missing',
}

const refusalSchema = z.looseObject({ error: z.string().optional() })

function refused(profile: string, status: number, answer: unknown): PortholeError {
  const error = refusalSchema.safeParse(answer).data?.error ?? ''
  const passing = status === 429 || status >= 500
  return new PortholeError({
    code: passing ? 'AWS_ERROR' : 'SSO_EXPIRED',
    message: passing
      ? `AWS sign-in had a problem of its own with profile "${profile}".`
      : `The login of profile "${profile}" ${reasons[error] ?? 'was not renewed'}.`,
    ...(error ? { detail: error } : {}),
    action: passing ? 'Try again in a moment.' : `Run "aws login --profile ${profile}".`,
    retryable: passing,
  })
}

function notLoggedIn(profile: string): PortholeError {
  return new PortholeError({
    code: 'SSO_NOT_SIGNED_IN',
    message: `Nobody is logged in with profile "${profile}".`,
    action: `Run "aws login --profile ${profile}".`,
  })
}

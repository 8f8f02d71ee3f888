import { createHash } from 'node:crypto'
import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type ErrorValue, PortholeError } from '../../contract/errors.ts'
import type { Clock } from '../clock.ts'
import { isMissingFile } from '../files/error-code.ts'
import { withFileLock } from '../files/file-lock.ts'
import { readSmallFile } from '../files/read-small-file.ts'
import { writeAtomically } from '../files/write-atomically.ts'

/** An access token of IAM Identity Center and what is needed to refresh it. Times are epoch milliseconds. */
export interface SsoToken {
  startUrl: string
  region: string
  accessToken: string
  expiresAt: number
  clientId?: string
  clientSecret?: string
  registrationExpiresAt?: number
  refreshToken?: string
}

export type TokenReading =
  | { state: 'absent' }
  /** `problem`: the token is in memory only, because its file could not be written. */
  | { state: 'present'; token: SsoToken; problem?: ErrorValue }
  | { state: 'unreadable'; problem: ErrorValue }

/**
 * The token files that we share with the AWS CLI and the SDKs, one per
 * sso-session or, for profiles without one, per start URL (see `tokenKeyOf`).
 */
export interface TokenCache {
  read(tokenKey: string): Promise<TokenReading>
  /** Replaces the file as a whole; fields of other tools in it are kept. @throws {PortholeError} STORAGE_* */
  save(tokenKey: string, token: SsoToken): Promise<void>
  /** @throws {PortholeError} STORAGE_UNWRITABLE */
  remove(tokenKey: string): Promise<void>
  /** For a token of somebody else's. @throws {PortholeError} STORAGE_UNWRITABLE */
  removeFile(file: string): Promise<void>
  /** Keeps other processes of the app from refreshing or replacing this token meanwhile. */
  locked<Answer>(tokenKey: string, work: () => Promise<Answer>): Promise<Answer>
}

/** The CLI's name of a token file: the raw session name (or start URL), hashed as it is. */
export function tokenFileName(tokenKey: string): string {
  return `${createHash('sha1').update(tokenKey, 'utf8').digest('hex')}.json`
}

/**
 * Times as different writers give them: the CLI to the second, the SDK for
 * JavaScript with milliseconds, old botocore with a literal `UTC`, which V8
 * does not parse.
 */
const timeSchema = z.string().transform((text, context) => {
  const time = Date.parse(text.replace(/\s*UTC$/, 'Z'))
  if (Number.isNaN(time)) context.addIssue(`"${text}" is not a time`)
  return time
})

const tokenFileSchema = z.looseObject({
  startUrl: z.string(),
  region: z.string(),
  accessToken: z.string().min(1),
  expiresAt: timeSchema,
  clientId: z.string().optional(),
  clientSecret: z.string().optional(),
  registrationExpiresAt: timeSchema.optional(),
  refreshToken: z.string().optional(),
})

export function createTokenCache(folder: string, clock: Clock): TokenCache {
  const fileOf = (tokenKey: string) => join(folder, tokenFileName(tokenKey))

  return {
    async read(tokenKey) {
      const file = fileOf(tokenKey)
      try {
        const content = await readJson(file)
        if (content === undefined) return { state: 'absent' }
        return { state: 'present', token: pickToken(tokenFileSchema.parse(content)) }
      } catch (error) {
        return { state: 'unreadable', problem: unreadable(file, error) }
      }
    },

    async save(tokenKey, token) {
      const file = fileOf(tokenKey)
      const kept = await readForeignFields(file)
      await writeAtomically(file, JSON.stringify({ ...kept, ...toFileContent(token) }))
    },

    remove: (tokenKey) => removeFile(fileOf(tokenKey)),
    removeFile,
    locked: (tokenKey, work) => withFileLock(fileOf(tokenKey), clock, work),
  }
}

async function removeFile(file: string): Promise<void> {
  try {
    await unlink(file)
  } catch (error) {
    if (!isMissingFile(error)) throw notRemoved(file, error)
  }
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readSmallFile(file))
  } catch (error) {
    if (isMissingFile(error)) return undefined
    throw error
  }
}

const ownFields = new Set(Object.keys(tokenFileSchema.shape))

/** Nothing can be kept of a torn file; it is about to be replaced. */
async function readForeignFields(file: string): Promise<Record<string, unknown>> {
  const content = await readJson(file).catch(() => undefined)
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return {}
  return Object.fromEntries(Object.entries(content).filter(([key]) => !ownFields.has(key)))
}

function pickToken(content: z.output<typeof tokenFileSchema>): SsoToken {
  const { startUrl, region, accessToken, expiresAt } = content
  const { clientId, clientSecret, registrationExpiresAt, refreshToken } = content
  return {
    startUrl,
    region,
    accessToken,
    expiresAt,
    clientId,
    clientSecret,
    registrationExpiresAt,
    refreshToken,
  }
}

function toFileContent(token: SsoToken): Record<string, string | undefined> {
  const { expiresAt, registrationExpiresAt, ...texts } = token
  return {
    ...texts,
    expiresAt: formatTime(expiresAt),
    ...(registrationExpiresAt === undefined
      ? {}
      : { registrationExpiresAt: formatTime(registrationExpiresAt) }),
  }
}

/** To the second, as the CLI writes it: its parser takes nothing else. */
function formatTime(time: number): string {
  return new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z')
}

/** Names fields and positions only: the content of this file is secret. */
function unreadable(file: string, error: unknown): ErrorValue {
  return {
    code: 'TOKEN_CACHE_UNREADABLE',
    message: `The sign-in kept in ${file} cannot be read.`,
    detail: reasonOf(error),
    action: 'Sign in again: that replaces the file.',
    retryable: false,
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) {
    return error.issues.map(({ path, code }) => `${path.join('.') || 'content'}: ${code}`).join(', ')
  }
  // The message of a SyntaxError quotes what it found.
  if (error instanceof SyntaxError) return 'It is not complete JSON.'
  return error instanceof Error ? error.message : String(error)
}

function notRemoved(file: string, cause: unknown): PortholeError {
  return new PortholeError(
    {
      code: 'STORAGE_UNWRITABLE',
      message: `${file} could not be deleted.`,
      detail: cause instanceof Error ? cause.message : String(cause),
      action: 'Delete it by hand: it holds your access token.',
    },
    { cause },
  )
}

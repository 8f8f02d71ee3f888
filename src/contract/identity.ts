import { z } from 'zod'
import { errorValueSchema } from './errors.ts'

/** Seconds and dates cross the contract as epoch milliseconds, always. */
export const timestampSchema = z.number().int().nonnegative()

/**
 * An identity is one way to get AWS credentials. Its id is `sso:<sso-session
 * name>` today; other kinds (profiles with keys, roles, processes) get a prefix
 * of their own.
 */
export const identityIdSchema = z.string().regex(/^[a-z]+:./)

export const identitySchema = z.object({
  id: identityIdSchema,
  /** Name of the sso-session, as in the AWS config file. */
  name: z.string(),
  startUrl: z.string(),
  /** Region of IAM Identity Center, not of the workload. */
  ssoRegion: z.string(),
  state: z.enum(['signed-out', 'signed-in', 'expired']),
  /** When the access token ends; absent when signed out. */
  expiresAt: timestampSchema.optional(),
  /** Absolute path of the file that defines it; absent when typed by hand in this run. */
  definedIn: z.string().optional(),
  /** Why its state could not be read, e.g. a torn token file. */
  problem: errorValueSchema.optional(),
})
export type Identity = z.infer<typeof identitySchema>

export const environmentSchema = z.enum(['production', 'staging', 'development', 'other'])
export type Environment = z.infer<typeof environmentSchema>

export const accountSchema = z.object({
  identityId: identityIdSchema,
  accountId: z.string(),
  /** Identity Center may leave the name out. */
  name: z.string().optional(),
  email: z.string().optional(),
  environment: environmentSchema,
})
export type Account = z.infer<typeof accountSchema>

/** Where to look and as whom: every AWS call of the app is made in exactly one scope. */
export const scopeSchema = z.object({
  identityId: identityIdSchema,
  accountId: z.string(),
  roleName: z.string(),
  region: z.string(),
})
export type Scope = z.infer<typeof scopeSchema>

/** A stable key for maps and query caches. */
export function scopeKey(scope: Scope): string {
  return [scope.identityId, scope.accountId, scope.roleName, scope.region].join('|')
}

/** Who the credentials of a scope are, from STS GetCallerIdentity. */
export const callerSchema = z.object({
  arn: z.string(),
  accountId: z.string(),
  /** The role session name, which for Identity Center is the user name. */
  userName: z.string(),
  /** When the role credentials in memory end. */
  expiresAt: timestampSchema.optional(),
})
export type Caller = z.infer<typeof callerSchema>

export const signInFlowSchema = z.enum(['pkce', 'device-code'])
export type SignInFlow = z.infer<typeof signInFlowSchema>

/** A sign-in under way. `url` is opened only by a click. */
export const signInAttemptSchema = z.object({
  attemptId: z.string(),
  identityId: identityIdSchema,
  flow: signInFlowSchema,
  /** PKCE: the authorize page. Device code: the verification page with the code filled in. */
  url: z.string(),
  /** Device code only: the page without the code, short enough to type. */
  verificationUrl: z.string().optional(),
  /** Device code only. */
  userCode: z.string().optional(),
  state: z.enum(['waiting', 'signed-in', 'failed']),
  error: errorValueSchema.optional(),
  startedAt: timestampSchema,
  expiresAt: timestampSchema,
})
export type SignInAttempt = z.infer<typeof signInAttemptSchema>

import { z } from 'zod'
import { errorValueSchema } from './errors.ts'

/** Seconds and dates cross the contract as epoch milliseconds, always. */
export const timestampSchema = z.number().int().nonnegative()

/**
 * An identity is one way to get AWS credentials: `sso:<sso-session name>`,
 * `legacy:<start URL>` for profiles without a session, `profile:<name>`, or
 * `environment:variables` and the like for what the computer itself provides.
 */
export const identityIdSchema = z.string().regex(/^[a-z]+:./)

/** Where an identity's credentials come from. All but Identity Center have one account and one role. */
export const identityKindSchema = z.enum([
  'identity-center',
  'access-keys',
  'assumed-role',
  'process',
  'web-identity',
  'console-login', // `aws login`
  'environment',
  'container', // ECS or EKS, over HTTP
  'instance', // EC2 metadata
])
export type IdentityKind = z.infer<typeof identityKindSchema>

export const identitySchema = z.object({
  id: identityIdSchema,
  kind: identityKindSchema,
  /** Name of the sso-session or profile, as in the AWS config file. */
  name: z.string(),
  /** Identity Center only. */
  startUrl: z.string().optional(),
  /** Region of IAM Identity Center, not of the workload. */
  ssoRegion: z.string().optional(),
  /** Everything but Identity Center: where to look first, from the profile or the environment. */
  region: z.string().optional(),
  /** Profiles that name the start URL themselves: they can be moved to an sso-session. */
  legacyProfiles: z.array(z.string()).optional(),
  /** Somebody has to type the code of an MFA device before it can be used. */
  needsMfa: z.boolean().optional(),
  /** Everything but Identity Center is signed in when somebody chose to use it. */
  state: z.enum(['signed-out', 'signed-in', 'expired']),
  /** When the access token or the credentials end; absent when signed out and for what does not end. */
  expiresAt: timestampSchema.optional(),
  /** Absolute path of the file that defines it; absent when typed by hand in this run. */
  definedIn: z.string().optional(),
  /** Why it cannot be used, or only for now, e.g. a torn token file. */
  problem: errorValueSchema.optional(),
})
export type Identity = z.infer<typeof identitySchema>

/** All identities, and what could not be read of the files that define them. */
export const identityListSchema = z.object({
  identities: z.array(identitySchema),
  problems: z.array(errorValueSchema),
})
export type IdentityList = z.infer<typeof identityListSchema>

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

/** `profile` is for everything but Identity Center: checks the credentials, asking for an MFA code if need be. */
export const signInFlowSchema = z.enum(['pkce', 'device-code', 'profile'])
export type SignInFlow = z.infer<typeof signInFlowSchema>

/** A code that somebody has to read off their device. */
export const mfaRequestSchema = z.object({
  /** Serial number or ARN of the device, from the profile's `mfa_serial`. */
  device: z.string(),
  /** Name of the profile whose role asks for it. */
  profile: z.string(),
  /** Why the code given last was not taken. */
  problem: errorValueSchema.optional(),
})

/** A sign-in under way. `url` is opened only by a click. */
export const signInAttemptSchema = z.object({
  attemptId: z.string(),
  identityId: identityIdSchema,
  flow: signInFlowSchema,
  /** PKCE: the authorize page. Device code: the verification page with the code filled in. */
  url: z.string().optional(),
  /** Device code only: the page without the code, short enough to type. */
  verificationUrl: z.string().optional(),
  /** Device code only. */
  userCode: z.string().optional(),
  /** Profile only: waits for `signIn.giveCode`. */
  mfa: mfaRequestSchema.optional(),
  state: z.enum(['waiting', 'signed-in', 'failed']),
  error: errorValueSchema.optional(),
  startedAt: timestampSchema,
  expiresAt: timestampSchema,
})
export type SignInAttempt = z.infer<typeof signInAttemptSchema>

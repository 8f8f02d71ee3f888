import { z } from 'zod'
import { accessSchema } from '../access.ts'
import {
  callerSchema,
  identityIdSchema,
  identityListSchema,
  scopeSchema,
  signInAttemptSchema,
  signInFlowSchema,
} from '../identity.ts'

/** Who somebody is at AWS, and what that opens. */
export const identityMethods = {
  'identity.list': { params: z.object({}), result: identityListSchema },

  /** Begins a sign-in; progress comes as `signIn.changed`. */
  'signIn.start': {
    params: z.object({
      flow: signInFlowSchema,
      target: z.union([
        z.object({ identityId: identityIdSchema }),
        z.object({
          startUrl: z.string().min(1).max(2048),
          ssoRegion: z.string().min(1).max(64),
          /** Adds it to the AWS config file once the sign-in worked. */
          keep: z.boolean().optional(),
        }),
      ]),
    }),
    result: signInAttemptSchema,
  },
  'signIn.cancel': { params: z.object({ attemptId: z.string() }), result: z.object({}) },
  /** The code of an MFA device that an attempt asked for. */
  'signIn.giveCode': {
    params: z.object({ attemptId: z.string(), code: z.string().min(1).max(64) }),
    result: z.object({}),
  },
  'signIn.signOut': { params: z.object({ identityId: identityIdSchema }), result: z.object({}) },
  /** Every token in the AWS CLI's cache, also those that no identity here belongs to. */
  'signIn.signOutEverywhere': { params: z.object({}), result: z.object({}) },

  /** Writes a profile to the AWS config file, for the AWS CLI and other tools. */
  'profile.write': {
    params: z.object({
      identityId: identityIdSchema,
      accountId: z.string().regex(/^\d{12}$/),
      roleName: z.string().min(1).max(128),
      name: z.string().min(1).max(256),
      region: z.string().min(1).max(64).optional(),
      /** Without it a profile of that name that says something else is left alone. */
      replace: z.boolean().optional(),
    }),
    result: z.object({ name: z.string(), file: z.string() }),
  },
  /** Gives profiles that name a start URL themselves an sso-session, which is the identity from then on. */
  'profile.migrate': {
    params: z.object({ identityId: identityIdSchema }),
    result: z.object({ identityId: identityIdSchema, file: z.string() }),
  },

  /** What is known of an identity's accounts and roles; news come as `access.changed` and `access.roles`. */
  'access.get': { params: z.object({ identityId: identityIdSchema }), result: accessSchema },
  'access.refresh': { params: z.object({ identityId: identityIdSchema }), result: z.object({}) },
  /** Reads the roles of these accounts before all others; without a list, of all accounts. */
  'access.readRoles': {
    params: z.object({ identityId: identityIdSchema, accountIds: z.array(z.string()).optional() }),
    result: z.object({}),
  },

  'accounts.caller': { params: z.object({ scope: scopeSchema }), result: callerSchema },
} as const

import { z } from 'zod'
import { errorValueSchema } from './errors.ts'
import { accountSchema, identityIdSchema, timestampSchema } from './identity.ts'

const progressSchema = z.object({ done: z.number().int(), total: z.number().int() })

/** The part of what an identity may choose from that grows while roles are read: news since the last one. */
export const accessRolesSchema = z.object({
  identityId: identityIdSchema,
  /** Role names by account id. */
  roles: z.record(z.string(), z.array(z.string())),
  /** Why the roles of an account could not be read, by account id. */
  roleProblems: z.record(z.string(), errorValueSchema),
  /** Accounts whose roles are being read, done ones included; absent when nothing is read. */
  reading: progressSchema.optional(),
})
export type AccessRoles = z.infer<typeof accessRolesSchema>

/** What an identity may choose from, as far as it is known: from this run, or kept from an earlier one. */
export const accessSchema = accessRolesSchema.extend({
  /** By name. */
  accounts: z.array(accountSchema),
  /** When AWS gave the list of accounts; absent before the first time. */
  readAt: timestampSchema.optional(),
  /** The list of accounts is being read. */
  listing: z.boolean(),
  /** Why the last reading of it failed. */
  problem: errorValueSchema.optional(),
})
export type Access = z.infer<typeof accessSchema>

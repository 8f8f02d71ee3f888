import { z } from 'zod'
import { scopeSchema } from './identity.ts'

/** How long recordings are kept. Events are kept for ever: without them nothing could be proven. */
export const retentionSettingsSchema = z.object({
  /** Since the recording ended; for ever when absent. */
  days: z.number().int().min(1).max(3650).optional(),
  /** Of all recordings together, as stored; without a limit when absent. */
  megabytes: z.number().int().min(10).max(10_000_000).optional(),
})
export type RetentionSettings = z.infer<typeof retentionSettingsSchema>

/** What is never shredded, whatever the age: one session's recording, or those of a whole task. */
export const holdTargetSchema = z.union([
  z.object({ sessionId: z.uuid() }),
  z.object({
    taskArn: z.string().min(1).max(2048),
    /** As whom somebody is there, so that the record names them as AWS does. */
    scope: scopeSchema.optional(),
  }),
])
export type HoldTarget = z.infer<typeof holdTargetSchema>

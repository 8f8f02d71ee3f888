import { z } from 'zod'
import { timestampSchema } from './identity.ts'

/** This computer's clock beside AWS's. */
export const clockStateSchema = z.object({
  /** Off by a minute or more: signatures will be refused soon, or are already. */
  wrong: z.boolean(),
  /** AWS's time minus ours; absent until AWS has answered once. */
  differenceMilliseconds: z.number().int().optional(),
  measuredAt: timestampSchema.optional(),
})
export type ClockState = z.infer<typeof clockStateSchema>

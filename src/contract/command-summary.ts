import { z } from 'zod'
import { recordedCommandSchema } from './command-marker.ts'

/** Sessions asked about at once: as many as a list draws at first. */
export const mostSummaries = 100

/** What a list says of the commands of one session. */
export const commandSummarySchema = z.object({
  /** The first few, in order. */
  first: z.array(recordedCommandSchema.pick({ startedAt: true, text: true, exitCode: true })),
  count: z.number().int().nonnegative(),
  /** With an exit code other than 0. */
  failed: z.number().int().nonnegative(),
})
export type CommandSummary = z.infer<typeof commandSummarySchema>

export const commandSummariesSchema = z.object({
  /** By session id; a session without a command that is known has none. */
  summaries: z.record(z.uuid(), commandSummarySchema),
  /** How many of the sessions are not read yet. */
  waiting: z.number().int().nonnegative(),
})
export type CommandSummaries = z.infer<typeof commandSummariesSchema>

import { z } from 'zod'
import { errorValueSchema } from './errors.ts'
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

export const diagnosticToneSchema = z.enum(['good', 'warn', 'bad'])

/** One fact. All text is free of secrets already. */
export const diagnosticRowSchema = z.object({
  label: z.string(),
  value: z.string(),
  /** Why it is so, or where it was set. */
  note: z.string().optional(),
  /** Only where a person should look. */
  tone: diagnosticToneSchema.optional(),
})
export type DiagnosticRow = z.infer<typeof diagnosticRowSchema>

export const diagnosticSectionSchema = z.object({
  title: z.string(),
  rows: z.array(diagnosticRowSchema),
  /** Why this part could not be looked at; the others are complete. */
  problem: errorValueSchema.optional(),
})
export type DiagnosticSection = z.infer<typeof diagnosticSectionSchema>

/** How Porthole is set up here and what it found, for whoever wonders why something does not work. */
export const diagnosticsSchema = z.object({
  at: timestampSchema,
  sections: z.array(diagnosticSectionSchema),
  /** The same as text, to be copied. */
  text: z.string(),
})
export type Diagnostics = z.infer<typeof diagnosticsSchema>

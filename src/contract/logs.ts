import { z } from 'zod'
import { errorValueSchema } from './errors.ts'
import { scopeSchema, timestampSchema } from './identity.ts'

/** A task whose logs are read, as far as AWS has to know it. */
export const logTaskSchema = z.object({
  scope: scopeSchema,
  clusterArn: z.string(),
  taskArn: z.string(),
  taskId: z.string(),
  /** Known for tasks that the catalog shows; asked of ECS when absent. */
  taskDefinitionArn: z.string().optional(),
})
export type LogTask = z.infer<typeof logTaskSchema>

/** Where a container's lines are, or why they cannot be shown. */
export const logSourceSchema = z.object({
  container: z.string(),
  /** As in the task definition, e.g. `awslogs`; absent when it has no log configuration. */
  driver: z.string().optional(),
  group: z.string().optional(),
  stream: z.string().optional(),
  region: z.string().optional(),
  problem: errorValueSchema.optional(),
})
export type LogSource = z.infer<typeof logSourceSchema>

export const logLineSchema = z.object({
  /** Position in the view's list of sources. */
  source: z.number().int().nonnegative(),
  at: timestampSchema,
  /** Untrusted. Cut when it is longer than a page can show; `length` then tells how long it is. */
  text: z.string(),
  /** Characters of the whole line, when `text` is not all of it. */
  length: z.number().int().positive().optional(),
})
export type LogLine = z.infer<typeof logLineSchema>

/** One answer to a reader: some lines, oldest first, and what stands in the way of others. */
export const logBatchSchema = z.object({
  lines: z.array(logLineSchema),
  /** By position in the list of sources: why nothing can be read there now. */
  problems: z.array(z.object({ source: z.number().int().nonnegative(), error: errorValueSchema })),
  /** `older` only: the beginning of the range is reached. */
  complete: z.boolean(),
  /** When CloudWatch Logs was asked last. */
  askedAt: timestampSchema,
})
export type LogBatch = z.infer<typeof logBatchSchema>

/** Times in epoch milliseconds. Without `to` the view goes on to the present. */
export const logRangeSchema = z.object({ from: timestampSchema, to: timestampSchema.optional() })
export type LogRange = z.infer<typeof logRangeSchema>

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

/** A range that is over: what is written later is not asked for. */
export const endedLogRangeSchema = z
  .object({ from: timestampSchema, to: timestampSchema })
  .refine(({ from, to }) => from < to, 'The range ends before it begins.')
export type EndedLogRange = z.infer<typeof endedLogRangeSchema>

/** A stretch of time in which containers wrote more error lines than they usually do. */
export const logSpikeSchema = z.object({
  from: timestampSchema,
  to: timestampSchema,
  /** The beginning of the minute that has most of them. */
  peak: timestampSchema,
  errors: z.number().int().positive(),
  /** Who wrote them, the most first. */
  containers: z.array(
    z.object({
      source: z.number().int().nonnegative(),
      errors: z.number().int().positive(),
      /** Error lines that this container usually has in the time of one bucket. */
      usual: z.number().int().nonnegative(),
    }),
  ),
})
export type LogSpike = z.infer<typeof logSpikeSchema>

/** What a search for spikes knows by now. Sources are positions in the list that came with the search. */
export const logSpikesSchema = z.object({
  bucketMilliseconds: z.number().int().positive(),
  /** Error lines of all containers together, oldest first; parts of the time without any are left out. */
  buckets: z.array(z.object({ at: timestampSchema, errors: z.number().int().positive() })),
  /** Oldest first. */
  spikes: z.array(logSpikeSchema),
  reads: z.array(
    z.object({
      source: z.number().int().nonnegative(),
      /** Everything in the range from here on was read; absent where nothing was. */
      from: timestampSchema.optional(),
      problem: errorValueSchema.optional(),
    }),
  ),
  /** Calls of FilterLogEvents made so far. */
  calls: z.number().int().nonnegative(),
  /** Whether the next question reads more: `exhausted` does when it asks for `further`. */
  state: z.enum(['reading', 'exhausted', 'complete']),
})
export type LogSpikes = z.infer<typeof logSpikesSchema>

import { z } from 'zod'
import {
  endedLogRangeSchema,
  logBatchSchema,
  logRangeSchema,
  logSourceSchema,
  logSpikesSchema,
  logTaskSchema,
} from '../logs.ts'

/** What containers write. */
export const logMethods = {
  /**
   * Begins to read a task's logs. The view belongs to the window that asked and ends with it. Lines are
   * pulled: what nobody asks for is not read.
   */
  'logs.open': {
    params: z.object({
      task: logTaskSchema,
      range: logRangeSchema,
      /** A filter pattern of CloudWatch Logs: the lines that fit are then all there are. */
      pattern: z.string().min(1).max(1024).optional(),
    }),
    result: z.object({ id: z.uuid(), sources: z.array(logSourceSchema) }),
  },
  /** The newest lines of the range that were not given yet, going back in time. */
  'logs.older': {
    params: z.object({ id: z.uuid(), lines: z.number().int().min(1).max(5000) }),
    result: logBatchSchema,
  },
  /** Lines written since. Waits for some for a while, and may answer with none. */
  'logs.newer': { params: z.object({ id: z.uuid() }), result: logBatchSchema },
  /** The whole of a line that was cut. Of equal lines at one moment any is meant. */
  'logs.whole': {
    params: z.object({
      id: z.uuid(),
      source: z.number().int().nonnegative(),
      at: z.number().int().nonnegative(),
      length: z.number().int().positive(),
    }),
    result: z.object({ text: z.string() }),
  },
  /**
   * Begins a search for spikes of error lines. It belongs to the window that asked, as a view does, and
   * reads nothing by itself.
   */
  'logs.openSpikes': {
    params: z.object({ task: logTaskSchema, range: endedLogRangeSchema }),
    result: z.object({ id: z.uuid(), sources: z.array(logSourceSchema) }),
  },
  /** Reads on, from the newest part of the range back, one call per container, and says what is known by now. */
  'logs.spikes': {
    params: z.object({
      id: z.uuid(),
      /** Whether to go on where the calls of a search were not enough, with as many again. */
      further: z.boolean().optional(),
    }),
    result: logSpikesSchema,
  },
  /** Ends a view or a search; calls that wait for their turn are not made. */
  'logs.close': { params: z.object({ id: z.uuid() }), result: z.object({}) },
} as const

import { z } from 'zod'
import { containerRefSchema, engineChoiceSchema, sessionSchema, terminalSizeSchema } from '../session.ts'

/** Shells. */
export const sessionMethods = {
  'session.open': {
    params: z.object({
      container: containerRefSchema,
      /** What ECS runs; split like a shell would and executed directly, without `sh -c`. */
      command: z.string().min(1).max(4096),
      engine: engineChoiceSchema.optional(),
      size: terminalSizeSchema,
      reason: z.string().max(1000).optional(),
    }),
    result: sessionSchema,
  },
  /** Tries at once to get a lost connection back, for somebody who does not want to wait. */
  'session.retry': { params: z.object({ id: z.uuid() }), result: z.object({}) },
  /** Finds out now which sessions' lines live: the page heard that the network is back. */
  'session.probe': { params: z.object({}), result: z.object({}) },
  /**
   * Keeps out of the recording what passes from now on; the history notes the gap, who made it and why.
   * @throws {PortholeError} PAUSE_FORBIDDEN by the settings, AUDIT_UNAVAILABLE when the gap cannot be noted
   */
  'session.pauseRecording': {
    params: z.object({ id: z.uuid(), reason: z.string().max(500).optional() }),
    result: z.object({}),
  },
  'session.resumeRecording': { params: z.object({ id: z.uuid() }), result: z.object({}) },
  /** Keeps AWS's idle timeout away from a session while nobody types, or stops that. */
  'session.keepAlive': { params: z.object({ id: z.uuid(), on: z.boolean() }), result: z.object({}) },
  /** Ends the remote session. The tab may stay. */
  'session.close': { params: z.object({ id: z.uuid() }), result: z.object({}) },
  'session.list': { params: z.object({}), result: z.array(sessionSchema) },
} as const

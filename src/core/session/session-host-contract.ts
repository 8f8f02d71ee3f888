import { z } from 'zod'
import { errorValueSchema } from '../../contract/errors.ts'
import { timestampSchema } from '../../contract/identity.ts'
import {
  containerRefSchema,
  endReasonSchema,
  engineSchema,
  terminalSizeSchema,
} from '../../contract/session.ts'

/**
 * What core and the session host say to each other. The host is in this process
 * (Node) or in one of its own (desktop); core reaches it only like this. It
 * holds no AWS secrets: the role credentials an engine needs are asked back from
 * core each time.
 */

const roleCredentialsSchema = z.object({
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  sessionToken: z.string().optional(),
  expiresAt: timestampSchema.optional(),
})

/** `EngineRequest` without what cannot travel: the size is the stream's, credentials are asked for. */
const hostedEngineRequestSchema = z.object({
  awsSessionId: z.string(),
  streamUrl: z.string(),
  tokenValue: z.string(),
  target: z.string(),
  region: z.string(),
  ssmEndpoint: z.string(),
  kmsEndpoint: z.string(),
  clockCorrection: z.number().optional(),
})
export type HostedEngineRequest = z.infer<typeof hostedEngineRequestSchema>

/** What a recorder is told at its start, apart from what the host knows best: size and moment. */
const hostedRecordingSchema = z.object({
  command: z.string(),
  title: z.string(),
  container: containerRefSchema,
})
export type HostedRecording = z.infer<typeof hostedRecordingSchema>

const sessionParams = z.object({ sessionId: z.uuid() })
const nothing = z.object({})

export const sessionHostMethods = {
  /** Makes the session's stream, so that pages can attach before AWS has answered. */
  'session.prepare': {
    params: sessionParams.extend({ stream: z.number().int().positive(), size: terminalSizeSchema }),
    result: nothing,
  },
  /** Connects; the outcome comes as `session.event`. */
  'session.start': {
    params: sessionParams.extend({
      engine: engineSchema,
      request: hostedEngineRequestSchema,
      recording: hostedRecordingSchema.optional(),
      /** Nothing passes in either direction until `session.letGo`; `ready` says first whether it is recorded. */
      held: z.boolean().optional(),
    }),
    result: nothing,
  },
  /** Lets pass what `session.start` held, from now on. */
  'session.letGo': { params: sessionParams, result: nothing },
  /** Finds out now whether the session's line lives. */
  'session.probe': { params: sessionParams, result: nothing },
  /** Keeps AWS's idle timeout away while nobody types, or stops that. */
  'session.keepAlive': { params: sessionParams.extend({ on: z.boolean() }), result: nothing },
  /** Keeps what passes out of the recording, or lets it in again. */
  'session.pauseRecording': { params: sessionParams.extend({ on: z.boolean() }), result: nothing },
  /** Ends the session here and at AWS. Answers when it has ended. */
  'session.close': { params: sessionParams, result: nothing },
  /** Ends the session if need be, and lets its screen go. */
  'session.forget': { params: sessionParams, result: nothing },
  /** The answer to `credentials.wanted`. */
  'credentials.give': {
    params: z.object({
      requestId: z.number().int(),
      answer: z.discriminatedUnion('ok', [
        z.object({ ok: z.literal(true), credentials: roleCredentialsSchema }),
        z.object({ ok: z.literal(false), error: errorValueSchema }),
      ]),
    }),
    result: nothing,
  },
} as const

const hostedSessionEventSchema = z.discriminatedUnion('type', [
  /** There is a shell, and it is held until its recording has begun or failed. */
  z.object({ type: z.literal('awaits-recording'), on: z.literal(true) }),
  z.object({
    type: z.literal('ready'),
    at: timestampSchema,
    recording: z.boolean(),
    recordingProblem: errorValueSchema.optional(),
  }),
  z.object({ type: z.literal('encrypted') }),
  /** Somebody typed. At most one per `inputReportMilliseconds`. */
  z.object({ type: z.literal('input'), at: timestampSchema }),
  z.object({ type: z.literal('round-trip'), milliseconds: z.number().int().positive() }),
  /** Somebody typed and nothing came back for a while. Once until there is output again. */
  z.object({ type: z.literal('silent') }),
  /** The engine could not open the session. It can be started again, with another engine. */
  z.object({ type: z.literal('not-started'), error: errorValueSchema }),
  z.object({ type: z.literal('degraded'), error: errorValueSchema }),
  z.object({ type: z.literal('recovered') }),
  z.object({ type: z.literal('reconnecting'), error: errorValueSchema, retryAt: timestampSchema }),
  z.object({ type: z.literal('reconnected') }),
  z.object({ type: z.literal('recording-problem'), error: errorValueSchema }),
  /** The last one, exactly once. */
  z.object({
    type: z.literal('ended'),
    at: timestampSchema,
    reason: endReasonSchema,
    error: errorValueSchema.optional(),
  }),
])
export type HostedSessionEvent = z.infer<typeof hostedSessionEventSchema>

export const sessionHostEvents = {
  'session.event': sessionParams.extend({ event: hostedSessionEventSchema }),
  /** An engine needs fresh role credentials; answered with `credentials.give`. */
  'credentials.wanted': sessionParams.extend({
    requestId: z.number().int(),
    /** AWS refused these: the answer has others. */
    refusedAccessKeyId: z.string().optional(),
  }),
} as const

import { z } from 'zod'
import { errorValueSchema } from './errors.ts'
import { environmentSchema, scopeSchema, timestampSchema } from './identity.ts'

export const engineSchema = z.enum(['plugin', 'built-in'])
export type Engine = z.infer<typeof engineSchema>

/** `auto`: the plugin when a supported one is present and the stream URL is AWS's own, else built-in. */
export const engineChoiceSchema = z.enum(['auto', 'plugin', 'built-in'])
export type EngineChoice = z.infer<typeof engineChoiceSchema>

/** The container a shell is opened in. Names are for people, ARNs and the runtime id for AWS. */
export const containerRefSchema = z.object({
  scope: scopeSchema,
  accountName: z.string().optional(),
  environment: environmentSchema,
  clusterArn: z.string(),
  clusterName: z.string(),
  serviceName: z.string().optional(),
  taskArn: z.string(),
  taskId: z.string(),
  containerName: z.string(),
})
export type ContainerRef = z.infer<typeof containerRefSchema>

export const terminalSizeSchema = z.object({
  cols: z.number().int().min(1).max(1000),
  rows: z.number().int().min(1).max(1000),
})
export type TerminalSize = z.infer<typeof terminalSizeSchema>

/** Why a session is over. Only `failed` and `lost` carry an error. */
export const endReasonSchema = z.enum([
  'exited', // the shell ended (exit, Ctrl-D)
  'closed', // the tab was closed
  'timed-out', // 20 minutes without input, ended by AWS
  'task-stopped',
  'lost', // the connection broke and could not be resumed
  'failed', // never became ready
])
export type EndReason = z.infer<typeof endReasonSchema>

export const sessionSchema = z.object({
  /** Ours, a UUID; exists before AWS gives its own. */
  id: z.uuid(),
  /** AWS's, e.g. `ecs-execute-command-<26 characters>`. */
  awsSessionId: z.string().optional(),
  /** Number of this session's stream on the byte channel (see channel/byte-frames.ts). */
  stream: z.number().int().positive(),
  container: containerRefSchema,
  command: z.string(),
  engine: engineSchema.optional(),
  /** `degraded`: connected, but the far end is slow to answer or away. `error` then says why, as in `reconnecting`. */
  state: z.enum(['connecting', 'ready', 'degraded', 'reconnecting', 'ended']),
  /** While `connecting`: what it waits for is not AWS, but certainty whether it is recorded. */
  awaitsRecording: z.boolean().optional(),
  /** When the next attempt begins, while `connecting` or `reconnecting` waits for one. */
  retryAt: timestampSchema.optional(),
  /** Time until the agent has what was typed; the built-in engine measures it. */
  roundTripMilliseconds: z.number().int().positive().optional(),
  /** Encrypted between us and the agent with a KMS key, on top of TLS. */
  kmsEncrypted: z.boolean(),
  /** AWS's idle timeout is kept away although nobody types. */
  keepAlive: z.boolean(),
  /** Why the session runs with the other engine than the one that was tried first. */
  engineNotice: errorValueSchema.optional(),
  recording: z.boolean(),
  /** Since when somebody keeps what passes out of the recording. */
  recordingPausedAt: timestampSchema.optional(),
  /** Why nothing is recorded, when a recording was wanted. */
  recordingProblem: errorValueSchema.optional(),
  /** Who AWS says we are: the role session name. */
  userName: z.string().optional(),
  startedAt: timestampSchema,
  readyAt: timestampSchema.optional(),
  /** Last keystroke: AWS ends a session after 20 minutes without one. */
  lastInputAt: timestampSchema.optional(),
  endedAt: timestampSchema.optional(),
  endReason: endReasonSchema.optional(),
  error: errorValueSchema.optional(),
})
export type Session = z.infer<typeof sessionSchema>

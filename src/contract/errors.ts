import { z } from 'zod'

/**
 * Every problem that a person can act on has one of these codes. The interface
 * chooses its next step by code, never by reading a message.
 */
const errorCodes = [
  // Identity
  'SSO_EXPIRED',
  'SSO_NOT_SIGNED_IN',
  'SIGN_IN_REFUSED',
  'SIGN_IN_EXPIRED',
  'SIGN_IN_CANCELLED',
  'SIGN_IN_FAILED',
  'CREDENTIALS_EXPIRED',
  'CREDENTIALS_UNAVAILABLE',
  'MFA_NEEDED',
  'CONFIG_INVALID',
  'TOKEN_CACHE_UNREADABLE',
  'ENDPOINT_REFUSED',
  // AWS
  'ACCESS_DENIED',
  'THROTTLED',
  'NOT_FOUND',
  'NETWORK',
  'HOST_NOT_FOUND',
  'PROXY_FAILED',
  'CERTIFICATE_UNTRUSTED',
  'CLOCK_SKEWED',
  'AWS_ERROR',
  // ECS Exec
  'EXEC_NOT_ENABLED',
  'AGENT_NOT_RUNNING',
  'TARGET_NOT_CONNECTED',
  'TASK_STOPPED',
  'NO_SHELL_IN_IMAGE',
  'EXEC_LOGGING_REFUSED',
  'REASON_REQUIRED',
  'RECORDING_REQUIRED',
  'PAUSE_FORBIDDEN',
  'CANCELLED',
  // Logs
  'LOGS_ELSEWHERE',
  // Sessions
  'PLUGIN_MISSING',
  'PLUGIN_FAILED',
  'PLUGIN_UNSUPPORTED',
  'PLUGIN_UNAVAILABLE',
  'PLUGIN_DOWNLOAD_FAILED',
  'PLUGIN_REFUSED',
  'CONNECTION_LOST',
  'HANDSHAKE_FAILED',
  'SESSION_TIMED_OUT',
  'SESSION_NOT_FOUND',
  // This computer
  'STORAGE_FULL',
  'STORAGE_UNWRITABLE',
  'AUDIT_UNAVAILABLE',
  /** What somebody brought along is not what it should be. */
  'FILE_REFUSED',
  'PORT_IN_USE',
  'INVALID_REQUEST',
  'INTERNAL',
] as const

export const errorCodeSchema = z.enum(errorCodes)
export type ErrorCode = z.infer<typeof errorCodeSchema>

/** What a person is told when something did not work, and what they can do next. */
export const errorValueSchema = z.object({
  code: errorCodeSchema,
  /** One sentence: the fact, naming the thing. */
  message: z.string(),
  /** What AWS, the operating system or the file said, word for word. Untrusted text. */
  detail: z.string().optional(),
  /** The next step, as an instruction. */
  action: z.string().optional(),
  /** Whether the same call can work later without any change. */
  retryable: z.boolean(),
})
export type ErrorValue = z.infer<typeof errorValueSchema>

/**
 * Thrown inside core and turned into its `value` at the edge. Anything else that
 * is thrown reaches the interface as `INTERNAL`, so throw this where a person
 * can act.
 */
export class PortholeError extends Error {
  readonly value: ErrorValue

  constructor(value: Omit<ErrorValue, 'retryable'> & { retryable?: boolean }, options?: ErrorOptions) {
    super(value.message, options)
    this.name = 'PortholeError'
    this.value = { ...value, retryable: value.retryable ?? false }
  }
}

/** The error value of anything that was thrown. */
export function toErrorValue(thrown: unknown): ErrorValue {
  if (thrown instanceof PortholeError) return thrown.value
  const detail = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
  return {
    code: 'INTERNAL',
    message: 'Something went wrong inside Porthole.',
    detail,
    action: 'Try again. If it stays, report it with the detail below.',
    retryable: true,
  }
}

export type Result<Value> = { ok: true; value: Value } | { ok: false; error: ErrorValue }

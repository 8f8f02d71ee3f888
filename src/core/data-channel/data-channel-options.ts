import type { ErrorValue } from '../../contract/errors.ts'
import type { EndReason, TerminalSize } from '../../contract/session.ts'
import type { RoleCredentials } from '../aws/credentials.ts'
import type { Clock } from '../clock.ts'
import type { ChannelGrant, ResumeSession } from './channel-connection.ts'
import type { CreateWebSocket } from './channel-socket.ts'
import type { GenerateDataKey } from './session-encryption.ts'
import type { DataChannelTiming } from './timing.ts'

export interface DataChannelOptions {
  /** AWS's session id. */
  sessionId: string
  grant: ChannelGrant
  /** `ecs:<cluster>_<task id>_<runtime id>`. */
  target: string
  region: string
  size: TerminalSize
  credentials: () => Promise<RoleCredentials>
  /** AWS did not accept what `credentials` gave last: it has to give others. */
  credentialsRefused?: () => void
  resume: ResumeSession
  terminate: () => Promise<void>
  generateDataKey: GenerateDataKey
  clock?: Clock
  timing?: DataChannelTiming
  createWebSocket?: CreateWebSocket
  random?: () => number
}

export interface DataChannelEvents {
  /** The agent answers, so that what is typed reaches the shell. Once, before its first output. */
  ready(): void
  /** The session key was agreed: from now on bytes are encrypted beyond TLS. Before `ready`. */
  encrypted(): void
  /** Raw output; a view of the message it came in, which nobody else uses. */
  output(bytes: Uint8Array): void
  /** Smoothed time between input and the agent's word that it has it, in whole milliseconds; now and then, when it changed. */
  roundTrip?(milliseconds: number): void
  /** Connected, but the far end is away or slow to answer. */
  degraded(error: ErrorValue): void
  /** It answers again. Not told when `reconnecting` comes first. */
  recovered(): void
  /** No connection; the next attempt begins in so many milliseconds. Again after each failed attempt. */
  reconnecting(error: ErrorValue, retryIn: number): void
  reconnected(): void
  /** The last event, exactly once. `error` only with `lost` and `failed`. */
  ended(reason: EndReason, error?: ErrorValue): void
}

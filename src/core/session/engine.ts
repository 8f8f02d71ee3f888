import type { Engine as EngineName, TerminalSize } from '../../contract/session.ts'
import type { RoleCredentials } from '../aws/credentials.ts'
import type { DataChannelEvents } from '../data-channel/data-channel-options.ts'

/**
 * One way to talk to the exec agent in a container. Two exist: AWS's own
 * session-manager-plugin in a pty, and our data-channel client. Everything
 * above (flow control, recording, screen replica, tabs) sees only this.
 */
export interface Engine {
  readonly name: EngineName
  /** Whether its sessions tell `degraded` and `reconnecting`; the plugin says nothing of its line. */
  readonly tellsOfLine: boolean
  /** Begins to connect and returns at once; the outcome comes through `events`. */
  start(request: EngineRequest, events: EngineEvents): EngineSession
}

/** What ECS ExecuteCommand granted, and what is needed to use and resume it. */
export interface EngineRequest {
  awsSessionId: string
  /** As received: opaque, query string included. */
  streamUrl: string
  /** Bearer secret, valid for one socket. Never in argv, never logged. */
  tokenValue: string
  /** `ecs:<cluster name>_<task id>_<runtime id>`; enters the KMS encryption context, so it must be exact. */
  target: string
  region: string
  /** For ResumeSession and TerminateSession. The SSM endpoint, not the ECS one. */
  ssmEndpoint: string
  /** Where to get a data key when the cluster encrypts sessions. */
  kmsEndpoint: string
  /** Milliseconds to add to this computer's clock for AWS to accept a signature; absent while the clock is right. */
  clockCorrection?: number | undefined
  size: TerminalSize
  /**
   * Fresh role credentials, now and at every reconnect.
   * @param refusedAccessKeyId of credentials that AWS no longer accepts: the answer has others
   */
  credentials: (refusedAccessKeyId?: string) => Promise<RoleCredentials>
}

/** Those of the data channel, which the plugin's engine tells as far as it knows. */
export type EngineEvents = DataChannelEvents

export interface EngineSession {
  /** Sends what was typed, byte for byte. Kept in order; nothing is dropped while connected. */
  write(bytes: Uint8Array): void
  resize(size: TerminalSize): void
  /** Stop delivering output; the engine holds the sender back, it does not buffer without bound. */
  pause(): void
  resume(): void
  /** Finds out now whether the line lives, and tries at once when it does not. Nothing for the plugin, which decides itself. */
  probe(): void
  /** Something that AWS counts as input and no program notices. Absent when the engine has no such thing. */
  keepAlive?(): void
  /** Ends the session on this side and tells AWS (TerminateSession, best effort). Then `ended('closed')`. */
  close(): Promise<void>
}

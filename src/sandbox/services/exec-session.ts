import type { ContainerProcess } from '../containers/container-runtime.ts'

/**
 * The seam between the control APIs (ECS ExecuteCommand, SSM) and the message
 * gateway. The control side creates sessions and tokens, the gateway carries
 * their bytes.
 */
export interface MessageGateway {
  /** Registers a session; the agent starts `open` when it is told to. */
  create(session: ExecSessionSpec): ExecSessionGrant
  /** A new single-use token for the same session, or undefined when it is over. */
  resume(sessionId: string): ExecSessionGrant | undefined
  /** False when there is no such session. */
  terminate(sessionId: string): boolean
  /** Ends all sessions into one task, as when its container dies. */
  taskStopped(taskArn: string): void
  /** Told once per session when it is over. */
  onEnded(listener: (sessionId: string, at: number) => void): void
}

export interface ExecSessionSpec {
  /** `ecs-execute-command-<26 lower-case alphanumerics>`. */
  sessionId: string
  /** `ecs:<cluster>_<task id>_<runtime id>`. */
  target: string
  taskArn: string
  region: string
  /** Start the command on a pty. @throws {ExecError} */
  open: (size: { cols: number; rows: number }) => Promise<ContainerProcess>
  /** Encrypt the session: the agent asks for the KMS handshake. Absent for the usual start without handshake. */
  kms?: {
    keyArn: string
    /** What the task role can do: plain text of a data key, or undefined when the blob or context is wrong. */
    decrypt: (cipherText: Uint8Array, context: Record<string, string>) => Uint8Array | undefined
  }
}

export interface ExecSessionGrant {
  sessionId: string
  streamUrl: string
  tokenValue: string
}

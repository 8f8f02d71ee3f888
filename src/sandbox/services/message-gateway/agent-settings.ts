/** How the exec agent and the service behind it behave. Milliseconds and bytes. */
export interface AgentSettings {
  /** Told to the client in the handshake. */
  version: string
  /** From the start of the command to the first read of its output. */
  firstOutputDelay: number
  /** Between two chunks of output; 0 switches the pacing off. */
  chunkInterval: number
  /** Of output in one frame, at most. */
  chunkSize: number
  /** Frames in flight, headers included, before the pty is held back. */
  unackedLimit: number
  /** How long the end of a session waits for output to be acknowledged. */
  drainLimit: number
  /** From a command that cannot be started to the end of the session. */
  startFailureDelay: number
  /** How long the agent waits for each of the client's two handshake messages. */
  handshakeWait: number
  /** Shells do without a handshake unless the session is encrypted; `always` asks for one anyway. */
  handshake: 'when-encrypted' | 'always'
  /** Without stream data in either direction. */
  idleTimeout: number
}

/**
 * The real agent's values, read in its public source (3.3.987.0), but for
 * `unackedLimit`: the agent has no back-pressure, and this much keeps a loopback
 * busy while leaving little to repeat, 100 ms per frame, after a broken connection.
 * The idle timeout is the service's and cannot be changed for ECS Exec.
 */
export const realAgentSettings: AgentSettings = {
  version: '3.3.987.0',
  firstOutputDelay: 1000,
  chunkInterval: 1,
  chunkSize: 1024,
  unackedLimit: 256 * 1024,
  drainLimit: 2000,
  startFailureDelay: 2000,
  handshakeWait: 15_000,
  handshake: 'when-encrypted',
  idleTimeout: 20 * 60_000,
}

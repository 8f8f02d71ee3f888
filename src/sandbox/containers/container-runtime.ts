/**
 * What the sandbox's ECS needs of something that runs containers. Two exist:
 * Linux namespaces with real processes, and a simulated shell elsewhere.
 */
export interface ContainerRuntime extends AsyncDisposable {
  readonly kind: 'namespaces' | 'simulated'
  /** Starts the image's main process in a fresh root. Cheap runtimes may wait for the first exec. */
  start(spec: ContainerSpec): Promise<RunningContainer>
}

export interface ContainerSpec {
  /** Unique within the runtime; also the name of its folder, so only [a-z0-9-]. */
  id: string
  /** e.g. `ip-10-0-42-17.eu-west-1.compute.internal`. */
  hostname: string
  /** Which folder of resources/sandbox/images it starts from: nginx, api, worker, tools... */
  image: string
  environment: Record<string, string>
  /** Port on 127.0.0.1 where the image's server listens, for images that serve something. */
  port?: number
  /** Lines the main process writes, e.g. the access log. */
  onLog: (line: string, at: number) => void
}

export interface RunningContainer {
  /**
   * Runs a command on a new pty inside, as the exec agent does: split like a
   * shell would and executed directly, TERM=xterm-256color, root.
   * @throws {ExecError} when the program does not exist
   */
  exec(command: string, size: { cols: number; rows: number }): Promise<ContainerProcess>
  /** Kills everything inside and removes its root. */
  stop(): Promise<void>
  /** Resolves when the main process is gone, by `stop` or by itself. */
  readonly exited: Promise<void>
}

export interface ContainerProcess {
  /** Raw pty output. One listener; output before it is kept. */
  onOutput(listener: (bytes: Uint8Array) => void): void
  /** After the last output. */
  onExit(listener: (exit: { code: number; signal?: string }) => void): void
  write(bytes: Uint8Array): void
  resize(size: { cols: number; rows: number }): void
  pause(): void
  resume(): void
  kill(): void
}

/** The agent's answer when a command cannot be started. `message` is the text that the agent sends to the client. */
export class ExecError extends Error {
  override name = 'ExecError'
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('recording-child.ts', import.meta.url))

export type ChildMessage = Record<string, unknown>

/** A child of recording-child.ts with everything it said so far. */
export class RecordingChild implements AsyncDisposable {
  readonly said: ChildMessage[] = []
  readonly #process: ChildProcess
  readonly #exited: Promise<unknown>
  #next = Promise.withResolvers<void>()

  /** @param fileBlocks largest file it may write, in blocks of 512 bytes */
  constructor(mode: 'steady' | 'busy' | 'flood', folder: string, fileBlocks?: number) {
    const command = [process.execPath, script, mode, folder]
    const [program = '', ...args] =
      fileBlocks === undefined
        ? command
        : ['/bin/sh', '-c', `ulimit -f ${fileBlocks}; exec "$@"`, 'sh', ...command]
    this.#process = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#exited = once(this.#process, 'close')
    if (this.#process.stdout === null) throw new Error('No pipe to the child')
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      this.said.push(JSON.parse(line) as ChildMessage)
      this.#wake()
    })
    void this.#exited.then(() => this.#wake())
  }

  /** The first message with such a member; fails when the child ends without one. */
  async message(member: string, accepts: (value: unknown) => boolean = () => true): Promise<ChildMessage> {
    for (;;) {
      const found = this.said.find((message) => member in message && accepts(message[member]))
      if (found !== undefined) return found
      if (this.#process.exitCode !== null || this.#process.signalCode !== null)
        throw new Error(`The child ended (${this.#process.exitCode}) without saying ${member}`)
      await this.#next.promise
    }
  }

  /** Resolves when it has said so much, or has ended. */
  async messages(count: number): Promise<void> {
    while (this.said.length < count && this.#process.exitCode === null && this.#process.signalCode === null)
      await this.#next.promise
  }

  /** @returns everything it said, also what was in the pipe when it died */
  async kill(): Promise<ChildMessage[]> {
    this.#process.kill('SIGKILL')
    await this.#exited
    return this.said
  }

  /** @returns its exit code */
  async exit(): Promise<number | null> {
    await this.#exited
    return this.#process.exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }

  #wake(): void {
    const next = this.#next
    this.#next = Promise.withResolvers()
    next.resolve()
  }
}

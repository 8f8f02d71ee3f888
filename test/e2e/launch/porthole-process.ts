import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'

const projectFolder = path.resolve(import.meta.dirname, '../../..')

/** Namespaces, images and the page on two busy cores; usually two seconds. */
const readyLimitMilliseconds = 60_000

/** A running `porthole`, driven the way any other program would drive it. */
export class PortholeProcess implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #errors: string[] = []
  /** The one-time link. */
  readonly url: string

  private constructor(child: ChildProcess, url: string, errors: string[]) {
    this.#child = child
    this.url = url
    this.#errors = errors
  }

  /** Starts the built command and waits for its ready line. */
  static async start(args: string[], environment: Record<string, string> = {}): Promise<PortholeProcess> {
    const child = spawn(process.execPath, [path.join(projectFolder, 'dist/node/porthole.js'), ...args], {
      cwd: projectFolder,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const errors: string[] = []
    createInterface({ input: child.stderr }).on('line', (line) => errors.push(line))
    const timer = setTimeout(() => child.kill('SIGKILL'), readyLimitMilliseconds)
    try {
      for await (const line of createInterface({ input: child.stdout })) {
        const message = JSON.parse(line) as { event: string; url: string }
        if (message.event === 'ready') return new PortholeProcess(child, message.url, errors)
      }
    } finally {
      clearTimeout(timer)
    }
    throw new Error(`porthole ${args.join(' ')} ended before it was ready:\n${errors.join('\n')}`)
  }

  /** What it said to people so far. */
  get messages(): string {
    return this.#errors.join('\n')
  }

  /** As a crash does: no chance to tidy up. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit')
  }

  /** Ends the processes that it started, here the local AWS, as a crash of theirs would. */
  killChildren(): void {
    const { pid } = this.#child
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
    for (const child of children) process.kill(Number(child), 'SIGKILL')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    await exited
  }
}

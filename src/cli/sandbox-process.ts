import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { PortholeError } from '../contract/errors.ts'
import { sandboxProgram } from './programs.ts'

/** What the local AWS writes when it can be used. The shape is stable: other programs rely on it. */
const readySchema = z.object({
  endpoint: z.url(),
  region: z.string(),
  startUrl: z.string(),
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  sample: z.object({ cluster: z.string(), service: z.string(), task: z.string(), container: z.string() }),
})
export type ReadySandbox = z.infer<typeof readySchema>

export interface SandboxProcess extends AsyncDisposable {
  readonly ready: ReadySandbox
  /** The public key of its download site of session-manager-plugin. */
  readonly pluginKeyFile: string
  readonly exited: Promise<unknown>
}

/** Containers are unpacked and started; two seconds is usual, a busy machine may take many times that. */
const startLimitMilliseconds = 60_000
const readyPollMilliseconds = 25
/** It has containers to stop; after that it is not waited for. */
const stopLimitMilliseconds = 5_000

/**
 * Starts the local AWS in a process of its own, which ends with ours however
 * we end.
 * @throws {PortholeError} INTERNAL when it does not come up
 */
export async function startSandboxProcess(options: {
  folder: string
  tasks?: number | undefined
  accounts?: number | undefined
  unpaced?: boolean
  stop: AbortSignal
}): Promise<SandboxProcess> {
  const readyFile = path.join(options.folder, 'sandbox.json')
  const pluginKeyFile = path.join(options.folder, 'plugin-key.asc')
  const [program, ...args] = sandboxProgram()
  args.push(
    '--port',
    '0',
    '--ready-file',
    readyFile,
    '--plugin-key-file',
    pluginKeyFile,
    '--stay-with-parent',
  )
  if (options.tasks !== undefined) args.push('--tasks', String(options.tasks))
  if (options.accounts !== undefined) args.push('--accounts', String(options.accounts))
  if (options.unpaced) args.push('--unpaced')
  // The pipe stays open for as long as we live; its end tells the child that we are gone.
  const child = spawn(program, args, { stdio: ['pipe', process.stderr, process.stderr] })
  const exited = once(child, 'exit')

  const ready = await waitUntilReady(child, readyFile, options.stop)
  return {
    ready,
    pluginKeyFile,
    exited,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      const late = delay(stopLimitMilliseconds, undefined, { ref: false }).then(() => child.kill('SIGKILL'))
      await Promise.race([exited, late])
      await exited
    },
  }
}

async function waitUntilReady(
  child: ChildProcess,
  readyFile: string,
  stop: AbortSignal,
): Promise<ReadySandbox> {
  const limit = performance.now() + startLimitMilliseconds
  while (performance.now() < limit && !stop.aborted && child.exitCode === null && child.signalCode === null) {
    const text = await readFile(readyFile, 'utf8').catch(() => undefined)
    if (text !== undefined) return readySchema.parse(JSON.parse(text))
    await delay(readyPollMilliseconds)
  }
  child.kill('SIGKILL')
  throw new PortholeError({
    code: 'INTERNAL',
    message: stop.aborted ? 'Stopped while the local AWS was starting.' : 'The local AWS did not start.',
    detail: `exit code ${child.exitCode ?? 'none'}`,
    action: 'Its own message is above.',
  })
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Command } from '../porthole.ts'
import { sandboxProgram } from '../programs.ts'

/** The local AWS alone. Its own program knows its flags. */
export const sandbox: Command = async (args, stop) => {
  const [program, ...programArgs] = sandboxProgram()
  const child = spawn(program, [...programArgs, ...args], { stdio: ['ignore', 'inherit', 'inherit'] })
  stop.addEventListener('abort', () => child.kill('SIGTERM'), { once: true })
  const [code] = (await once(child, 'exit')) as [number | null]
  process.exitCode = code ?? (stop.aborted ? 0 : 1)
}

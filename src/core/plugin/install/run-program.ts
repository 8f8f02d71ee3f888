import { execFile } from 'node:child_process'

export interface ProgramAnswer {
  /** Undefined when it could not be started or was ended by force. */
  exitCode: number | undefined
  output: string
  /** Why there is no exit code. */
  problem?: string
}

/** Runs a program of the operating system to its end, without a shell. Never rejects. */
export type RunProgram = (
  file: string,
  args: readonly string[],
  options: { signal: AbortSignal },
) => Promise<ProgramAnswer>

/** pkgutil asks Apple whether a certificate was withdrawn; PowerShell needs seconds to start on a busy computer. */
const programLimitMilliseconds = 60_000

/** What these programs print is a page at most. */
const longestOutputBytes = 1024 * 1024

export function createRunProgram(environment: Readonly<Record<string, string | undefined>>): RunProgram {
  return (file, args, { signal }) =>
    new Promise((resolve) => {
      const options = {
        timeout: programLimitMilliseconds,
        maxBuffer: longestOutputBytes,
        env: environment,
        windowsHide: true,
        signal,
      }
      execFile(file, [...args], options, (problem, stdout, stderr) => {
        const output = `${stdout}${stderr}`
        if (problem === null) resolve({ exitCode: 0, output })
        else if (typeof problem.code === 'number') resolve({ exitCode: problem.code, output })
        else resolve({ exitCode: undefined, output, problem: problem.message })
      })
    })
}

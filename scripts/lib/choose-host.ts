import { electronProgram, ensureElectron } from './electron-distribution.ts'
import { say } from './project.mjs'

/** These are about browser mode; whoever gives one wants it. */
const browserFlags = ['--browser', '--port', '--no-open']

/**
 * The further arguments that make `porthole start` and `demo` open a desktop
 * window: where an Electron is here or can be had. Else the browser is the
 * window, and why is said in one sentence; with `--desktop` that is an error.
 * @throws Error
 */
export async function hostArguments(args: readonly string[]): Promise<string[]> {
  const insists = args.includes('--desktop')
  if (!insists && args.some((argument) => browserFlags.includes(argument.split('=')[0] ?? ''))) return []
  try {
    const folder = await ensureElectron({ environment: process.env, platform: process.platform })
    return ['--electron', electronProgram(folder, process.platform)]
  } catch (error) {
    if (insists) throw error
    say(`Opening in your browser: ${error instanceof Error ? error.message : String(error)}`)
    return ['--browser']
  }
}

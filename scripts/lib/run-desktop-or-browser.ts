import { hostArguments } from './choose-host.ts'
import { say } from './project.mjs'
import { runPorthole } from './run-porthole.ts'

/** `npm start` and `npm run demo`: the desktop app where that is possible, else browser mode. */
export async function runDesktopOrBrowser(command: 'start' | 'demo'): Promise<void> {
  let further: string[]
  try {
    further = await hostArguments(process.argv.slice(2))
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
    process.exitCode = 1
    return
  }
  process.argv.push(...further)
  await runPorthole(
    command,
    further.includes('--electron') ? ['node', 'renderer', 'desktop'] : ['node', 'renderer'],
  )
}

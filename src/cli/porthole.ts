import { toErrorValue } from '../contract/errors.ts'
import { audit } from './commands/audit.ts'
import { demo } from './commands/demo.ts'
import { sandbox } from './commands/sandbox.ts'
import { start } from './commands/start.ts'
import { web } from './commands/web.ts'
import { say } from './output.ts'
import { usage } from './usage.ts'

/** Runs until its signal is aborted; what it holds is let go before it returns. */
export type Command = (args: string[], stop: AbortSignal) => Promise<void>

const commands: Record<string, Command> = { start, demo, web, sandbox, audit }

async function main(): Promise<void> {
  const [name = '', ...args] = process.argv.slice(2)
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) {
    say(usage)
    process.exitCode = name === '' || name === '--help' ? 0 : 2
    return
  }
  await command(args, stopOnSignal())
}

/** The first signal asks for an orderly end, the second one insists. */
function stopOnSignal(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(130)
      controller.abort()
    })
  return controller.signal
}

main().then(
  () => process.exit(process.exitCode),
  (thrown: unknown) => {
    const error = toErrorValue(thrown)
    say(
      [error.message, error.code === 'INTERNAL' ? error.detail : undefined, error.action]
        .filter(Boolean)
        .join(' '),
    )
    process.exit(1)
  },
)

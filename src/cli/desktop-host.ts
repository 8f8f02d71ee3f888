import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { PortholeError } from '../contract/errors.ts'
import type { HostOptions } from './options.ts'
import { desktopAppFolder } from './programs.ts'

/** Opens the desktop app on an Electron and waits until it has ended. */
export async function runDesktopHost(
  options: HostOptions & { electron: string; environment: Record<string, string | undefined> },
  stop: AbortSignal,
): Promise<void> {
  const { electron, dataFolder, demo, endpointUrl, environment } = options
  const args = [desktopAppFolder()]
  if (dataFolder !== undefined) args.push('--data-folder', dataFolder)
  if (endpointUrl !== undefined) args.push('--endpoint-url', endpointUrl)
  if (demo) args.push('--demo')
  const child = spawn(electron, args, { env: environment, stdio: ['ignore', 'inherit', 'inherit'] })
  const end = () => child.kill('SIGTERM')
  stop.addEventListener('abort', end, { once: true })
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    if (code !== 0 && !stop.aborted)
      throw new PortholeError({
        code: 'INTERNAL',
        message: 'The desktop app ended with an error.',
        detail: signal === null ? `exit code ${code}` : `signal ${signal}`,
        action: 'Its own message is above. --browser opens Porthole in a browser instead.',
      })
  } catch (thrown) {
    if (thrown instanceof PortholeError) throw thrown
    throw new PortholeError(
      {
        code: 'INTERNAL',
        message: `${electron} could not be started.`,
        detail: String(thrown),
        action: '--browser opens Porthole in a browser instead.',
      },
      { cause: thrown },
    )
  } finally {
    stop.removeEventListener('abort', end)
  }
}

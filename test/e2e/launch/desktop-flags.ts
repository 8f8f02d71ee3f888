import type { StartOptions } from './launch.ts'

/** Flags that are the local AWS's and not the app's; `--tasks` has a value. */
const awsFlags = ['--unpaced', '--tasks']

/** The suite's flags, told apart: on the desktop the local AWS is a program of its own. */
export function splitFlags({ args = [] }: StartOptions): { aws: string[]; app: string[] } {
  const aws: string[] = []
  const app: string[] = []
  for (let index = 0; index < args.length; index += 1) {
    const flag = args[index] ?? ''
    if (!awsFlags.includes(flag)) app.push(flag)
    else if (flag === '--tasks') aws.push(flag, args[++index] ?? '')
    else aws.push(flag)
  }
  return { aws, app }
}

/** What an app on the desktop is started with, apart from its program. */
export function desktopArguments(app: string[], defaultDataFolder: string | undefined): string[] {
  const hasFolder = app.some((flag) => flag.startsWith('--data-folder'))
  return hasFolder || defaultDataFolder === undefined ? app : [...app, '--data-folder', defaultDataFolder]
}

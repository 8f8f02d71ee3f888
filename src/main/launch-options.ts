import { linkScheme } from '../contract/link.ts'

export interface LaunchOptions {
  demo: boolean
  dataFolder: string | undefined
  endpointUrl: string | undefined
  /** Have the keys of the audit history in files, also where there is a keychain. */
  auditKeysInFiles: boolean
  /** `porthole://` links among the arguments, as Windows and Linux hand them over. */
  links: string[]
}

/**
 * What the command line of an app asks for. Chromium and the system put flags of
 * their own on it, so whatever is not ours is passed over.
 */
export function readLaunchOptions(commandLine: readonly string[]): LaunchOptions {
  const args = commandLine.slice(1)
  return {
    demo: args.includes('--demo'),
    dataFolder: optionOf(args, '--data-folder'),
    endpointUrl: optionOf(args, '--endpoint-url'),
    auditKeysInFiles: optionOf(args, '--audit-keys') === 'file',
    links: args.filter((argument) => argument.toLowerCase().startsWith(`${linkScheme}:`)),
  }
}

/** `--name value` or `--name=value`. */
function optionOf(args: readonly string[], name: string): string | undefined {
  const index = args.findIndex((argument) => argument === name || argument.startsWith(`${name}=`))
  const argument = args[index]
  if (argument === undefined) return undefined
  return argument === name ? args[index + 1] : argument.slice(name.length + 1)
}

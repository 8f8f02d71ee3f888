import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { linkScheme } from '../contract/link.ts'
import { recordingExtension } from '../contract/recording-file.ts'

export interface LaunchOptions {
  demo: boolean
  dataFolder: string | undefined
  endpointUrl: string | undefined
  /** Have the keys of the audit history in files, also where there is a keychain. */
  auditKeysInFiles: boolean
  /** `porthole://` links among the arguments, as Windows and Linux hand them over. */
  links: string[]
  /** Absolute paths of recordings that were opened with the app, as Windows and Linux hand them over. */
  recordings: string[]
}

/**
 * What the command line of an app asks for. Chromium and the system put flags of
 * their own on it, so whatever is not ours is passed over.
 */
export function readLaunchOptions(commandLine: readonly string[], workingFolder: string): LaunchOptions {
  const args = commandLine.slice(1)
  return {
    demo: args.includes('--demo'),
    dataFolder: optionOf(args, '--data-folder'),
    endpointUrl: optionOf(args, '--endpoint-url'),
    auditKeysInFiles: optionOf(args, '--audit-keys') === 'file',
    links: args.filter((argument) => argument.toLowerCase().startsWith(`${linkScheme}:`)),
    recordings: args.flatMap((argument) => recordingOf(argument, workingFolder)),
  }
}

/** A file manager on Linux hands over addresses, other systems and shells paths. */
function recordingOf(argument: string, workingFolder: string): string[] {
  if (argument.startsWith('-') || !argument.toLowerCase().endsWith(recordingExtension)) return []
  if (!argument.startsWith('file:')) return [path.resolve(workingFolder, argument)]
  try {
    return [fileURLToPath(argument)]
  } catch {
    // Of another computer, or no address after all.
    return []
  }
}

/** `--name value` or `--name=value`. */
function optionOf(args: readonly string[], name: string): string | undefined {
  const index = args.findIndex((argument) => argument === name || argument.startsWith(`${name}=`))
  const argument = args[index]
  if (argument === undefined) return undefined
  return argument === name ? args[index + 1] : argument.slice(name.length + 1)
}

import { lstat, mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { ArchiveProblem, archiveLimits } from '../archive/archive-problem.ts'
import { refused } from './install-errors.ts'
import type { RunProgram } from './run-program.ts'

/** Apple's number for Amazon as a developer; stands in brackets behind the name in its certificates. */
const awsTeam = '94KV3E626L'

const programInPayload = 'usr/local/sessionmanagerplugin/bin/session-manager-plugin'

/** By their full paths: programs of the same names elsewhere must not answer. */
const pkgutil = '/usr/sbin/pkgutil'
const tar = '/usr/bin/tar'

/**
 * Asks macOS whether an installer package is signed by Amazon and unchanged since.
 * @throws {PortholeError} PLUGIN_REFUSED
 */
export async function checkPackageSignature(
  pkg: string,
  runProgram: RunProgram,
  signal: AbortSignal,
): Promise<void> {
  const { exitCode, output, problem } = await runProgram(pkgutil, ['--check-signature', pkg], { signal })
  signal.throwIfAborted()
  const status = /^ *Status: (.*)$/m.exec(output)?.[1] ?? problem ?? output.slice(0, longestQuote)
  // "signed by a developer certificate issued by Apple for distribution"; "signed by a certificate trusted by macOS".
  const isTrusted = exitCode === 0 && /^signed by a .*(issued by Apple|trusted by macOS)/.test(status)
  if (!isTrusted) throw refused('macOS does not vouch for the signature of the plugin.', status)
  const signer = /^ *1\. (.*)$/m.exec(output)?.[1] ?? ''
  if (!/^Developer ID Installer: .+/.test(signer) || !signer.endsWith(`(${awsTeam})`))
    throw refused('The plugin is signed by somebody else than Amazon.', signer)
}

/** Of what a program printed, in an error. */
const longestQuote = 500

/**
 * The program out of an installer package, without installing anything: macOS
 * takes the package apart in a folder of ours.
 *
 * @param folder does not exist yet
 * @throws {PortholeError} PLUGIN_REFUSED
 * @throws {ArchiveProblem}
 */
export async function unpackPkg(
  pkg: string,
  folder: string,
  runProgram: RunProgram,
  signal: AbortSignal,
): Promise<Buffer> {
  await step(pkgutil, ['--expand', pkg, folder])
  // bsdtar reads the gzipped cpio; it refuses absolute paths and `..` unless told otherwise.
  const payload = path.join(folder, 'payload-files')
  await mkdir(payload)
  await step(tar, ['-xf', path.join(folder, 'Payload'), '-C', payload])
  const program = path.join(payload, programInPayload)
  const found = await lstat(program).catch(() => undefined)
  if (!found?.isFile()) throw new ArchiveProblem(`The package has no file ${programInPayload}.`)
  if (found.size > archiveLimits.bytes) throw new ArchiveProblem('The program in the package is too large.')
  return readFile(program)

  async function step(file: string, args: string[]): Promise<void> {
    const { exitCode, output, problem } = await runProgram(file, args, { signal })
    signal.throwIfAborted()
    if (exitCode !== 0)
      throw refused('macOS could not unpack the plugin.', problem ?? output.slice(0, longestQuote))
  }
}

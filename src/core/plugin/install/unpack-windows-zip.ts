import { type ArchiveFile, ArchiveProblem } from '../archive/archive-problem.ts'
import { readZip } from '../archive/zip.ts'
import { refused } from './install-errors.ts'
import type { RunProgram } from './run-program.ts'

/** AWS's zip holds a second one, beside scripts that want administrator rights. */
const innerZip = 'package.zip'
const programInZip = 'bin/session-manager-plugin.exe'

/** Organisations in the certificates with which Amazon signs programs for Windows. */
const awsOrganisations = ['Amazon Web Services, Inc.', 'Amazon.com Services LLC', 'Amazon.com, Inc.']

/**
 * The program out of AWS's zip for Windows.
 * @throws {ArchiveProblem}
 */
export async function unpackWindowsZip(zip: Uint8Array): Promise<Buffer> {
  const inner = single(await readZip(zip, (path) => path === innerZip), innerZip)
  return single(await readZip(inner, (path) => path === programInZip), programInZip)
}

function single(files: ArchiveFile[], path: string): Buffer {
  const [file, ...others] = files
  if (file === undefined || others.length > 0)
    throw new ArchiveProblem(`The archive has ${files.length} files ${path}, not one.`)
  return file.bytes
}

/**
 * Asks Windows whether a program is signed by Amazon and unchanged since.
 * @throws {PortholeError} PLUGIN_REFUSED
 */
export async function checkAuthenticode(
  file: string,
  runProgram: RunProgram,
  options: { systemRoot: string; signal: AbortSignal },
): Promise<void> {
  // By its full path: a program of the same name elsewhere must not answer.
  const powershell = `${options.systemRoot}\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`
  const args = ['-NoProfile', '-NonInteractive', '-Command', authenticodeScript(file)]
  const answer = await runProgram(powershell, args, options)
  options.signal.throwIfAborted()
  const { status, subject } = readAuthenticode(answer.output)
  if (status !== 'Valid')
    throw refused(
      'Windows does not vouch for the signature of the plugin.',
      answer.problem ?? `Status: ${status ?? answer.output.slice(0, longestQuote)}`,
    )
  if (!awsOrganisations.includes(organisationOf(subject ?? '') ?? ''))
    throw refused('The plugin is signed by somebody else than Amazon.', subject)
}

/** Of what a program printed, in an error. */
const longestQuote = 500

/** In PowerShell a single quote is doubled inside single quotes; nothing else means anything there. */
function authenticodeScript(file: string): string {
  const quoted = `'${file.replaceAll("'", "''")}'`
  return [
    `$signature = Get-AuthenticodeSignature -LiteralPath ${quoted}`,
    'Write-Output "Status=$($signature.Status)"',
    'Write-Output "Subject=$($signature.SignerCertificate.Subject)"',
  ].join('; ')
}

function readAuthenticode(output: string): { status: string | undefined; subject: string | undefined } {
  const value = (name: string) => new RegExp(`^${name}=(.*?)\\r?$`, 'm').exec(output)?.[1]
  return { status: value('Status'), subject: value('Subject') }
}

/** The `O=` of a distinguished name as Windows writes it: with quotes when there is a comma in it. */
export function organisationOf(subject: string): string | undefined {
  // From part to part: what only looks like one stands inside of another's quotes.
  const part = /\s*([^=,"]+)=(?:"((?:[^"]|"")*)"|([^,"]*))(?:,|$)/y
  for (let match = part.exec(subject); match !== null; match = part.exec(subject)) {
    const [, name, quoted, plain] = match
    if (name === 'O') return quoted?.replaceAll('""', '"') ?? plain
  }
  return undefined
}

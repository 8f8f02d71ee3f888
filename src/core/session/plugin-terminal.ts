import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

/**
 * Keeps the plugin's terminal transparent. The plugin runs `stty cbreak` and
 * `stty -echo` on it, which leaves the terminal free to swallow Ctrl-S and
 * Ctrl-Q, to turn Ctrl-C into a signal, and to rewrite line ends both ways; on
 * BSD and macOS `cbreak` even switches these on. So the `stty` it finds first
 * on its PATH is ours, which answers questions truthfully and otherwise always
 * sets the same raw mode. Setting it before the plugin starts is not enough on
 * macOS, and setting it afterwards is a race with the plugin.
 *
 * Where the folder may not hold programs (a /tmp mounted noexec), the plugin
 * passes over it to the real `stty`; on Linux the mode set at the start then
 * still holds, because GNU and BusyBox `cbreak` change nothing but ICANON.
 */
export interface SttyGuard extends AsyncDisposable {
  /** To be put before everything else on PATH. */
  readonly folder: string
}

/** Where `stty` and `sh` are when PATH is missing: programs started from a desktop may have none. */
export const systemPath = '/usr/bin:/bin:/usr/sbin:/sbin'

/** @param searchPath PATH on which the real `stty` is found */
export async function createSttyGuard(searchPath: string, temporaryFolder = tmpdir()): Promise<SttyGuard> {
  const folder = await mkdtemp(path.join(temporaryFolder, 'porthole-stty-'))
  const script = [
    '#!/bin/sh',
    `PATH=${quoteForShell(searchPath)}`,
    'if [ "$1" = -g ]; then exec stty -g; fi',
    'exec stty raw -echo',
    '',
  ].join('\n')
  const file = path.join(folder, 'stty')
  await writeFile(file, script, { mode: 0o700 })
  await chmod(file, 0o700)
  return {
    folder,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/**
 * Runs the plugin in a raw terminal and stays after it, until it is killed: a
 * pty is destroyed 200 ms after its process ends, read or not, and with it the
 * end of a long output while its reader is held back. The mark tells that the
 * plugin is gone and all of its output was read.
 *
 *   $1 the mark, $2 the plugin, the rest its arguments
 */
const wrapperScript = [
  'mark=$1; shift',
  'stty raw -echo',
  '"$@"',
  'printf \'\\n\\n%s\' "$mark"',
  'while read -r _; do :; done',
].join('\n')

/** Program and arguments that run `command` in the wrapper. */
export function wrapCommand(mark: string, command: readonly string[]): { file: string; args: string[] } {
  return { file: '/bin/sh', args: ['-c', wrapperScript, 'porthole-plugin', mark, ...command] }
}

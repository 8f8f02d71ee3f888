import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Makes a folder in the system's temporary folder that names its owner, this
 * process, and removes those of the same kind whose owner was killed before it
 * could. The host's name is part of it: containers share folders, not processes.
 *
 * @param kind e.g. `porthole-demo`
 * @returns the folder's path; whoever asked removes it
 */
export async function makeTemporaryFolder(kind: string): Promise<string> {
  const prefix = `${kind}-${hostname().replace(/[^\w.-]/g, '-')}-`
  await removeAbandoned(tmpdir(), prefix)
  return mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`))
}

async function removeAbandoned(parent: string, prefix: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const owner = /^(\d+)-\w{6}$/.exec(name.startsWith(prefix) ? name.slice(prefix.length) : '')?.[1]
    if (owner === undefined || isRunning(Number(owner))) continue
    const folder = join(parent, name)
    const isOurs = await lstat(folder).then(
      (found) => found.isDirectory() && found.uid === (process.getuid?.() ?? found.uid),
      () => false,
    )
    // A start must not fail because of what an earlier one left.
    if (isOurs) await rm(folder, { recursive: true, force: true }).catch(() => undefined)
  }
}

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch (error) {
    // EPERM: it runs, as another user's.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}

import { readAr } from '../archive/ar.ts'
import { ArchiveProblem } from '../archive/archive-problem.ts'
import { readGzippedTar } from '../archive/tar.ts'

/** Where AWS's package for Debian and Ubuntu has its program. */
const programInPackage = 'usr/local/sessionmanagerplugin/bin/session-manager-plugin'

/**
 * The program out of a Debian package. The package's own scripts, which want to
 * be root, are never looked at.
 *
 * @throws {ArchiveProblem}
 */
export async function unpackDeb(deb: Uint8Array): Promise<Buffer> {
  const data = readAr(deb).find(({ name }) => name === 'data.tar.gz')
  if (data === undefined) throw new ArchiveProblem('The package has no data.tar.gz.')
  const files = await readGzippedTar(data.bytes, (path) => path === programInPackage)
  const [program, ...others] = files
  if (program === undefined || others.length > 0)
    throw new ArchiveProblem(`The package has ${files.length} files ${programInPackage}, not one.`)
  return program.bytes
}

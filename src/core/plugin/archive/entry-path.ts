import { ArchiveProblem } from './archive-problem.ts'

/**
 * The path of an entry, relative and with slashes, without `.` in it.
 *
 * An archive with a path that leaves it is refused as a whole, although only
 * known names are ever unpacked: nobody builds such a thing by accident.
 *
 * @throws {ArchiveProblem} when it is absolute, climbs out, or means something else on Windows
 */
export function safeEntryPath(name: string): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.')
  const isUnsafe = name.startsWith('/') || /[\\\0]/.test(name) || parts.some(isDrive) || parts.includes('..')
  if (isUnsafe) throw new ArchiveProblem(`The archive holds ${JSON.stringify(name)}, which leads out of it.`)
  return parts.join('/')
}

/**
 * Checks that a link stays inside of its archive. Links are never made; one
 * that leads out is a reason to refuse the archive.
 *
 * @param target as it stands in the archive; relative to the link's folder, or to the root for a hard link
 * @throws {ArchiveProblem} when it leads out
 */
export function assertLinkStaysInside(entryPath: string, target: string, kind: 'link' | 'symlink'): void {
  const folder = kind === 'link' ? [] : entryPath.split('/').slice(0, -1)
  const leadsOut = new ArchiveProblem(
    `The archive holds a link from ${JSON.stringify(entryPath)} to ${JSON.stringify(target)}, which leads out of it.`,
  )
  const parts = target.split('/')
  if (target === '' || target.startsWith('/') || /[\\\0]/.test(target) || parts.some(isDrive)) throw leadsOut
  let depth = folder.length
  for (const part of parts) {
    if (part === '' || part === '.') continue
    depth += part === '..' ? -1 : 1
    if (depth < 0) throw leadsOut
  }
}

/** On Windows `C:/x` is absolute, and `./C:/x` is too once its dot is gone. */
function isDrive(part: string): boolean {
  return /^[A-Za-z]:/.test(part)
}

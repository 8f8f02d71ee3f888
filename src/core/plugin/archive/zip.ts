import { type Entry, fromBufferPromise } from 'yauzl'
import {
  type ArchiveFile,
  type ArchiveLimits,
  ArchiveMeter,
  ArchiveProblem,
  archiveLimits,
} from './archive-problem.ts'
import { safeEntryPath } from './entry-path.ts'

/** Kind of file in the Unix mode that zip keeps in the upper half of its attributes. */
const fileKindMask = 0o170000
const regularFile = 0o100000
const directory = 0o040000

/**
 * The wanted files out of a zip. Everything else in it is looked at and left
 * there; nothing is written to disk.
 *
 * @throws {ArchiveProblem} for damage, encryption, entries that lead out or are no plain files, and more than the limits
 */
export async function readZip(
  archive: Uint8Array,
  wanted: (path: string) => boolean,
  limits: ArchiveLimits = archiveLimits,
): Promise<ArchiveFile[]> {
  const meter = new ArchiveMeter(limits)
  try {
    const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength)
    const zip = await fromBufferPromise(bytes, { lazyEntries: true, strictFileNames: true })
    const files: ArchiveFile[] = []
    for await (const entry of zip.eachEntry()) {
      meter.countEntry()
      meter.countBytes(entry.uncompressedSize)
      const path = judgeEntry(entry)
      if (path === undefined || !wanted(path)) continue
      // yauzl ends the stream with an error when there is more or less in it than announced.
      const chunks: Buffer[] = []
      for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk)
      files.push({ path, bytes: Buffer.concat(chunks) })
    }
    return files
  } catch (thrown) {
    if (thrown instanceof ArchiveProblem) throw thrown
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    throw new ArchiveProblem(`The archive is damaged: ${message}.`, { cause: thrown })
  }
}

/** The path of a plain file; undefined for a folder. */
function judgeEntry(entry: Entry): string | undefined {
  const path = safeEntryPath(entry.fileName)
  const kind = (entry.externalFileAttributes >>> 16) & fileKindMask
  // Zips made on Windows have no mode at all.
  if (kind !== 0 && kind !== regularFile && kind !== directory)
    throw new ArchiveProblem(`The archive holds ${JSON.stringify(entry.fileName)}, which is no plain file.`)
  if (entry.isEncrypted()) throw new ArchiveProblem(`${JSON.stringify(entry.fileName)} is encrypted.`)
  return entry.fileName.endsWith('/') ? undefined : path
}

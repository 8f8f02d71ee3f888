import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract, type Header } from 'tar-stream'
import {
  type ArchiveFile,
  type ArchiveLimits,
  ArchiveMeter,
  ArchiveProblem,
  archiveLimits,
} from './archive-problem.ts'
import { assertLinkStaysInside, safeEntryPath } from './entry-path.ts'

/**
 * The wanted files out of a gzipped tar. Everything else in it is looked at and
 * left there; nothing is written to disk.
 *
 * @param wanted told each file's path, relative and with slashes
 * @throws {ArchiveProblem} for damage, entries that lead out, devices, and more than the limits
 */
export async function readGzippedTar(
  archive: Uint8Array,
  wanted: (path: string) => boolean,
  limits: ArchiveLimits = archiveLimits,
): Promise<ArchiveFile[]> {
  const meter = new ArchiveMeter(limits)
  const entries = extract()
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        meter.countBytes(chunk.byteLength)
        done(null, chunk)
      } catch (thrown) {
        done(thrown instanceof Error ? thrown : new Error(String(thrown)))
      }
    },
  })
  const unpacking = pipeline(Readable.from([archive]), createGunzip(), counter, entries)
  // Whoever reads the entries hears of it first; the pipe's own report comes after.
  unpacking.catch(() => {})
  try {
    const files: ArchiveFile[] = []
    for await (const entry of entries) {
      meter.countEntry()
      const path = judgeEntry(entry.header)
      if (path !== undefined && wanted(path)) files.push({ path, bytes: await collect(entry) })
      else entry.resume()
    }
    await unpacking
    return files
  } catch (thrown) {
    entries.destroy()
    if (thrown instanceof ArchiveProblem) throw thrown
    throw new ArchiveProblem(`The archive is damaged: ${messageOf(thrown)}.`, { cause: thrown })
  }
}

/** The path of a plain file; undefined for what is harmless and no file. */
function judgeEntry({ name, type, linkname }: Header): string | undefined {
  const path = safeEntryPath(name)
  switch (type) {
    case 'file':
      return path
    case 'directory':
      return undefined
    case 'link':
    case 'symlink':
      assertLinkStaysInside(path, linkname, type)
      return undefined
    default:
      throw new ArchiveProblem(
        `The archive holds ${JSON.stringify(name)}, a ${type ?? 'thing of no known kind'}.`,
      )
  }
}

/** @param stream of bytes, which its type does not say */
async function collect(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) if (chunk instanceof Uint8Array) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

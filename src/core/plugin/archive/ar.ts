import { ArchiveProblem } from './archive-problem.ts'

/** One file of an ar archive; the bytes are a view into the archive. */
export interface ArMember {
  name: string
  bytes: Uint8Array
}

const magic = '!<arch>\n'
const headerBytes = 60
const headerEnd = '`\n'

/** A Debian package has three. */
const mostMembers = 16

/**
 * The members of an ar archive, which is what a Debian package is. Names as
 * GNU ar writes them (with a slash at the end) and as dpkg does.
 * Format: `man 5 ar`; 60 bytes of ASCII before each member, members begin at even offsets.
 *
 * @throws {ArchiveProblem} when it is no ar archive, or ends early
 */
export function readAr(archive: Uint8Array): ArMember[] {
  if (ascii(archive, 0, magic.length) !== magic) throw new ArchiveProblem('It is no ar archive.')
  const members: ArMember[] = []
  let offset = magic.length
  while (offset < archive.byteLength) {
    if (members.length === mostMembers)
      throw new ArchiveProblem(`The ar archive has more than ${mostMembers} members.`)
    const { name, size } = readHeader(archive, offset)
    const start = offset + headerBytes
    if (start + size > archive.byteLength)
      throw new ArchiveProblem(`The ar archive ends in the middle of ${JSON.stringify(name)}.`)
    members.push({ name, bytes: archive.subarray(start, start + size) })
    offset = start + size + (size % 2)
  }
  return members
}

function readHeader(archive: Uint8Array, offset: number): { name: string; size: number } {
  const header = ascii(archive, offset, headerBytes)
  const size = /^(\d{1,10}) *$/.exec(header.slice(48, 58))?.[1]
  if (header.length < headerBytes || !header.endsWith(headerEnd) || size === undefined)
    throw new ArchiveProblem(`The ar archive is damaged at byte ${offset}.`)
  return { name: header.slice(0, 16).trimEnd().replace(/\/$/, ''), size: Number(size) }
}

function ascii(bytes: Uint8Array, start: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(start, start + length))
}

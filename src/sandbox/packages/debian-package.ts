import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'

/** A file of a Debian package, by its path on the computer that it is installed on. */
export interface PackagedFile {
  path: string
  mode: number
  bytes: Uint8Array
}

export interface PackageFacts {
  name: string
  version: string
  architecture: 'all' | 'amd64' | 'arm64'
  /** One line. */
  description?: string
}

/**
 * A Debian package as dpkg reads it: an ar archive of the format's version, the
 * control files and the data. `man 5 deb`
 */
export async function buildDebianPackage(options: PackageFacts & { files: PackagedFile[] }): Promise<Buffer> {
  const control = controlOf(options)
  return buildAr([
    { name: 'debian-binary', bytes: Buffer.from('2.0\n') },
    {
      name: 'control.tar.gz',
      bytes: await buildGzippedTar([{ path: 'control', mode: 0o644, bytes: Buffer.from(control) }]),
    },
    { name: 'data.tar.gz', bytes: await buildGzippedTar(options.files) },
  ])
}

/** The fields of a package that dpkg and apt read, one a line. */
export function controlOf({ name, version, architecture, description }: PackageFacts): string {
  return [
    `Package: ${name}`,
    `Version: ${version}`,
    `Architecture: ${architecture}`,
    'Maintainer: Porthole sandbox',
    `Description: ${description ?? 'a stand-in for the demo'}`,
    '',
  ].join('\n')
}

/** Without the time of day: the same files make the same package. */
async function buildGzippedTar(files: PackagedFile[]): Promise<Buffer> {
  const tar = pack()
  for (const folder of foldersOf(files))
    tar.entry({ name: `./${folder}/`, type: 'directory', mode: 0o755, mtime: new Date(0) })
  for (const { path, mode, bytes } of files) tar.entry({ name: `./${path}`, mode, mtime: new Date(0) }, bytes)
  tar.finalize()
  const chunks: Uint8Array[] = []
  for await (const chunk of tar) if (chunk instanceof Uint8Array) chunks.push(chunk)
  return gzipSync(Buffer.concat(chunks))
}

/** dpkg makes no folder that the archive does not name. Outer ones come first. */
function foldersOf(files: PackagedFile[]): string[] {
  const folders = files.flatMap(({ path }) => {
    const parts = path.split('/').slice(0, -1)
    return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
  })
  return [...new Set(folders)].sort()
}

/** Sixty bytes of ASCII before each member, and a line feed behind one of odd length. */
function buildAr(members: { name: string; bytes: Uint8Array }[]): Buffer {
  const parts = members.flatMap(({ name, bytes }) => {
    const header = `${name.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'100644'.padEnd(8)}${String(bytes.byteLength).padEnd(10)}\`\n`
    return [Buffer.from(header), bytes, Buffer.alloc(bytes.byteLength % 2, '\n')]
  })
  return Buffer.concat([Buffer.from('!<arch>\n'), ...parts])
}

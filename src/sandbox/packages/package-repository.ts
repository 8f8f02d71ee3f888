import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { z } from 'zod'
import { buildDebianPackage, controlOf, type PackagedFile } from './debian-package.ts'

const factsSchema = z.strictObject({ version: z.string(), description: z.string() })

/**
 * A repository as apt reads it from a folder: packages built from the folders
 * of `sources`, each with `package.json` and the files of `rootfs/` beside it,
 * and the list of them. `man 5 sources.list`, flat repositories.
 */
export async function buildPackageRepository(sources: string, destination: string): Promise<void> {
  await mkdir(destination, { recursive: true })
  const entries: string[] = []
  for (const name of (await readdir(sources)).sort()) {
    const text = await readFile(join(sources, name, 'package.json'), 'utf8')
    const { version, description } = factsSchema.parse(JSON.parse(text))
    const facts = { name, version, description, architecture: 'all' as const }
    const bytes = await buildDebianPackage({ ...facts, files: await filesIn(join(sources, name, 'rootfs')) })
    const file = `${name}_${version}_all.deb`
    await writeFile(join(destination, file), bytes)
    entries.push(
      `${controlOf(facts)}Filename: ./${file}\nSize: ${bytes.byteLength}\nSHA256: ${digestOf(bytes)}\n`,
    )
  }
  const list = Buffer.from(entries.join('\n'))
  await writeFile(join(destination, 'Packages'), list)
  await writeFile(join(destination, 'Release'), releaseOf(list))
}

/** With it apt asks for no list in a form that is not there. Unsigned, so the source says that it is trusted. */
function releaseOf(list: Buffer): string {
  return [
    'Origin: Porthole sandbox',
    'Suite: sandbox',
    `Date: ${new Date(0).toUTCString()}`,
    'SHA256:',
    ` ${digestOf(list)} ${list.byteLength} Packages`,
    '',
  ].join('\n')
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

async function filesIn(folder: string): Promise<PackagedFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(
    files.sort().map(async (file) => ({
      path: relative(folder, file),
      mode: (await stat(file)).mode & 0o111 ? 0o755 : 0o644,
      bytes: await readFile(file),
    })),
  )
}

import { constants } from 'node:fs'
import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildPackageRepository } from '../packages/package-repository.ts'
import { findHostTool } from './container-tools.ts'
import { exists } from './staged-folder.ts'

/** Without these nothing can be installed; dpkg itself refuses to work without the last two. */
const needed = ['apt-get', 'dpkg', 'dpkg-deb', 'dpkg-split', 'ldconfig', 'start-stop-daemon']
const welcome = ['apt', 'apt-cache', 'apt-config', 'apt-mark', 'dpkg-query', 'dpkg-trigger']

const methodsFolder = '/usr/lib/apt/methods'
/** How apt fetches from a folder, and what it unpacks lists with. */
const methods = ['file', 'copy', 'store', 'gpgv']

/** The names of architectures, which apt asks dpkg for. */
const tablesFolder = '/usr/share/dpkg'
const tables = ['abitable', 'cputable', 'ostable', 'tupletable']

/** Where the packages are inside a container. */
const repositoryFolder = '/usr/share/porthole/packages'

export interface PackageManager {
  /** Paths on the host by name. */
  programs: Map<string, string>
  methods: string[]
}

/** The host's apt and dpkg; undefined where the host has another package manager. */
export async function findPackageManager(programFolders: string[]): Promise<PackageManager | undefined> {
  const programs = new Map<string, string>()
  for (const name of [...needed, ...welcome]) {
    const path = await findHostTool(name, programFolders)
    if (path) programs.set(name, path)
  }
  const paths = methods.map((name) => join(methodsFolder, name))
  const isWhole = needed.every((name) => programs.has(name))
  if (!isWhole || !(await Promise.all(paths.map(exists))).every(Boolean)) return undefined
  return { programs, methods: paths }
}

/**
 * What apt and dpkg need beside their programs, which are copied with all
 * others: an empty database, and one source that is in the image itself,
 * because the network of a container leads nowhere.
 */
export async function addPackageManager(
  folder: string,
  { methods: paths }: PackageManager,
  packages: string,
): Promise<void> {
  const inside = (path: string) => join(folder, path)
  for (const path of [
    methodsFolder,
    tablesFolder,
    '/etc/apt/apt.conf.d',
    '/etc/apt/preferences.d',
    '/etc/apt/trusted.gpg.d',
    '/etc/dpkg/dpkg.cfg.d',
    '/var/cache/apt/archives/partial',
    '/var/lib/apt/lists/partial',
    '/var/lib/dpkg/info',
    '/var/lib/dpkg/updates',
    '/var/lib/dpkg/triggers',
    '/var/log/apt',
  ]) {
    await mkdir(inside(path), { recursive: true })
  }
  for (const path of paths) {
    await copyFile(path, inside(path), constants.COPYFILE_FICLONE)
    await chmod(inside(path), 0o755)
  }
  for (const name of tables) {
    const table = join(tablesFolder, name)
    if (await exists(table)) await copyFile(table, inside(table))
  }
  // What dpkg shows long lists with.
  await symlink('less', inside('/usr/bin/pager'))
  await writeFile(inside('/var/lib/dpkg/status'), '')
  await writeFile(inside('/var/lib/dpkg/available'), '')
  // The only user inside is root, so apt has nobody to hand its downloads to.
  await writeFile(
    inside('/etc/apt/apt.conf.d/50porthole'),
    'APT::Sandbox::User "root";\nAcquire::Languages "none";\n',
  )
  await writeFile(inside('/etc/apt/sources.list'), `deb [trusted=yes] file:${repositoryFolder} ./\n`)
  await buildPackageRepository(packages, inside(repositoryFolder))
}

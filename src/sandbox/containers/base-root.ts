import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { chmod, copyFile, cp, mkdir, readdir, realpath, stat, symlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { findHostTool } from './container-tools.ts'
import { addPackageManager, findPackageManager, type PackageManager } from './package-manager.ts'
import { exists, folderIngredients, type StagedFolders } from './staged-folder.ts'

const run = promisify(execFile)

/** Without these a container cannot be started at all. */
const essentialPrograms = ['bash', 'cat', 'rmdir', 'setpriv', 'stat', 'umount']

/** What a container's /usr/bin is made of: what the host has of it is copied. */
const programs = [
  ...essentialPrograms,
  // coreutils
  ...words`[ arch b2sum base32 base64 basename chgrp chmod chown chroot cksum comm cp csplit cut date dd df dir
    dircolors dirname du echo env expand expr factor false fmt fold groups head hostid id install join link ln logname
    ls md5sum mkdir mkfifo mknod mktemp mv nice nl nohup nproc numfmt od paste pathchk pinky pr printenv printf ptx pwd
    readlink realpath rm runcon seq sha1sum sha224sum sha256sum sha384sum sha512sum shred shuf sleep sort split stdbuf
    stty sum sync tac tail tee test timeout touch tr true truncate tsort tty uname unexpand uniq unlink users vdir wc
    who whoami yes`,
  // text and files
  ...words`awk mawk gawk bc cmp diff diff3 find grep egrep fgrep gzip gunzip zcat hexdump less more sed strings tar vi
    vim xargs xxd jq file patch bzip2 xz column tree nano`,
  // processes and the system
  ...words`dash sh free kill lsof pgrep pidof pidwait pkill pmap ps pwdx slabtop strace top uptime vmstat w watch
    getent getopt hostname ionice ldd lscpu mount mountpoint nsenter prlimit renice setsid script tput tset clear reset
    infocmp toe findmnt flock dmesg locale getconf`,
  // network
  ...words`curl wget nc ss ip ping openssl`,
]

/** Terminals that people's emulators and multiplexers name. */
const terminals = words`ansi dumb linux rxvt screen screen-256color tmux tmux-256color vt100 vt102 vt220 xterm
  xterm-256color xterm-color`
const terminfoFolders = ['/etc/terminfo', '/lib/terminfo', '/usr/share/terminfo']

/** Loaded by name at run time, so no program lists them. Newer C libraries have them built in. */
const lateLibraries = /^libnss_(files|dns)\.so/

/** Changed together with how the folder is filled: one that was kept from before is then made anew. */
const layout = 'with packages, 4'

function words(text: TemplateStringsArray): string[] {
  return text.join('').trim().split(/\s+/)
}

export interface BaseRootOptions {
  staged: StagedFolders
  /** Our own /etc and /root: resources/sandbox/base. */
  ownFiles: string
  programFolders: string[]
  /** Programs and libraries whose own libraries have to be there too, e.g. the Node that runs the agent. */
  guests: string[]
  /** Packages that people can install inside: resources/sandbox/packages. */
  packages: string
  /** Stands in for tools that the host lacks. */
  busybox?: string
}

/**
 * A folder with a small system for all containers to start from: copies of the
 * host's own programs with the libraries they need, and an /etc of our own.
 * Copies, and not the host's /usr, so that root inside owns what it sees and
 * nothing else of the host comes in.
 *
 * @throws {Error} when the host lacks something essential
 */
export async function ensureBaseRoot(options: BaseRootOptions): Promise<string> {
  const found = await findPrograms(options.programFolders)
  const lacking = essentialPrograms.filter((name) => !found.has(name))
  if (lacking.length > 0) throw new Error(`this system has no ${lacking.join(', ')}`)
  const packageManager = await findPackageManager(options.programFolders)
  const sources = [
    ...found.values(),
    ...(packageManager?.programs.values() ?? []),
    ...(packageManager?.methods ?? []),
    ...options.guests,
    ...(options.busybox ? [options.busybox] : []),
  ]
  const ingredients = [
    layout,
    ...(await Promise.all([...found].map(async ([name, path]) => `${name} ${await fingerprint(path)}`))),
    ...(await Promise.all(sources.map(fingerprint))),
    ...(await folderIngredients(options.ownFiles)),
    ...(await folderIngredients(options.packages)),
  ]
  return options.staged.publish('base', ingredients, (folder) =>
    fillBaseRoot(folder, found, packageManager, options),
  )
}

async function findPrograms(programFolders: string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const name of programs) {
    const path = await findHostTool(name, programFolders)
    if (path) found.set(name, path)
  }
  return found
}

async function fingerprint(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path)
  return `${path} ${size} ${mtimeMs}`
}

async function fillBaseRoot(
  folder: string,
  found: Map<string, string>,
  packageManager: PackageManager | undefined,
  { ownFiles, packages, guests, busybox }: BaseRootOptions,
): Promise<void> {
  for (const path of [
    'usr/bin',
    'usr/sbin',
    'usr/lib',
    'usr/local/bin',
    'usr/share',
    'etc',
    'home',
    'tmp',
    'var/log',
  ]) {
    await mkdir(join(folder, path), { recursive: true })
  }
  for (const name of ['bin', 'sbin', 'lib']) await symlink(`usr/${name}`, join(folder, name))
  if (await exists('/lib64')) {
    await mkdir(join(folder, 'usr/lib64'))
    await symlink('usr/lib64', join(folder, 'lib64'))
  }
  const manager = [...(packageManager?.programs.values() ?? []), ...(packageManager?.methods ?? [])]
  await copyPrograms(folder, new Map([...found, ...(packageManager?.programs ?? [])]))
  await copyLibraries(folder, [...found.values(), ...manager, ...guests])
  if (packageManager) await addPackageManager(folder, packageManager, packages)
  await copyTerminfo(folder)
  await copyLocale(folder)
  if (busybox) await addBusybox(folder, busybox)
  await symlink('bash', join(folder, 'usr/bin/sh'))
  await cp(ownFiles, folder, { recursive: true })
}

/** One copy per program; its other names become links, as in the host's own folders. */
async function copyPrograms(folder: string, found: Map<string, string>): Promise<void> {
  const copies = new Map<string, string>()
  for (const [name, path] of found) {
    // sh is bash: a shell with line editing, whichever of the two people ask for.
    if (name === 'sh') continue
    const destination = join(folder, 'usr/bin', name)
    const copy = copies.get(path)
    if (copy) {
      await symlink(copy, destination)
    } else {
      await copyFile(path, destination, constants.COPYFILE_FICLONE)
      // Never set-user-id, whatever the host's copy is.
      await chmod(destination, 0o755)
      copies.set(path, name)
    }
  }
}

/** Copies every library that ldd names, each at its own path. */
async function copyLibraries(folder: string, paths: string[]): Promise<void> {
  const libraries = await librariesOf(paths)
  for (const library of [...libraries]) {
    if (!/\/libc\.so/.test(library)) continue
    const beside = await readdir(dirname(library))
    for (const name of beside.filter((name) => lateLibraries.test(name)))
      libraries.add(join(dirname(library), name))
  }
  for (const library of libraries) {
    const destination = join(folder, library)
    await mkdir(dirname(destination), { recursive: true })
    await copyFile(await realpath(library), destination, constants.COPYFILE_FICLONE)
    await chmod(destination, 0o755)
  }
}

async function librariesOf(paths: string[]): Promise<Set<string>> {
  // ldd fails as a whole when one of the files is a script or static, and still lists the others.
  const listing = await run('ldd', [...new Set(paths)], { env: { PATH: '/usr/bin:/bin' } }).then(
    (result) => result.stdout,
    (error: { stdout?: string }) => error.stdout ?? '',
  )
  const libraries = new Set<string>()
  for (const line of listing.split('\n')) {
    const path = /^\s+(?:\S+ => )?(\/\S+) \(0x/.exec(line)?.[1]
    if (path) libraries.add(path)
  }
  return libraries
}

async function copyTerminfo(folder: string): Promise<void> {
  for (const terminal of terminals) {
    for (const source of terminfoFolders) {
      const entry = join(terminal.charAt(0), terminal)
      if (!(await exists(join(source, entry)))) continue
      const destination = join(folder, 'usr/share/terminfo', entry)
      await mkdir(dirname(destination), { recursive: true })
      await copyFile(join(source, entry), destination)
      break
    }
  }
}

/** C.UTF-8 is built into newer C libraries only. */
async function copyLocale(folder: string): Promise<void> {
  for (const name of ['C.utf8', 'C.UTF-8']) {
    const source = join('/usr/lib/locale', name)
    if (await exists(source)) await cp(source, join(folder, source), { recursive: true, dereference: true })
  }
}

async function addBusybox(folder: string, busybox: string): Promise<void> {
  const destination = join(folder, 'usr/bin/busybox')
  await copyFile(busybox, destination)
  await chmod(destination, 0o755)
  const { stdout } = await run(busybox, ['--list'])
  const applets = stdout.split('\n').filter((name) => name && name !== 'busybox' && name !== 'sh')
  for (const applet of applets) {
    const link = join(folder, 'usr/bin', basename(applet))
    if (!(await exists(link))) await symlink('busybox', link)
  }
}

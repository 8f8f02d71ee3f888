import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { modulesFolder, projectFolder, say } from './project.mjs'

/** The Node inside Electron 45; better-sqlite3 13 crashes on Node 20. */
const wantedMajor = 24

/**
 * Installs what package-lock.json names unless it is there already, and builds
 * node-pty. Needs the network only when something is missing.
 * @returns {Promise<string>} path of a Node 24 executable
 */
export async function ensureDependencies() {
  const stamp = path.join(modulesFolder, '.porthole-installed')
  const lock = createHash('sha256')
    .update(readFileSync(path.join(projectFolder, 'package-lock.json')))
    .digest('hex')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
    say('Installing dependencies (once, about a minute)')
    // Scripts stay off: node-pty is the only one with a build, and it must be
    // built against Node 24's headers, not against those of the Node that runs npm.
    await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {})
    writeFileSync(stamp, lock)
  }
  const node = findNode()
  await ensureNodePty(node)
  return node.executable
}

/** @returns {{ executable: string, headersFolder?: string }} */
function findNode() {
  const system = process.platform === 'win32' ? 'win' : process.platform
  const packageFolder = path.join(modulesFolder, `node-${system}-${process.arch}`)
  const executable = path.join(packageFolder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (existsSync(executable)) return { executable, headersFolder: packageFolder }

  if (Number(process.versions.node.split('.')[0]) === wantedMajor) return { executable: process.execPath }
  const installed = spawnSync('node', ['--version'], { encoding: 'utf8' }).stdout ?? ''
  if (installed.startsWith(`v${wantedMajor}.`)) return { executable: 'node' }
  throw new Error(
    `Porthole runs on Node ${wantedMajor}, and there is no packaged one for ${process.platform} ${process.arch}. ` +
      `Install Node ${wantedMajor} and run the same command with it.`,
  )
}

/** @param {ReturnType<typeof findNode>} node */
async function ensureNodePty(node) {
  const folder = path.join(modulesFolder, 'node-pty')
  const built = path.join(folder, 'build', 'Release', 'pty.node')
  const shipped = path.join(folder, 'prebuilds', `${process.platform}-${process.arch}`)
  if (existsSync(built) || existsSync(shipped)) return
  say('Building node-pty')
  // npm 10 and 11 hand `nodedir` on to node-gyp from the environment alone;
  // a user's npmrc may be empty.
  await npm(
    ['rebuild', 'node-pty', '--loglevel=error'],
    node.headersFolder ? { npm_config_nodedir: node.headersFolder } : {},
  )
  if (!existsSync(built))
    throw new Error(
      'node-pty could not be built. It needs python3, make and a C++ compiler (Debian: apt-get install python3 make g++).',
    )
}

/**
 * @param {string[]} args
 * @param {Record<string, string>} environment
 * @returns {Promise<void>}
 */
function npm(args, environment) {
  const command = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: projectFolder,
      env: { ...process.env, ...environment },
      shell: process.platform === 'win32',
      // npm's own talk is progress, so it joins ours on standard error.
      stdio: ['ignore', process.stderr, process.stderr],
    })
    child.on('error', (error) => reject(new Error(`npm could not be started: ${error.message}`)))
    child.on('exit', (code) =>
      code === 0
        ? resolve(undefined)
        : reject(
            new Error(
              `npm ${args[0]} failed. If the network is down, try again when it is back; nothing else is needed.`,
            ),
          ),
    )
  })
}

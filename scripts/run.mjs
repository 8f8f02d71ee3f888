// The way into every command. Runs on whatever Node is installed (18 or newer,
// built-ins only), gets the dependencies and Node 24 in place, and hands over
// to scripts/tasks/<name>.ts, which Node 24 runs as it is.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { ensureDependencies } from './lib/install.mjs'
import { projectFolder } from './lib/project.mjs'

const oldestNode = 18

/** Soon enough that the port is free for whoever starts the next one. */
const parentLookMilliseconds = 250

async function main() {
  const [name, ...args] = process.argv.slice(2)
  const task = path.join(projectFolder, 'scripts', 'tasks', `${name}.ts`)
  if (!name || !existsSync(task)) throw new Error(`There is no command "${name ?? ''}". See CONTRIBUTING.md.`)
  if (Number(process.versions.node.split('.')[0]) < oldestNode)
    throw new Error(
      `Node ${process.versions.node} is too old to begin with. Install Node ${oldestNode} or newer.`,
    )

  const node = await ensureDependencies()
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', task, ...args], {
    cwd: projectFolder,
    stdio: 'inherit',
  })
  // The child shares the terminal, so it gets Ctrl-C by itself; a plain kill must be passed on.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  process.on('SIGHUP', () => child.kill('SIGHUP'))
  if (process.env.npm_lifecycle_event !== undefined) endWithParent(() => child.kill('SIGTERM'))
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
}

/**
 * A program that ends `npm run sandbox` ends npm: the shell between npm and this process then dies too, and passes
 * nothing on. What has lost its parent has been ended.
 * @param {() => void} end
 */
function endWithParent(end) {
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    end()
  }, parentLookMilliseconds)
  watch.unref()
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})

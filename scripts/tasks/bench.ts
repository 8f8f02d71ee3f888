import { spawn } from 'node:child_process'
import path from 'node:path'
import { buildBenchPage } from '../lib/bench-page.ts'
import { ensureBrowser } from '../lib/browser.ts'
import { ensureBuilt } from '../lib/build.ts'
import { ensureTools } from '../lib/container-tools.ts'
import { projectFolder } from '../lib/project.mjs'

ensureBrowser()
await ensureTools()
await ensureBuilt(['node', 'renderer'])
await buildBenchPage()

/** A process of its own: what builds and what measures share no memory and no timers. */
const main = path.join(projectFolder, 'test', 'bench', 'main.ts')
const child = spawn(
  process.execPath,
  ['--disable-warning=ExperimentalWarning', main, ...process.argv.slice(2)],
  {
    cwd: projectFolder,
    stdio: 'inherit',
  },
)
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
process.on('SIGHUP', () => child.kill('SIGTERM'))
child.on('exit', (code) => {
  process.exitCode = code ?? 1
})

import { fork } from 'node:child_process'
import path from 'node:path'
import { projectFolder } from '../lib/project.mjs'

/** A batch takes less than a second; a process that is silent for this long hangs. */
const silenceMilliseconds = 60_000

const main = path.join(projectFolder, 'test', 'fuzz', 'main.ts')
const child = fork(main, process.argv.slice(2), {
  cwd: projectFolder,
  execArgv: ['--disable-warning=ExperimentalWarning', '--expose-gc'],
})
let last = 'before the first input'
let watchdog = setTimeout(hang, silenceMilliseconds)

child.on('message', (message) => {
  last = JSON.stringify(message)
  clearTimeout(watchdog)
  watchdog = setTimeout(hang, silenceMilliseconds)
})
child.on('exit', (code) => {
  clearTimeout(watchdog)
  process.exitCode = code ?? 1
})

function hang(): void {
  process.stderr.write(`It hangs: ${last}\n`)
  child.kill('SIGKILL')
}

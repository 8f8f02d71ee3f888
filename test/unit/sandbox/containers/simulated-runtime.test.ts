import { resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  type ContainerProcess,
  ExecError,
  type RunningContainer,
} from '../../../../src/sandbox/containers/container-runtime.ts'
import { SimulatedRuntime } from '../../../../src/sandbox/containers/simulated/simulated-runtime.ts'

const imagesFolder = resolve('resources/sandbox/images')
const size = { cols: 80, rows: 24 }

let runtime: SimulatedRuntime
let container: RunningContainer

beforeEach(async () => {
  runtime = new SimulatedRuntime({ imagesFolder, now: () => 0 })
  container = await start()
})

afterEach(() => runtime[Symbol.asyncDispose]())

function start(): Promise<RunningContainer> {
  return runtime.start({
    id: 'test',
    hostname: 'ip-10-0-42-17.internal',
    image: 'nginx',
    environment: { TASK_ID: '4f1c9ad2' },
    onLog: () => {},
  })
}

function outputOf(process: ContainerProcess): { text: string; code?: number } {
  const seen: { text: string; code?: number } = { text: '' }
  const decoder = new TextDecoder()
  process.onOutput((bytes) => {
    seen.text += decoder.decode(bytes, { stream: true })
  })
  process.onExit((exit) => {
    seen.code = exit.code
  })
  return seen
}

async function run(line: string): Promise<{ text: string; code?: number }> {
  return outputOf(await container.exec(`sh -c '${line.replaceAll("'", `'\\''`)}'`, size))
}

test('a shell says that it is simulated and has the prompt of a task', async () => {
  const { text } = outputOf(await container.exec('/bin/bash', size))
  expect(text).toMatch(/^This shell is simulated: .*\r\nroot@ip-10-0-42-17:\/# $/)
})

test.each([
  ['echo one "two  three" \'$HOME\' $HOME', 'one two  three $HOME /root\r\n', 0],
  ['echo a > /tmp/x; echo b >> /tmp/x; cat /tmp/x', 'a\r\nb\r\n', 0],
  ['cat /usr/share/nginx/html/index.html | grep 4f1c9ad2 | wc -l', '1\r\n', 0],
  ['false && echo no || echo yes', 'yes\r\n', 0],
  ['cd /etc/nginx && pwd && head -n 1 nginx.conf', '/etc/nginx\r\nworker_processes  1;\r\n', 0],
  ['tail -1 /docker-entrypoint.d/templates', '/usr/share/nginx/html/index.html\r\n', 0],
  ['nope', 'sh: nope: not found\r\n', 127],
  ['constructor', 'sh: constructor: not found\r\n', 127],
  ['cat /nowhere', 'cat: /nowhere: No such file or directory\r\n', 1],
  ['cat /etc', 'cat: /etc: Is a directory\r\n', 1],
  ['cd /etc/hostname', 'cd: /etc/hostname: Not a directory\r\n', 1],
  ['echo x > /nowhere/file', 'echo: /nowhere/file: No such file or directory\r\n', 1],
  ['rm -rf / ; ls /', '', 0],
  ['exit 3; echo no', '', 3],
])('%s', async (line, text, code) => {
  expect(await run(line)).toEqual({ text, code })
})

test('what is changed is gone in the next container', async () => {
  await run('rm -rf /usr')
  container = await start()
  expect((await run('ls /usr/share/nginx/html')).text).toBe('50x.html  index.html\r\n')
})

test('lines are edited: backspace, Ctrl-U, Ctrl-C, history, UTF-8, and Ctrl-D ends the shell', async () => {
  const shell = await container.exec('sh', size)
  const seen = outputOf(shell)
  const type = (text: string) => {
    seen.text = ''
    for (const byte of new TextEncoder().encode(text)) shell.write(Uint8Array.of(byte))
    return seen.text
  }
  expect(type('echo grüx\x7fße\r')).toContain('\r\ngrüße\r\n')
  expect(type('\x1b[A\r')).toContain('\r\ngrüße\r\n')
  expect(type('nope\x15echo yes\r')).toContain('\r\nyes\r\n')
  expect(type('half\x03')).toMatch(/half\^C\r\nroot@.*# $/)
  expect(type('\x1b[1;5C\x1bOPecho after\r')).toContain('\r\nafter\r\n')
  type('\x04')
  expect(seen.code).toBe(0)
})

test('a pause holds output back', async () => {
  const process = await container.exec('echo held', size)
  process.pause()
  const seen = outputOf(process)
  expect(seen).toEqual({ text: '' })
  process.resume()
  expect(seen).toEqual({ text: 'held\r\n', code: 0 })
})

test('a program that does not exist is refused as by the agent', async () => {
  await expect(container.exec('/bin/zsh', size)).rejects.toThrow(ExecError)
  await expect(container.exec('/bin/zsh', size)).rejects.toThrow(
    'fork/exec /bin/zsh: no such file or directory',
  )
  await expect(container.exec('zsh', size)).rejects.toThrow('executable file not found in $PATH')
})

test('stop ends its shells and refuses new ones', async () => {
  const seen = outputOf(await container.exec('sh', size))
  await container.stop()
  await container.exited
  expect(seen.code).toBe(129)
  await expect(container.exec('sh', size)).rejects.toThrow('The container test has stopped.')
})

import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ExecError, type RunningContainer } from '../../../src/sandbox/containers/container-runtime.ts'
import { containerSpec, createNamespaceRuntime, run, script, TerminalDriver } from './containers.ts'

const megabyte = 1024 * 1024
const prompt = /root@ip-10-0-42-17.*# /

let runtime: Awaited<ReturnType<typeof createNamespaceRuntime>>
let container: RunningContainer

beforeAll(async () => {
  runtime = await createNamespaceRuntime()
  container = await runtime.start(containerSpec())
})

afterAll(() => runtime[Symbol.asyncDispose]())

async function bash(size?: { cols: number; rows: number }): Promise<TerminalDriver> {
  const terminal = await TerminalDriver.open(container, '/bin/bash', size)
  await terminal.until(prompt)
  return terminal
}

async function leave(terminal: TerminalDriver): Promise<void> {
  terminal.type('exit\r')
  await terminal.exited
}

test('a session has a terminal, TERM, LANG and root, as under the exec agent', async () => {
  const { output } = await script(container, 'tty; echo $TERM $LANG $HOME $HOSTNAME; pwd; id -un')
  expect(output).toMatch(
    /^\/dev\/pts\/\d+\nxterm-256color C.UTF-8 \/root ip-10-0-42-17.eu-west-1.compute.internal\n\/\nroot\n$/,
  )
})

test('commands are split like a shell does and run without one', async () => {
  expect((await run(container, `printf '%s|' one "two three" fo\\ ur '$HOME' a&&b`)).output).toBe(
    'one|two three|fo ur|$HOME|a&&b|',
  )
  expect((await run(container, 'sh -c "exit 7"')).code).toBe(7)
})

test.each([
  ['/bin/nope', /Unable to start command: Failed to start pty: .*\/bin\/nope: no such file or directory/],
  ['nope', /executable file not found in \$PATH/],
  ['/etc', /permission denied/],
  ['sh "open', /closing quote/],
  ['  ', /empty/],
])('%j cannot be started and says why', async (command, message) => {
  const attempt = container.exec(command, { cols: 80, rows: 24 })
  await expect(attempt).rejects.toThrow(ExecError)
  await expect(attempt).rejects.toThrow(message)
})

test('the prompt is that of a task, in bash and in sh', async () => {
  await leave(await bash())
  const sh = await TerminalDriver.open(container, '/bin/sh')
  await sh.until(prompt)
  await leave(sh)
})

test('Ctrl-C ends a flood of yes', async () => {
  const terminal = await bash()
  terminal.type('yes\r')
  await terminal.until(/(y\n){50}/)
  terminal.type('\x03')
  await terminal.until(prompt)
  await leave(terminal)
})

test('job control: Ctrl-Z, jobs, fg', async () => {
  const terminal = await bash()
  terminal.type('echo rea""dy; cat\r')
  await terminal.until(/ready\n/)
  // Its answer shows that cat, and no longer the shell, has the terminal.
  terminal.type('forth\r')
  await terminal.until(/forth\nforth\n/)
  terminal.type('\x1a')
  await terminal.until(/Stopped\s+cat/)
  terminal.type('fg\r')
  await terminal.until(/fg\ncat\n/)
  terminal.type('back\r')
  await terminal.until(/back\nback\n/)
  terminal.type('\x04')
  await terminal.until(prompt)
  await leave(terminal)
})

test('Ctrl-S stops the output and Ctrl-Q lets it go on', async () => {
  const terminal = await bash()
  terminal.type('\x13')
  terminal.type('echo hel"lo"\r\x11')
  await terminal.until(/hello/)
  await leave(terminal)
})

test('a resize reaches the terminal and the program on it', async () => {
  const terminal = await bash({ cols: 90, rows: 30 })
  terminal.type('stty size\r')
  await terminal.until(/30 90\n/)
  await leave(terminal)
  const command = `bash -c 'trap "echo changed to \\$(stty size)" WINCH; echo ready; while :; do sleep 0.01; done'`
  const program = await TerminalDriver.open(container, command)
  await program.until(/ready/)
  program.process.resize({ cols: 120, rows: 40 })
  await program.until(/changed to 40 120\n/)
  program.process.kill()
  expect(await program.exited).toMatchObject({ signal: 'SIGHUP' })
})

test('vi edits and saves a file', async () => {
  const terminal = await bash()
  terminal.type('vi /tmp/note\r')
  await terminal.until(/~[\s\S]*~/)
  terminal.type('ihello from vi\x1b:wq\r')
  await terminal.until(prompt)
  terminal.type('cat /tmp/note; rm /tmp/note\r')
  await terminal.until(/rm \/tmp\/note\n(.*)hello from vi\n/)
  await leave(terminal)
})

test('top shows the processes and ends with q', async () => {
  const terminal = await bash()
  terminal.type('top\r')
  await terminal.until(/PID.*COMMAND/)
  await terminal.until(/bash/)
  terminal.type('q')
  await terminal.until(prompt)
  await leave(terminal)
})

test('less pages what comes through a pipe, with keys from /dev/tty', async () => {
  const terminal = await bash()
  terminal.type('seq 1 1000 | less\r')
  await terminal.until(/\b20\n/)
  terminal.type('G')
  await terminal.until(/1000/)
  terminal.type('q')
  await terminal.until(prompt)
  await leave(terminal)
})

test('ps lists what runs inside', async () => {
  const { output } = await run(container, 'ps -ef')
  expect(output).toMatch(/sleep infinity/)
  expect(output).toMatch(/ecs-exec-agent/)
})

test('UTF-8 goes both ways whole', async () => {
  const terminal = await bash()
  terminal.type('echo grüße-日本-🚀 | tee /tmp/utf8 | wc -m\r')
  await terminal.until(/\n11\n/)
  terminal.type('cat /tmp/utf8\r')
  await terminal.until(/\ngrüße-日本-🚀\n/)
  await leave(terminal)
})

test('a 200 kB paste arrives whole while nobody reads it at first', async () => {
  const line = `${'0123456789'.repeat(9)}\n`
  const paste = line.repeat(2200)
  const terminal = await TerminalDriver.open(
    container,
    `bash -c 'stty raw -echo; echo go; read -n 1 -t 1 _; sha256sum <(head -c ${paste.length})'`,
  )
  await terminal.until(/go/)
  terminal.type(`x${paste}`)
  const digest = createHash('sha256').update(paste).digest('hex')
  await terminal.until(new RegExp(digest))
})

test('50 MB of cat come byte for byte, past pauses, and the exit comes last', async () => {
  const size = 50 * megabyte
  await script(
    container,
    `head -c ${size} /dev/urandom >/tmp/flood; sha256sum </tmp/flood | cut -c 1-64 >/tmp/digest`,
  )
  const flood = await container.exec(`bash -c 'stty raw; cat /tmp/flood'`, { cols: 80, rows: 24 })
  const hash = createHash('sha256')
  let bytes = 0
  let paused = false
  flood.onOutput((chunk) => {
    expect(paused).toBe(false)
    hash.update(chunk)
    const megabytesBefore = Math.floor(bytes / megabyte)
    bytes += chunk.byteLength
    if (Math.floor(bytes / megabyte) === megabytesBefore) return
    paused = true
    flood.pause()
    setImmediate(() => {
      paused = false
      flood.resume()
    })
  })
  const exit = await new Promise((done) => flood.onExit(done))
  expect(exit).toEqual({ code: 0 })
  expect(bytes).toBe(size)
  expect(hash.digest('hex')).toBe((await run(container, 'cat /tmp/digest')).output.trim())
  await run(container, 'rm /tmp/flood')
})

test('a pause holds the program back, and what it had written survives its end', async () => {
  const writer = await container.exec(
    `bash -c 'stty raw; head -c ${megabyte} /dev/zero; touch /tmp/all-written'`,
    {
      cols: 80,
      rows: 24,
    },
  )
  writer.pause()
  let bytes = 0
  writer.onOutput((chunk) => {
    bytes += chunk.byteLength
  })
  const exited = new Promise((done) => writer.onExit(done))
  // Another session has come and gone: there was time to write far more than the buffers between hold.
  expect((await script(container, 'sleep 0.4; ls /tmp/all-written')).code).not.toBe(0)
  expect(bytes).toBe(0)
  writer.resume()
  await exited
  expect(bytes).toBe(megabyte)
})

test('kill ends the session and what ran on its terminal', async () => {
  const terminal = await bash()
  terminal.type('sleep 1001 & cat\r')
  await terminal.until(/\[1\] \d+\n/)
  terminal.type('forth\r')
  await terminal.until(/forth\nforth\n/)
  terminal.process.kill()
  await terminal.exited
  const { output } = await script(
    container,
    'while pgrep -f "sleep 100[1]|^cat"; do sleep 0.01; done; echo gone',
  )
  expect(output).toMatch(/gone\n$/)
})

test('background jobs go even with a shell that does not pass the hang-up on', async () => {
  const terminal = await bash()
  terminal.type('sleep 1002 & trap "" HUP; echo rea""dy\r')
  await terminal.until(/ready\n/)
  terminal.process.kill()
  await terminal.exited
  const { output } = await script(container, 'while pgrep -f "sleep 100[2]"; do sleep 0.01; done; echo gone')
  expect(output).toMatch(/gone\n$/)
})

test('a program left in the background does not keep the session open', async () => {
  const background = 'setsid --fork bash -c "touch /tmp/apart; exec sleep 1003"'
  const { output } = await script(container, `${background}; until [ -e /tmp/apart ]; do :; done; echo done`)
  expect(output).toBe('done\n')
  expect((await run(container, 'pkill -f "sleep 1003"')).code).toBe(0)
})

test('orphans are reaped', async () => {
  const { output } = await script(container, '(sleep 0.05 &) ; sleep 0.2; ps -eo stat= | grep -c Z; true')
  expect(output.trim()).toBe('0')
})

test('when the agent is killed, its sessions end and the next one is refused', async () => {
  const fragile = await runtime.start(containerSpec())
  const shell = await TerminalDriver.open(fragile, '/bin/bash')
  await shell.until(prompt)
  shell.type('kill -9 $PPID\r')
  await shell.exited
  await expect(fragile.exec('/bin/bash', { cols: 80, rows: 24 })).rejects.toThrow(/exec agent .* has stopped/)
  await fragile.stop()
})

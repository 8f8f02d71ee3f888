import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SessionFixture, type Shell } from './session-fixture.ts'

let fixture: SessionFixture

beforeAll(async () => {
  fixture = await SessionFixture.start()
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
})

/** A person's reaction on the screen after Ctrl-C is bounded by 100 ms; here the machine is shared. */
const ctrlCLimitMilliseconds = 1_000

describe.each(['built-in', 'plugin'] as const)('a shell through the %s engine', (engine) => {
  async function withShell(use: (shell: Shell) => Promise<void>): Promise<void> {
    const shell = await fixture.openShell(engine)
    try {
      await use(shell)
    } finally {
      await fixture.service.close(shell.id)
    }
  }

  test('shows a prompt, echoes, and says what it is', () =>
    withShell(async (shell) => {
      await shell.run('echo one$((1+1))three', /one2three\r\nready> $/)
      expect(await shell.until('ready')).toMatchObject({ engine, userName: 'test', recording: true })
      expect(shell.page.text).not.toMatch(/session with session|porthole-plugin/i)
    }))

  test('carries UTF-8 both ways', () =>
    withShell(async (shell) => {
      await shell.run("printf '%s|' 'grün' '日本語' '🚀'", /grün\|日本語\|🚀\|ready> $/)
    }))

  test('Ctrl-S and Ctrl-Q reach the program, and Enter stays Enter', () =>
    withShell(async (shell) => {
      await shell.run("stty raw -echo; echo go''ing; head -c 8 | od -An -tx1; stty sane", /going/)
      shell.type('\x13x\x11y\r\n\x1a\x1c')
      await shell.shows(/13 78 11 79 0d 0a 1a 1c/)
    }))

  test('Ctrl-C stops yes', () =>
    withShell(async (shell) => {
      shell.type('yes\r')
      await shell.page.until(() => shell.page.outputBytes > 1_000_000)
      const pressed = performance.now()
      shell.type('\x03')
      await shell.shows(/\^C\r?\n?.*ready> $/s)
      expect(performance.now() - pressed).toBeLessThan(ctrlCLimitMilliseconds)
      await shell.run('echo back$((1+1))', /back2/)
    }))

  test('a paste of 200 kB arrives whole', () =>
    withShell(async (shell) => {
      const paste = randomBytes(100_000).toString('hex')
      const digest = createHash('sha256').update(paste).digest('hex')
      await shell.run(`stty raw -echo; echo go''ing; head -c ${paste.length} | sha256sum; stty sane`, /going/)
      shell.type(paste)
      await shell.shows(new RegExp(digest))
    }))

  test('a resize reaches a program that runs', () =>
    withShell(async (shell) => {
      const wait = 'for i in $(seq 100); do [ "$(stty size)" = "43 132" ] && break; sleep 0.1; done'
      shell.type(`echo wait''ing; ${wait}; stty size\r`)
      await shell.shows(/waiting/)
      shell.resize({ cols: 132, rows: 43 })
      await shell.shows(/\n43 132\r\n/)
    }))

  test('8 MB of output lose nothing, on the screen and in the recording', () =>
    withShell(async (shell) => {
      const lines = 500_000
      const before = shell.page.outputBytes
      const command = `stty -echo; yes 0123456789abcde | head -n ${lines}; stty echo; echo fin$((1+1))`
      await shell.run(command, /fin2\r\nready> $/)
      const flood = shell.page.text.slice(before)
      expect(flood.split('0123456789abcde\r\n').length - 1).toBe(lines)
      const recording = fixture.recorders.recordings.find(({ start }) => start.sessionId === shell.id)
      expect(Buffer.concat(recording?.output ?? []).equals(Buffer.concat(shell.page.output))).toBe(true)
    }))

  test('exit ends the session after its last output', async () => {
    const shell = await fixture.openShell(engine)
    shell.type('echo last$((1+1))words; exit\r')
    const ended = await shell.until('ended')
    await shell.page.until(() => shell.page.ended)
    expect(ended).toMatchObject({ endReason: 'exited' })
    expect(ended.error).toBeUndefined()
    expect(shell.page.text).toContain('last2words')
    expect(shell.page.text).not.toMatch(/exiting session|porthole-plugin/i)
  })

  test('closing ends the remote shell', async () => {
    const shell = await fixture.openShell(engine)
    const [, remoteProcess] = await shell.run('echo pid=$$.', /\npid=(\d+)\./)
    await fixture.service.close(shell.id)
    expect(await shell.until('ended')).toMatchObject({ endReason: 'closed' })
    await withShell(async (second) => {
      const wait = `for i in $(seq 100); do kill -0 ${remoteProcess} || break; sleep 0.1; done 2>/dev/null`
      await second.run(`${wait}; kill -0 ${remoteProcess} 2>/dev/null || echo go''ne`, /\ngone/)
    })
  })

  test('a program that is not in the image is named as the reason', async () => {
    const shell = await fixture.open(engine, '/no/such/shell')
    const ended = await shell.until('ended')
    expect(ended).toMatchObject({ endReason: 'failed', error: { code: 'NO_SHELL_IN_IMAGE' } })
  })

  test('a page that reloads finds the screen as it was', () =>
    withShell(async (shell) => {
      await shell.run('printf "\\033[31mred\\033[0m\\n"', /red.*ready> $/s)
      shell.page.send({ kind: 'attach', stream: (await shell.until('ready')).stream })
      await shell.page.until(() => shell.page.snapshots.length === 2)
      expect(new TextDecoder().decode(shell.page.snapshots[1])).toContain('\x1b[31mred')
    }))
})

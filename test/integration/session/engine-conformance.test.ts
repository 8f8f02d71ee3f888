import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seededFaults } from '../../../src/sandbox/services/message-gateway/fault-plan.ts'
import { enginesUnderTest } from './engines-under-test.ts'
import { SessionFixture, type Shell } from './session-fixture.ts'

/** What a person waits after Ctrl-C is measured by the bench; a flood that could not be stopped would never end. */
const ctrlCLimitMilliseconds = 10_000

for (const { title, engine, plugin, absent } of enginesUnderTest)
  describe.skipIf(absent !== undefined)(
    absent === undefined ? title : `${title} (skipped: ${absent})`,
    () => {
      let fixture: SessionFixture

      beforeAll(async () => {
        fixture = await SessionFixture.start({ plugin })
      })
      afterAll(async () => {
        await fixture[Symbol.asyncDispose]()
      })

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
          await shell.run(
            `stty raw -echo; echo go''ing; head -c ${paste.length} | sha256sum; stty sane`,
            /going/,
          )
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

      test('a lost socket is resumed in place, and what is typed then arrives once', () =>
        withShell(async (shell) => {
          await shell.run('marker=kept; echo set$((1+1))', /set2/)
          const sessionId = (await shell.until('ready')).awsSessionId ?? ''
          for (const how of ['abrupt', 'clean'] as const) {
            fixture.gateway.killSocket(sessionId, how)
            // A key pressed while it has no socket ends the real plugin.
            await expect
              .poll(() => fixture.gateway.statistics(sessionId)?.connected, { timeout: 10_000 })
              .toBe(true)
            await shell.run(`echo $marker$((1+1)) ${how}`, new RegExp(`\\nkept2 ${how}\\r\\n`))
          }
        }))

      test('two shells in one container are two sessions', () =>
        withShell(async (first) => {
          await withShell(async (second) => {
            await first.run('echo from the first > /tmp/shared; tty', /\/dev\/pts\/\d+/)
            await second.run('cat /tmp/shared', /\nfrom the first\r\n/)
          })
          await first.run('echo still$((1+1))here', /still2here/)
        }))

      test('a cluster with a KMS key: the session is encrypted and works', async () => {
        const container = await fixture.containerOf('data', 'reports')
        const shell = await fixture.openShell(engine, container)
        try {
          await shell.run('echo one$((1+1))three', /one2three\r\nready> $/)
          expect((await shell.until('ready')).kmsEncrypted || shell.history.at(-1)?.kmsEncrypted).toBe(true)
        } finally {
          await fixture.service.close(shell.id)
        }
      })

      test('a line that loses, doubles, swaps, delays and damages: all output arrives once and in order', async () => {
        fixture.nextFaults = {
          line: seededFaults({
            seed: 7,
            drop: 0.02,
            duplicate: 0.05,
            swap: 0.05,
            delay: { chance: 0.05, milliseconds: 20 },
            corrupt: { chance: 0.02, what: 'digest' },
            lostAcknowledgements: 0.05,
          }),
        }
        const shell = await fixture.openShell(engine)
        fixture.nextFaults = undefined
        try {
          const numbers = Array.from({ length: 800 }, (_, index) => `${index + 1}\r\n`).join('')
          await shell.run('stty -echo; seq 800; stty echo; echo fin$((1+1))', /fin2\r\nready> $/)
          expect(shell.page.text).toContain(numbers)
        } finally {
          await fixture.service.close(shell.id)
        }
      })

      test('a session that somebody else ends at AWS has ended here', async () => {
        const shell = await fixture.openShell(engine)
        fixture.gateway.terminate((await shell.until('ready')).awsSessionId ?? '')
        expect(await shell.until('ended')).toMatchObject({ endReason: 'exited' })
      })

      test('20 idle minutes, scaled: ended by AWS', async () => {
        await using impatient = await SessionFixture.start({ plugin, agent: { idleTimeout: 3_000 } })
        const shell = await impatient.open(engine)
        const ended = await shell.until('ended')
        expect(ended).toMatchObject({ endReason: 'timed-out' })
        expect(ended.error).toBeUndefined()
      })
    },
  )

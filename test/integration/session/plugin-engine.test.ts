import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ErrorValue } from '../../../src/contract/errors.ts'
import type { EndReason } from '../../../src/contract/session.ts'
import { type Clock, systemClock } from '../../../src/core/clock.ts'
import type { EngineSession } from '../../../src/core/session/engine.ts'
import {
  createPluginEngine,
  type PluginEngine,
  pluginPatienceMilliseconds,
} from '../../../src/core/session/plugin-engine.ts'
import { createHandClock } from '../../fixtures/hand-clock.ts'
import { sampleEngineRequest } from '../../fixtures/session-samples.ts'

const sessionId = sampleEngineRequest.awsSessionId
const banner = `printf '\\nStarting session with SessionId: ${sessionId}\\n'`
const goodbye = `printf '\\n\\nExiting session with sessionId: ${sessionId}.\\n\\n'`

let folder: string
let disposables: AsyncDisposableStack

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'porthole-plugin-engine-'))
  disposables = new AsyncDisposableStack()
  disposables.defer(() => rm(folder, { recursive: true, force: true }))
})
afterEach(() => disposables.disposeAsync())

interface Run {
  session: EngineSession
  engine: PluginEngine
  readonly text: string
  readonly isReady: boolean
  terminated: string[]
  ended: Promise<{ reason: EndReason; error?: ErrorValue }>
  /** Resolves when the output matches, with what matched. */
  shows(pattern: RegExp): Promise<readonly string[]>
  /** Another session of the same engine. */
  again(): Run
}

/** Starts a session whose plugin is this shell script. */
async function run(script: string, options: { clock?: Clock; temporaryFolder?: string } = {}): Promise<Run> {
  const plugin = path.join(folder, 'session-manager-plugin')
  await writeFile(plugin, `#!/bin/sh\n${script}\n`)
  await chmod(plugin, 0o755)
  const terminated: string[] = []
  const engine = disposables.use(
    createPluginEngine({
      findPlugin: async () => ({ status: 'supported', path: plugin, version: '1.2.896.0' }),
      ssm: ({ awsSessionId }) => ({ terminate: async () => void terminated.push(awsSessionId) }),
      clock: options.clock ?? systemClock,
      environment: { PATH: process.env.PATH, HOME: folder, AWS_PROFILE: 'other', SECRET: 'do not pass on' },
      platform: process.platform,
      temporaryFolder: options.temporaryFolder,
    }),
  )
  return startSession(engine, terminated)
}

function startSession(engine: PluginEngine, terminated: string[]): Run {
  let text = ''
  let isReady = false
  const waiting = new Set<() => void>()
  const { promise: ended, resolve } = Promise.withResolvers<{ reason: EndReason; error?: ErrorValue }>()
  const session = engine.start(
    {
      ...sampleEngineRequest,
      tokenValue: 'the-secret-token',
      size: { cols: 90, rows: 20 },
      credentials: async () => ({ accessKeyId: 'AKIA1', secretAccessKey: 's3cret', sessionToken: 'st' }),
    },
    {
      ready: () => {
        isReady = true
      },
      encrypted: () => {},
      output: (bytes) => {
        text += Buffer.from(bytes).toString('latin1')
        for (const check of [...waiting]) check()
      },
      degraded: () => {},
      recovered: () => {},
      reconnecting: () => {},
      reconnected: () => {},
      ended: (reason, error) => resolve({ reason, error }),
    },
  )
  disposables.defer(() => session.close())
  return {
    session,
    engine,
    get text() {
      return text
    },
    get isReady() {
      return isReady
    },
    terminated,
    ended,
    again: () => startSession(engine, terminated),
    shows: (pattern) =>
      new Promise((show) => {
        const check = () => {
          const match = pattern.exec(text)
          if (match === null) return
          waiting.delete(check)
          show(match)
        }
        waiting.add(check)
        check()
      }),
  }
}

describe('what the plugin is given', () => {
  test('six arguments, without the token', async () => {
    const { shows } = await run(`${banner}; for a in "$@"; do printf '[%s]' "$a"; done; printf '#'; read x`)
    const [, given] = await shows(/^(.*)#/s)
    expect(given).toBe(
      [
        '[AWS_SSM_START_SESSION_RESPONSE]',
        '[eu-west-1]',
        '[StartSession]',
        '[]',
        `[{"Target":"${sampleEngineRequest.target}"}]`,
        '[https://ssm.eu-west-1.amazonaws.com]',
      ].join(''),
    )
    expect(given).not.toContain('the-secret-token')
  })

  test('an environment with the session and the credentials, and nothing of ours', async () => {
    const { shows } = await run(`${banner}; env; printf 'env end'; read x`)
    const [, printed = ''] = await shows(/^(.*)env end/s)
    const variables = new Map(
      printed.split('\n').map((line) => [line.split('=', 1)[0], line.replace(/^[^=]*=/, '')]),
    )
    expect(JSON.parse(variables.get('AWS_SSM_START_SESSION_RESPONSE') ?? '')).toEqual({
      SessionId: sessionId,
      StreamUrl: sampleEngineRequest.streamUrl,
      TokenValue: 'the-secret-token',
    })
    expect(variables.get('AWS_ACCESS_KEY_ID')).toBe('AKIA1')
    expect(variables.get('AWS_SESSION_TOKEN')).toBe('st')
    expect(variables.get('AWS_EC2_METADATA_DISABLED')).toBe('true')
    expect(variables.has('SECRET')).toBe(false)
    expect(variables.has('AWS_PROFILE')).toBe(false)
  })

  test('a terminal of the right size', async () => {
    const { session, shows } = await run(
      `${banner}; stty -g >/dev/null; printf 'up'; read x; env -i stty size; read x`,
    )
    await shows(/up/)
    session.resize({ cols: 133, rows: 44 })
    session.write(Buffer.from('\n'))
    await shows(/44 133/)
  })
})

test('the terminal stays raw, whatever the plugin does to it', async () => {
  const meddle = 'stty cbreak; stty -echo; stty isig ixon icrnl opost onlcr; stty $(stty -g)'
  const { session, shows } = await run(
    `${banner}; ${meddle}; printf 'up\\n'; head -c 6 | od -An -tx1; read x`,
  )
  await shows(/up\n/)
  session.write(Buffer.from('\x03\x13x\x11\r\x1a'))
  const [printed] = await shows(/03 13 78 11 0d 1a\r?\n/)
  expect(printed).not.toContain('\r')
})

test('output behind which the plugin exits is not lost while its reader is held back', async () => {
  // Fits into the terminal's own buffer, so that the plugin can go although nobody reads.
  const last = 'x'.repeat(3000)
  const { session, shows, ended } = await run(
    `${banner}; printf 'pid=%s.' $$; read x; printf '%s|end' ${last}; ${goodbye}`,
  )
  const [, pid] = await shows(/pid=(\d+)\./)
  session.pause()
  session.write(Buffer.from('\n'))
  await processGone(Number(pid))
  // What must not happen is an end; node-pty drops an ended process's terminal after 200 ms.
  const quiet = new Promise<string>((resolve) => systemClock.after(400, () => resolve('quiet')))
  expect(await Promise.race([ended, quiet])).toBe('quiet')
  session.resume()
  const [printed = ''] = await shows(/x*\|end/)
  expect(printed).toBe(`${last}|end`)
  expect(await ended).toEqual({ reason: 'exited' })
})

describe('the end', () => {
  test('by exit says so, whatever the exit code', async () => {
    const started = await run(`${banner}; printf '# '; ${goodbye}; exit 0`)
    expect(await started.ended).toEqual({ reason: 'exited' })
    expect(started.text).toBe('# ')
    expect(started.terminated).toEqual([])
  })

  test('by the idle timeout', async () => {
    const why = 'Your session timed out due to inactivity and has been terminated.'
    const { ended } = await run(
      `${banner}; printf '# '; printf '\\n\\nSessionId: ${sessionId} : ${why}\\n\\n'`,
    )
    expect(await ended).toEqual({ reason: 'timed-out' })
  })

  test('before the start quotes the plugin', async () => {
    const started = await run("printf 'Cannot perform start session: EOF\\n'; exit 0")
    expect(await started.ended).toMatchObject({
      reason: 'failed',
      error: { code: 'PLUGIN_FAILED', detail: 'Cannot perform start session: EOF' },
    })
    expect(started.isReady).toBe(false)
  })

  test('by a crash is a lost session', async () => {
    const { ended } = await run(`${banner}; printf '# '; kill -KILL $$`)
    expect(await ended).toMatchObject({ reason: 'lost', error: { code: 'CONNECTION_LOST' } })
  })

  test('by silence, when the patience is over, and AWS is told', async () => {
    const clock = createHandClock()
    const started = await run(`${banner}; read x`, { clock })
    clock.advance(pluginPatienceMilliseconds)
    expect(await started.ended).toMatchObject({ reason: 'failed', error: { code: 'PLUGIN_FAILED' } })
    expect(started.terminated).toEqual([sessionId])
    await started.session.close()
    expect(started.terminated).toEqual([sessionId])
  })

  test('by closing kills the plugin and tells AWS, once', async () => {
    const { session, shows, ended, terminated } = await run(`${banner}; printf 'pid=%s.' $$; read x`)
    const [, pid] = await shows(/pid=(\d+)\./)
    await Promise.all([session.close(), session.close()])
    expect(await ended).toEqual({ reason: 'closed' })
    expect(terminated).toEqual([sessionId])
    await processGone(Number(pid))
  })

  test('for want of a temporary folder, which is no reason to refuse the next session', async () => {
    const temporaryFolder = path.join(folder, 'later')
    const { engine, again, ended } = await run(`${banner}; printf '# '; read x`, { temporaryFolder })
    expect(await ended).toMatchObject({ reason: 'failed' })
    await mkdir(temporaryFolder)
    const next = again()
    await next.shows(/# /)
    await next.session.close()
    await engine[Symbol.asyncDispose]()
    expect(await readdir(temporaryFolder)).toEqual([])
  })

  test('by closing before the plugin was started', async () => {
    const { session, ended } = await run(`${banner}; printf 'should not run'`)
    await session.close()
    expect(await ended).toEqual({ reason: 'closed' })
  })
})

/** The kernel hangs up on the plugin a moment after its wrapper is gone. */
async function processGone(pid: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (!(await isRunning(pid))) return
    await new Promise<void>((resolve) => systemClock.after(20, resolve))
  }
  throw new Error(`Process ${pid} is still there`)
}

/** A process that ended but whose parent has not asked for its exit code yet does not run. */
async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return !/\) [ZX] /.test(stat)
}

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { pluginVersion, readPluginCall } from '../../../src/demo-plugin/plugin-arguments.ts'
import { GatewayFixture, region, target } from './gateway-fixture.ts'
import { shellProcess } from './processes.ts'
import { TerminalProgram } from './terminal-program.ts'

const plugin = join(import.meta.dirname, '../../fixtures/plugin/session-manager-plugin')
const response = JSON.stringify({ SessionId: 's', StreamUrl: 'wss://x/', TokenValue: 't' })
const parameters = JSON.stringify({ Target: target })

describe('arguments', () => {
  test('the session in an environment variable, which is gone afterwards', () => {
    const environment = { AWS_SSM_START_SESSION_RESPONSE_XYZ: response }
    const call = readPluginCall(
      ['AWS_SSM_START_SESSION_RESPONSE_XYZ', region, 'StartSession', 'dev', parameters, 'https://ssm'],
      environment,
    )
    expect(call).toEqual({
      kind: 'start',
      start: {
        sessionId: 's',
        streamUrl: 'wss://x/',
        tokenValue: 't',
        region,
        profile: 'dev',
        target,
        ssmEndpoint: 'https://ssm',
        legacy: false,
      },
    })
    expect(environment).toEqual({})
  })

  test('the session in argv, in the lower camel case of ECS', () => {
    const ecs = JSON.stringify({ sessionId: 's', streamUrl: 'wss://x/', tokenValue: 't' })
    const call = readPluginCall([ecs, region, 'StartSession', '', parameters, ''], {})
    expect(call).toMatchObject({ kind: 'start', start: { sessionId: 's', tokenValue: 't', profile: '' } })
  })

  test.each([
    [[], 'say', 'installed successfully'],
    [['--version'], 'say', pluginVersion],
    [['a'], 'say', 'Unknown operation'],
    [['a', 'b'], 'say', 'Unknown operation'],
    [[response, region, 'StopSession', '', parameters, ''], 'say', 'Invalid Operation'],
    [['nonsense', region, 'StartSession', '', parameters, ''], 'say', 'Cannot perform start session'],
    [['{}', region, 'StartSession', '', parameters, ''], 'panic', 'response without'],
    [[response, region, 'StartSession', '', '', ''], 'panic', 'without Target'],
    [[response, region, 'StartSession', '', '{"Target":7}', ''], 'panic', 'without Target'],
  ])('%j: %s', (argv, kind, text) => {
    expect(readPluginCall(argv, {})).toEqual({ kind, text: expect.stringContaining(text) })
  })

  test('three arguments are the legacy form', () => {
    expect(readPluginCall([response, region, 'StartSession'], {})).toMatchObject({ start: { legacy: true } })
  })
})

describe('the process', () => {
  const run = (...argv: string[]) =>
    new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
      const child = execFile(plugin, argv, (error, stdout, stderr) => {
        resolve({ code: error?.code ?? 0, stdout, stderr })
      })
      child.stdin?.end()
    })

  test('says its version', async () => {
    expect(await run('--version')).toEqual({ code: 0, stdout: `${pluginVersion}\n`, stderr: '' })
  })

  test('panics with 2', async () => {
    expect(await run('{}', region, 'StartSession', '', parameters, '')).toMatchObject({ code: 2 })
  })

  test('wants a terminal, and exits with 0 without one', async () => {
    const { code, stdout } = await run(response, region, 'StartSession', '', parameters, '')
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: '\nStarting session with SessionId: s\nCannot perform start session: EOF\n',
    })
  })
})

describe('a session on a terminal', () => {
  let fixture: GatewayFixture
  let program: TerminalProgram | undefined

  beforeEach(async () => {
    fixture = await GatewayFixture.start()
  })

  afterEach(async () => {
    await program?.[Symbol.asyncDispose]()
    program = undefined
    await fixture[Symbol.asyncDispose]()
  })

  function start() {
    const grant = fixture.grant(shellProcess)
    program = new TerminalProgram(
      plugin,
      ['AWS_SSM_START_SESSION_RESPONSE', region, 'StartSession', '', parameters, fixture.ssmEndpoint],
      {
        cols: 90,
        rows: 25,
        env: {
          PATH: process.env.PATH ?? '',
          ...fixture.credentialEnvironment,
          AWS_SSM_START_SESSION_RESPONSE: JSON.stringify(grant),
        },
      },
    )
    return { sessionId: grant.sessionId, terminal: program }
  }

  test('banner, prompt, size, typing, resize, exit', async () => {
    const { sessionId, terminal } = start()
    await terminal.untilShown('container# ')
    expect(terminal.shown).toMatch(new RegExp(`^\\r\\nStarting session with SessionId: ${sessionId}\\r\\n`))
    terminal.type('stty size\r')
    await terminal.untilShown('25 90\r')
    terminal.resize(70, 20)
    terminal.type('while [ "$(stty size)" != "20 70" ]; do sleep 0.1; done; echo re""sized\r')
    await terminal.untilShown('resized\r')
    terminal.type('exit 3\r')
    expect(await terminal.exited).toBe(0)
    expect(terminal.shown).toContain(`Exiting session with sessionId: ${sessionId}.`)
    expect(fixture.verdicts).toEqual(['good'])
  })

  test('Ctrl-C interrupts what runs in the container, not the plugin', async () => {
    const { terminal } = start()
    await terminal.untilShown('container# ')
    terminal.type('sleep 60\r')
    await terminal.untilShown('sleep 60\r')
    terminal.type('\x03')
    // Only a new prompt will do: a terminal throws away what was typed before its Ctrl-C.
    await terminal.untilShown('^C\r\r\ncontainer# ')
    terminal.type('echo still""here\r')
    await terminal.untilShown('stillhere')
    terminal.type('exit\r')
    expect(await terminal.exited).toBe(0)
  })

  test('a lost socket is resumed at the endpoint it was given', async () => {
    const { sessionId, terminal } = start()
    await terminal.untilShown('container# ')
    fixture.gateway.killSocket(sessionId, 'abrupt')
    terminal.type('echo after""wards\r')
    await terminal.untilShown('afterwards')
    expect(fixture.ssmCalls).toEqual([`ResumeSession ${sessionId}`])
  })

  test('a session that is over when it asks again: timed out, and 0', async () => {
    const { sessionId, terminal } = start()
    await terminal.untilShown('container# ')
    fixture.gateway.killSocket(sessionId, 'abrupt')
    fixture.gateway.terminate(sessionId)
    expect(await terminal.exited).toBe(0)
    expect(terminal.shown).toContain(`Session: ${sessionId} timed out.`)
  })
})

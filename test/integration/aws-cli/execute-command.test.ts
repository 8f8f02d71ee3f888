import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createContainerRuntime } from '../../../src/sandbox/containers/create-runtime.ts'
import { type Sandbox, startSandbox } from '../../../src/sandbox/sandbox.ts'
import { TerminalProgram } from '../data-channel/terminal-program.ts'

/** From outside: AWS's own command line and a plugin that speaks the protocol, no code of the product. */

const root = join(import.meta.dirname, '../../..')
const pluginFolder = join(root, 'test/fixtures/plugin')

function awsCliVersion(): string | undefined {
  try {
    return execFileSync('aws', ['--version'], { encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
}

const version = awsCliVersion()
const resources = new AsyncDisposableStack()
let sandbox: Sandbox
let environment: Record<string, string>

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'porthole-aws-cli-'))
  resources.defer(() => rm(folder, { recursive: true, force: true }))
  const runtime = await createContainerRuntime({
    imagesFolder: join(root, 'resources/sandbox/images'),
    workFolder: folder,
    log: () => undefined,
  })
  sandbox = resources.use(await startSandbox({ port: 0, runtime }))
  environment = {
    PATH: `${pluginFolder}:${process.env.PATH ?? ''}`,
    HOME: folder,
    // A version manager's shim finds its tools through these, wherever HOME points.
    ...(process.env.PYENV_ROOT === undefined ? {} : { PYENV_ROOT: process.env.PYENV_ROOT }),
    AWS_ACCESS_KEY_ID: sandbox.ready.accessKeyId,
    AWS_SECRET_ACCESS_KEY: sandbox.ready.secretAccessKey,
    AWS_REGION: sandbox.ready.region,
    AWS_DEFAULT_REGION: sandbox.ready.region,
    AWS_ENDPOINT_URL: sandbox.endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    TERM: 'xterm-256color',
  }
})

afterAll(() => resources.disposeAsync())

test('aws ecs execute-command drives a shell through the plugin', async (context) => {
  if (version === undefined) return context.skip('The AWS CLI is not on PATH.')
  const { cluster, task, container } = sandbox.ready.sample
  await using terminal = new TerminalProgram(
    'aws',
    [
      'ecs',
      'execute-command',
      ...['--endpoint-url', sandbox.endpoint],
      ...['--cluster', cluster, '--task', task, '--container', container],
      ...['--interactive', '--command', '/bin/sh'],
    ],
    { cols: 101, rows: 31, env: environment },
  )
  await terminal.untilShown(/Starting session with SessionId: ecs-execute-command-[a-z0-9]+/)
  await terminal.untilShown(/[#$] $/)
  terminal.type('echo "from the $((40 + 2))nd ""line"\r')
  await terminal.untilShown('from the 42nd line\r')
  terminal.type('stty size\r')
  await terminal.untilShown('31 101\r')
  terminal.type('exit\r')
  expect(await terminal.exited).toBe(0)
  expect(terminal.shown).toContain('Exiting session with sessionId: ecs-execute-command-')
})

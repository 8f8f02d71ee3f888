import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, watch, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

const projectFolder = path.resolve(import.meta.dirname, '../../..')

/** Namespaces, images and the page on two busy cores; usually two seconds. */
const readyLimitMilliseconds = 60_000

/** The real agent's second before the first output, which every shell of every test would wait for. */
export const withoutFirstDelay = { PORTHOLE_FIRST_OUTPUT_DELAY: '0' }

export interface LocalAws extends AsyncDisposable {
  /** For an app that then finds this AWS and nothing of the person's. */
  environment: Record<string, string>
  /** Home in that environment. */
  folder: string
  /** A running task that the demo's person may enter, as a link names it. */
  sample: { region: string; cluster: string; task: string; container: string }
  /** Switches faults of this AWS on. */
  setFaults(faults: Record<string, unknown>): Promise<void>
  /** As if the network to AWS were gone for good. */
  kill(): void
}

/** The local AWS in a process of its own, with AWS files that lead to it, as `npm run demo` has them. */
export async function startLocalAws(flags: string[] = []): Promise<LocalAws> {
  await using started = new AsyncDisposableStack()
  const folder = await mkdtemp(path.join(tmpdir(), 'porthole-desktop-'))
  started.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }))
  const readyFile = path.join(folder, 'sandbox.json')
  const child = spawn(
    process.execPath,
    [path.join(projectFolder, 'dist/node/sandbox.js'), '--port', '0', '--ready-file', readyFile, ...flags],
    { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...withoutFirstDelay } },
  )
  started.defer(() => end(child))
  await appears(readyFile)
  const { endpoint, region, startUrl, sample } = JSON.parse(await readFile(readyFile, 'utf8'))

  const awsFolder = path.join(folder, '.aws')
  const configFile = path.join(awsFolder, 'config')
  await mkdir(awsFolder)
  await writeFile(
    configFile,
    `[sso-session example-corp]\nsso_start_url = ${startUrl}\nsso_region = ${region}\n\n[default]\nregion = ${region}\n`,
  )
  const running = started.move()
  return {
    folder,
    sample: { region, ...sample },
    environment: {
      HOME: folder,
      AWS_CONFIG_FILE: configFile,
      AWS_SHARED_CREDENTIALS_FILE: path.join(awsFolder, 'credentials'),
      AWS_ENDPOINT_URL: endpoint,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_REGION: region,
    },
    async setFaults(faults) {
      const answer = await fetch(`${endpoint}/_sandbox/faults`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(faults),
      })
      if (!answer.ok) throw new Error(await answer.text())
    },
    kill: () => void child.kill('SIGKILL'),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** @throws when it does not come in time */
async function appears(file: string): Promise<void> {
  const changes = watch(path.dirname(file), { signal: AbortSignal.timeout(readyLimitMilliseconds) })
  // It may have come before the watch began.
  if (existsSync(file)) return
  for await (const _change of changes) if (existsSync(file)) return
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}

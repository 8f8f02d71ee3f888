import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createContainerRuntime } from '../../../src/sandbox/containers/create-runtime.ts'
import { startSandbox } from '../../../src/sandbox/sandbox.ts'
import { systemClock } from '../../../src/sandbox/services/clock.ts'
import type { AgentSettings } from '../../../src/sandbox/services/message-gateway/agent-settings.ts'
import {
  createMessageGateway,
  type MessageGatewayServer,
} from '../../../src/sandbox/services/message-gateway/gateway.ts'
import { PluginSite, pluginSitePath } from '../../../src/sandbox/services/plugin-site/plugin-site.ts'
import type { WorldDescription } from '../../../src/sandbox/world/world-types.ts'

import { TcpRelay } from '../../fixtures/tcp-relay.ts'

const projectFolder = path.resolve(import.meta.dirname, '../../..')

export interface OwnWorld extends AsyncDisposable {
  /** For `porthole web`, which then finds this AWS and nothing else. */
  environment: Record<string, string>
  /** Between Porthole and this AWS. */
  readonly line: TcpRelay
  readonly gateway: MessageGatewayServer
  /** AWS's ids of the sessions so far. */
  sessionIds(): string[]
  /** A key that may do everything in the operator's account, past the line. */
  readonly operator: { endpoint: string; credentials: { accessKeyId: string; secretAccessKey: string } }
  /** Switches faults of the APIs on and off; see the sandbox's `faults.ts`. */
  setFaults(faults: Record<string, unknown>): Promise<void>
}

export interface OwnWorldOptions {
  world: WorldDescription
  /** What differs from the real agent. */
  agent?: Partial<AgentSettings>
  /** What the plugin's download site has; nothing when absent. */
  pluginSite?: PluginSite
}

/** A local AWS inside the test, with a world and a plugin download site of the test's choosing. */
export async function startOwnWorld({ world, agent, pluginSite }: OwnWorldOptions): Promise<OwnWorld> {
  await using started = new AsyncDisposableStack()
  const folder = await mkdtemp(path.join(tmpdir(), 'porthole-world-'))
  started.defer(() => rm(folder, { recursive: true, force: true }))
  const runtime = await createContainerRuntime({
    imagesFolder: path.join(projectFolder, 'resources/sandbox/images'),
    workFolder: folder,
    cacheFolder: path.join(projectFolder, '.cache/container-tools'),
    log: () => {},
  })
  let sandboxPort = 0
  const line = started.use(await TcpRelay.start(() => sandboxPort))
  let gateway: MessageGatewayServer | undefined
  const sessionIds: string[] = []
  const sandbox = started.use(
    await startSandbox({
      port: 0,
      runtime,
      world,
      pluginSite: pluginSite ?? new PluginSite(systemClock),
      createGateway: (options) => {
        const streamUrlBase = () => `ws://127.0.0.1:${line.port}`
        gateway = createMessageGateway({
          ...options,
          streamUrlBase,
          agent: { firstOutputDelay: 0, ...agent },
          faults: (sessionId) => {
            sessionIds.push(sessionId)
            return undefined
          },
        })
        return gateway
      },
    }),
  )
  if (gateway === undefined) throw new Error('The sandbox made no gateway')
  sandboxPort = Number(new URL(sandbox.endpoint).port)

  const configFile = path.join(folder, '.aws', 'config')
  await mkdir(path.dirname(configFile))
  await writeFile(
    configFile,
    `[sso-session example-corp]\nsso_start_url = ${world.startUrl}\nsso_region = ${world.homeRegion}\n`,
  )
  const running = started.move()
  return {
    environment: {
      HOME: folder,
      AWS_CONFIG_FILE: configFile,
      AWS_SHARED_CREDENTIALS_FILE: path.join(folder, '.aws', 'credentials'),
      AWS_ENDPOINT_URL: `http://127.0.0.1:${line.port}`,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_REGION: world.homeRegion,
      PORTHOLE_PLUGIN_SITE: `${sandbox.endpoint}${pluginSitePath}`,
      PORTHOLE_DATA_FOLDER: path.join(folder, 'data'),
    },
    line,
    gateway,
    sessionIds: () => [...sessionIds],
    operator: {
      endpoint: sandbox.endpoint,
      credentials: {
        accessKeyId: world.operator.accessKeyId,
        secretAccessKey: world.operator.secretAccessKey,
      },
    },
    async setFaults(faults) {
      const answer = await fetch(`${sandbox.endpoint}/_sandbox/faults`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(faults),
      })
      if (!answer.ok) throw new Error(`Faults were refused: ${await answer.text()}`)
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

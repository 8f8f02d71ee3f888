import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createContainerRuntime } from '../../../src/sandbox/containers/create-runtime.ts'
import { startSandbox } from '../../../src/sandbox/sandbox.ts'
import { systemClock } from '../../../src/sandbox/services/clock.ts'
import { PluginSite, pluginSitePath } from '../../../src/sandbox/services/plugin-site/plugin-site.ts'
import type { WorldDescription } from '../../../src/sandbox/world/world-types.ts'

const projectFolder = path.resolve(import.meta.dirname, '../../..')

export interface OwnWorld extends AsyncDisposable {
  /** For `porthole web`, which then finds this AWS and nothing else. */
  environment: Record<string, string>
}

/** A local AWS inside the test, with a world and a plugin download site of the test's choosing. */
export async function startOwnWorld(
  world: WorldDescription,
  pluginSite: PluginSite = new PluginSite(systemClock),
): Promise<OwnWorld> {
  await using started = new AsyncDisposableStack()
  const folder = await mkdtemp(path.join(tmpdir(), 'porthole-world-'))
  started.defer(() => rm(folder, { recursive: true, force: true }))
  const runtime = await createContainerRuntime({
    imagesFolder: path.join(projectFolder, 'resources/sandbox/images'),
    workFolder: folder,
    cacheFolder: path.join(projectFolder, '.cache/container-tools'),
    log: () => {},
  })
  const sandbox = started.use(await startSandbox({ port: 0, runtime, world, pluginSite }))

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
      AWS_ENDPOINT_URL: sandbox.endpoint,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_REGION: world.homeRegion,
      PORTHOLE_PLUGIN_SITE: `${sandbox.endpoint}${pluginSitePath}`,
      PORTHOLE_DATA_FOLDER: path.join(folder, 'data'),
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

import { mkdirSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { pluginSitePath } from '../../sandbox/services/plugin-site/plugin-site.ts'
import { makeTemporaryFolder } from '../../sandbox/temporary-folder.ts'
import { parseHostOptions } from '../options.ts'
import { say } from '../output.ts'
import type { Command } from '../porthole.ts'
import { runHost } from '../run-host.ts'
import { type SandboxProcess, startSandboxProcess } from '../sandbox-process.ts'

/**
 * Porthole against a local AWS. The AWS files of the demo live in a folder of
 * their own, so nothing of the person's is read or written.
 */
export const demo: Command = async (args, stop) => {
  const options = parseHostOptions(args)
  const folder = await makeTemporaryFolder('porthole-demo')
  try {
    say('Starting the local AWS')
    await using sandbox = await startSandboxProcess({
      folder,
      tasks: options.tasks,
      accounts: options.accounts,
      unpaced: options.unpaced,
      stop,
    })
    sandbox.exited.then(() => {
      if (!stop.aborted) say('The local AWS ended. Sessions and lists stop working; start the demo again.')
    })
    const environment = demoEnvironment(folder, sandbox)
    await runHost(
      {
        ...options,
        demo: true,
        endpointUrl: undefined,
        dataFolder: options.dataFolder ?? path.join(folder, 'data'),
        environment,
      },
      stop,
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * What makes any AWS client talk to the local AWS: endpoint and files by the
 * standard variables. Everything else that could lead to a real account stays out.
 */
function demoEnvironment(
  folder: string,
  { ready: sandbox, pluginKeyFile }: SandboxProcess,
): Record<string, string | undefined> {
  const awsFolder = path.join(folder, '.aws')
  const configFile = path.join(awsFolder, 'config')
  mkdirSync(awsFolder, { mode: 0o700 })
  writeFileSync(
    configFile,
    [
      '[sso-session example-corp]',
      `sso_start_url = ${sandbox.startUrl}`,
      `sso_region = ${sandbox.region}`,
      'sso_registration_scopes = sso:account:access',
      '',
      '[default]',
      `region = ${sandbox.region}`,
      '',
    ].join('\n'),
    { mode: 0o600 },
  )
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'))
  return {
    ...Object.fromEntries(own),
    HOME: folder,
    AWS_CONFIG_FILE: configFile,
    AWS_SHARED_CREDENTIALS_FILE: path.join(awsFolder, 'credentials'),
    AWS_ENDPOINT_URL: sandbox.endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_REGION: sandbox.region,
    PORTHOLE_PLUGIN_SITE: `${sandbox.endpoint}${pluginSitePath}`,
    PORTHOLE_PLUGIN_KEY_FILE: pluginKeyFile,
  }
}

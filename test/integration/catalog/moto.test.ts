import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { CreateClusterCommand, ECSClient } from '@aws-sdk/client-ecs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Scope } from '../../../src/contract/identity.ts'
import { createAwsClients } from '../../../src/core/aws/clients.ts'
import { createAwsConnection } from '../../../src/core/aws/connection.ts'
import { createEndpoints } from '../../../src/core/aws/endpoints.ts'
import { createCatalogService } from '../../../src/core/catalog/catalog-service.ts'
import { systemClock } from '../../../src/core/clock.ts'

/** An emulator of AWS that nobody here wrote: `pip install moto[server]`. */
const program = 'moto_server'
const isInstalled = spawnSync(program, ['--help']).error === undefined
const why = isInstalled ? '' : ` (skipped: no ${program} on the PATH)`
const scope: Scope = {
  identityId: 'profile:moto',
  accountId: '123456789012',
  roleName: 'moto',
  region: 'eu-west-1',
}
const credentials = { accessKeyId: 'moto', secretAccessKey: 'moto' }

describe.skipIf(!isInstalled)(`Catalog of moto${why}`, () => {
  let server: ChildProcess
  let endpoint: string
  beforeAll(async () => {
    server = spawn(program, ['--host', '127.0.0.1', '--port', '0'], { stdio: ['ignore', 'ignore', 'pipe'] })
    if (server.stderr === null) throw new Error('moto says nothing')
    for await (const line of createInterface(server.stderr)) {
      // Werkzeug's "Running on http://127.0.0.1:<port>".
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
      if (address === undefined) continue
      endpoint = address
      break
    }
  }, 20_000)
  afterAll(async () => {
    const ended = once(server, 'exit')
    server.kill()
    await ended
  })

  test('is browsed with nothing but an endpoint set', async () => {
    using ecs = new ECSClientOf(endpoint)
    await ecs.client.send(new CreateClusterCommand({ clusterName: 'elsewhere' }))
    using connection = createAwsConnection({
      version: '0.0.0',
      endpoints: createEndpoints({
        environment: { AWS_ENDPOINT_URL: endpoint },
        config: () => Promise.reject(new Error('No test may read the config of this computer.')),
      }),
    })
    using clients = createAwsClients({
      connection,
      credentials: { credentials: async () => credentials, forgetCredentials() {} },
    })
    using catalog = createCatalogService({
      clients,
      clock: systemClock,
      random: Math.random,
      caller: async () => ({
        arn: 'arn:aws:iam::123456789012:root',
        accountId: '123456789012',
        userName: 'root',
      }),
    })
    const found = new Promise((resolve) => catalog.onCluster(resolve))
    catalog.watch([scope])
    expect(await found).toMatchObject({ name: 'elsewhere', problems: [], services: [], tasks: [] })
  })
})

class ECSClientOf implements Disposable {
  readonly client: ECSClient
  constructor(endpoint: string) {
    this.client = new ECSClient({ endpoint, region: scope.region, credentials })
  }
  [Symbol.dispose]() {
    this.client.destroy()
  }
}

import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type AwsClients, createAwsClients } from '../../../src/core/aws/clients.ts'
import { parseAwsConfig } from '../../../src/core/aws/config-file.ts'
import { createAwsConnection } from '../../../src/core/aws/connection.ts'
import { createEndpoints } from '../../../src/core/aws/endpoints.ts'

const scope = { identityId: 'sso:corp', accountId: '111122223333', roleName: 'R', region: 'eu-west-1' }

let server: Server
let signedWith: (string | undefined)[]
let accessKeyId: string
let refused: Set<string>
let clients: AwsClients
let resources: DisposableStack

beforeEach(async () => {
  resources = new DisposableStack()
  signedWith = []
  refused = new Set()
  server = createServer((request, response) => {
    const key = /Credential=(\w+)\//.exec(request.headers.authorization ?? '')?.[1]
    signedWith.push(key)
    const ended = refused.has(key ?? '')
    response.writeHead(ended ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' })
    response.end(ended ? JSON.stringify({ __type: 'ExpiredTokenException', message: 'ended' }) : '{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const environment = { AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
  const endpoints = createEndpoints({ environment, config: async () => parseAwsConfig('', 'none') })
  const connection = resources.use(createAwsConnection({ endpoints, version: '0.0.0' }))
  clients = resources.use(
    createAwsClients({
      connection,
      credentials: {
        credentials: async () => ({
          accessKeyId,
          secretAccessKey: 'secret',
          sessionToken: 'token',
          expiresAt: Date.now() + 3600_000,
        }),
        forgetCredentials() {
          accessKeyId = 'THIRD'
        },
      },
    }),
  )
})
afterEach(async () => {
  resources.dispose()
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

const list = () => clients.call('ecs', scope, { action: 'ecs:ListClusters' }, (ecs) => ecs.listClusters({}))

describe('AWS clients', () => {
  test('sign every call with the credentials of that moment, never with those of whoever was there before', async () => {
    accessKeyId = 'FIRST'
    await list()
    accessKeyId = 'SECOND'
    await list()
    expect(signedWith).toEqual(['FIRST', 'SECOND'])
  })

  test('fetch credentials anew once when AWS refuses them', async () => {
    accessKeyId = 'FIRST'
    refused.add('FIRST')
    await list()
    expect(signedWith).toEqual(['FIRST', 'THIRD'])
    refused.add('THIRD')
    await expect(list()).rejects.toMatchObject({ value: { code: 'CREDENTIALS_EXPIRED' } })
  })
})

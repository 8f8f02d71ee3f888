import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer as createPlainServer } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ECS } from '@aws-sdk/client-ecs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type WebSocket from 'ws'
import { WebSocketServer } from 'ws'
import { toErrorValue } from '../../../src/contract/errors.ts'
import { toAwsError } from '../../../src/core/aws/aws-errors.ts'
import { configuredBundle } from '../../../src/core/aws/certificate-bundle.ts'
import { parseAwsConfig } from '../../../src/core/aws/config-file.ts'
import { createAwsConnection } from '../../../src/core/aws/connection.ts'
import { createEndpoints } from '../../../src/core/aws/endpoints.ts'
import { createNetwork, type Network, type NetworkDependencies } from '../../../src/core/network/network.ts'
import { startProxy, startSilentProxy, startSocksProxy } from '../../fixtures/local-proxy.ts'
import { createAuthority } from '../../fixtures/throwaway-certificates.ts'

/** A name that no name server knows: only a proxy of the test can lead there. */
const host = 'ecs.porthole.test'
const authority = createAuthority('Throwaway authority')

let resources: AsyncDisposableStack
let folder: string
let caFile: string
let port: number

beforeEach(async () => {
  resources = new AsyncDisposableStack()
  folder = await mkdtemp(path.join(tmpdir(), 'porthole-network-'))
  resources.defer(() => rm(folder, { recursive: true }))
  caFile = path.join(folder, 'authority.pem')
  await writeFile(caFile, authority.certificate)
  port = await startEcs()
})
afterEach(() => resources.disposeAsync())

/** An endpoint that answers ListClusters, and WebSockets with an echo. */
async function startEcs(tls = authority.issue([host, 'localhost', '127.0.0.1'])): Promise<number> {
  const server: Server = createServer(tls, (request, response) => {
    request.resume()
    response.setHeader('content-type', 'application/x-amz-json-1.1')
    response.end(JSON.stringify({ clusterArns: ['arn:aws:ecs:eu-west-1:111122223333:cluster/web'] }))
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(data)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  resources.defer(() => {
    for (const client of sockets.clients) client.terminate()
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  })
  return (server.address() as AddressInfo).port
}

function networkWith(environment: Record<string, string>, more: Partial<NetworkDependencies> = {}): Network {
  return resources.use(
    createNetwork({ environment, homeFolder: folder, systemCertificates: () => [], ...more }),
  )
}

async function listClusters(network: Network, endpointUrl = `https://${host}:${port}`) {
  const endpoints = createEndpoints({
    environment: { AWS_ENDPOINT_URL: endpointUrl },
    config: async () => parseAwsConfig('', 'config'),
  })
  const connection = resources.use(createAwsConnection({ endpoints, version: '0.0.0', network }))
  const ecs = new ECS({
    ...(await connection.clientOptions('ecs', 'eu-west-1')),
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' },
  })
  return ecs.listClusters({}).catch((error: unknown) => {
    throw toAwsError(error, { action: 'ecs:ListClusters' })
  })
}

const failure = (call: Promise<unknown>) => call.then(() => undefined, toErrorValue)
const clusters = { clusterArns: ['arn:aws:ecs:eu-west-1:111122223333:cluster/web'] }

describe('Through a proxy', () => {
  test('SDK calls, WebSockets and plain requests all take it, with its login', async () => {
    const proxy = resources.use(
      await startProxy({ login: 'ana:p@ss', names: { [host]: { host: '127.0.0.1', port } } }),
    )
    const variables = {
      HTTPS_PROXY: `http://ana:p%40ss@127.0.0.1:${proxy.port}`,
      AWS_CA_BUNDLE: caFile,
    }
    const network = networkWith(variables)
    expect(await listClusters(network)).toMatchObject(clusters)

    const answer = await network.fetch(new URL(`https://${host}:${port}/`), {
      method: 'POST',
      headers: {},
      body: '{}',
      signal: AbortSignal.timeout(5_000),
    })
    expect(answer.status).toBe(200)

    expect(await echo(networkWith(variables), `wss://${host}:${port}/v1/data-channel`)).toBe('hello')
    // The plain request took the connection that the SDK had left open.
    expect(proxy.asked).toEqual([`${host}:${port}`, `${host}:${port}`])
  })

  test('an https proxy is one, too, when its certificate is trusted', async () => {
    const names = { [host]: { host: '127.0.0.1', port } }
    const proxy = resources.use(await startProxy({ names, tls: authority.issue(['localhost', '127.0.0.1']) }))
    const variables = { HTTPS_PROXY: `https://127.0.0.1:${proxy.port}` }
    expect(await listClusters(networkWith({ ...variables, AWS_CA_BUNDLE: caFile }))).toMatchObject(clusters)
    expect(await failure(listClusters(networkWith(variables)))).toMatchObject({
      code: 'CERTIFICATE_UNTRUSTED',
    })
  })

  test('a SOCKS proxy looks up names itself', async () => {
    const proxy = resources.use(await startSocksProxy({ host: '127.0.0.1', port }))
    const network = networkWith({ ALL_PROXY: `socks5h://127.0.0.1:${proxy.port}`, AWS_CA_BUNDLE: caFile })
    expect(await listClusters(network)).toMatchObject(clusters)
    expect(proxy.asked).toEqual([`${host}:${port}`])
  })

  test.each([
    ['a login that is missing', { login: 'ana:secret' }, 'wants a user name and password', false],
    ['a refusal', { status: 403 }, 'does not let Porthole through to ecs.porthole.test', false],
  ] as const)('%s is said', async (_name, behaviour, message, retryable) => {
    const proxy = resources.use(await startProxy(behaviour))
    const network = networkWith({ HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, AWS_CA_BUNDLE: caFile })
    const error = await failure(listClusters(network))
    expect(error).toMatchObject({ code: 'PROXY_FAILED', retryable })
    expect(error?.message).toContain(message)
    expect(error?.action).toBeTruthy()
    // Asking again would change nothing, so nobody did.
    expect(proxy.asked).toHaveLength(1)
  })

  test('one that nobody listens at is named, without its password', async () => {
    const proxy = await startProxy()
    await proxy[Symbol.asyncDispose]()
    const network = networkWith({ HTTPS_PROXY: `http://ana:secret@127.0.0.1:${proxy.port}` })
    const error = await failure(listClusters(network))
    expect(error).toMatchObject({ code: 'PROXY_FAILED', retryable: true })
    expect(error?.message).toBe(`The proxy http://127.0.0.1:${proxy.port} (with a login) cannot be reached.`)
    expect(JSON.stringify(error)).not.toContain('secret')
  })

  test.each(['http', 'socks5h'])('an %s proxy that never answers is given up', async (scheme) => {
    const proxy = resources.use(await startSilentProxy())
    const variables = { HTTPS_PROXY: `${scheme}://127.0.0.1:${proxy.port}` }
    const network = networkWith(variables, { proxyLimitMilliseconds: 500 })
    const error = await failure(listClusters(network))
    expect(error).toMatchObject({ code: 'PROXY_FAILED', retryable: true })
    expect(error?.message).toContain('did not answer within 0.5 s')
  })

  test('a WebSocket says what a proxy said', async () => {
    const proxy = resources.use(await startProxy({ status: 502 }))
    const network = networkWith({ HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` })
    const error = await failure(echo(network, `wss://${host}:${port}/`))
    expect(error).toMatchObject({ code: 'PROXY_FAILED', detail: '502 Refused' })
  })
})

describe('Without a proxy', () => {
  test('loopback and what NO_PROXY names are reached directly', async () => {
    const proxy = resources.use(await startProxy())
    const variables = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, AWS_CA_BUNDLE: caFile }
    expect(await listClusters(networkWith(variables), `https://127.0.0.1:${port}`)).toMatchObject(clusters)
    expect(await echo(networkWith(variables), `wss://localhost:${port}/`)).toBe('hello')
    const excepted = networkWith({ ...variables, NO_PROXY: '.porthole.test' })
    expect(await failure(listClusters(excepted))).toMatchObject({
      code: 'HOST_NOT_FOUND',
      message: expect.stringContaining(host),
    })
    expect(proxy.asked).toEqual([])
  })

  test('loopback goes through a proxy when that is asked for', async () => {
    const proxy = resources.use(await startProxy())
    const network = networkWith({
      ALL_PROXY: `http://127.0.0.1:${proxy.port}`,
      PORTHOLE_PROXY_LOOPBACK: 'true',
      AWS_CA_BUNDLE: caFile,
    })
    expect(await listClusters(network, `https://127.0.0.1:${port}`)).toMatchObject(clusters)
    expect(proxy.asked).toEqual([`127.0.0.1:${port}`])
  })

  test('plain http on loopback works', async () => {
    const server = createPlainServer((_request, response) => response.end('{"clusterArns":[]}'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    resources.defer(() => {
      server.closeAllConnections()
      server.close()
    })
    const { port: plainPort } = server.address() as AddressInfo
    const found = await listClusters(networkWith({}), `http://127.0.0.1:${plainPort}`)
    expect(found.clusterArns).toEqual([])
  })
})

describe('Certificate authorities', () => {
  const local = () => `https://127.0.0.1:${port}`

  test('one that nobody knows is refused, with the step', async () => {
    const error = await failure(listClusters(networkWith({}), local()))
    expect(error).toMatchObject({ code: 'CERTIFICATE_UNTRUSTED', retryable: false })
    expect(error?.message).toContain('127.0.0.1')
    expect(error?.action).toContain('AWS_CA_BUNDLE')
    expect(await failure(echo(networkWith({}), `wss://127.0.0.1:${port}/`))).toMatchObject({
      code: 'CERTIFICATE_UNTRUSTED',
    })
  })

  test.each([
    ['AWS_CA_BUNDLE', () => ({ AWS_CA_BUNDLE: caFile }), {}],
    ['NODE_EXTRA_CA_CERTS', () => ({ NODE_EXTRA_CA_CERTS: caFile }), {}],
    ['the operating system’s store', () => ({}), { systemCertificates: () => [authority.certificate] }],
  ] as const)('%s is trusted', async (_name, variables, more) => {
    expect(await listClusters(networkWith(variables(), more), local())).toMatchObject(clusters)
  })

  test('ca_bundle of the profile is trusted, and AWS_CA_BUNDLE goes before it', async () => {
    const config = async () => parseAwsConfig(`[profile work]\nca_bundle = ~/authority.pem\n`, 'config')
    const environment = { AWS_PROFILE: 'work' }
    const bundle = configuredBundle({ environment, homeFolder: folder, config })
    const configured = { configuredBundle: bundle }
    expect(await listClusters(networkWith(environment, configured), local())).toMatchObject(clusters)

    const other = path.join(folder, 'other.pem')
    await writeFile(other, createAuthority('Another').certificate)
    const network = networkWith({ ...environment, AWS_CA_BUNDLE: other }, configured)
    expect(await failure(listClusters(network, local()))).toMatchObject({ code: 'CERTIFICATE_UNTRUSTED' })
  })

  test('a bundle stands for everything else, the system’s store included', async () => {
    const other = path.join(folder, 'other.pem')
    await writeFile(other, createAuthority('Another').certificate)
    const network = networkWith(
      { AWS_CA_BUNDLE: other },
      { systemCertificates: () => [authority.certificate] },
    )
    expect(await failure(listClusters(network, local()))).toMatchObject({ code: 'CERTIFICATE_UNTRUSTED' })
  })

  test('a file that changes counts at the next connection, without a restart', async () => {
    await writeFile(caFile, createAuthority('Another').certificate)
    const network = networkWith({ NODE_EXTRA_CA_CERTS: caFile })
    expect(await failure(listClusters(network, local()))).toMatchObject({ code: 'CERTIFICATE_UNTRUSTED' })
    await writeFile(caFile, `# company root\n${authority.certificate}`)
    expect(await listClusters(network, local())).toMatchObject(clusters)
  })

  test.each([
    ['is missing', undefined, 'ENOENT'],
    ['holds no certificate', 'hello', 'no PEM certificate'],
  ])('a bundle that %s is named', async (_name, content, detail) => {
    const file = path.join(folder, 'broken.pem')
    if (content !== undefined) await writeFile(file, content)
    const network = networkWith({ AWS_CA_BUNDLE: file })
    const error = await failure(listClusters(network, local()))
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', detail: expect.stringContaining(detail) })
    expect(error?.message).toContain(file)
    expect(await network.authorities()).toMatchObject({
      bundle: { certificates: 0, source: 'AWS_CA_BUNDLE' },
    })
  })

  test.each([
    ['for another name', { hosts: ['elsewhere.example'] }, 'is not one for'],
    [
      'that has expired',
      { hosts: ['127.0.0.1'], validity: { from: new Date(2020, 1), to: new Date(2021, 1) } },
      'has expired',
    ],
  ])('a certificate %s is refused', async (_name, { hosts, ...more }, message) => {
    const validity = 'validity' in more ? more.validity : undefined
    const otherPort = await startEcs(authority.issue(hosts, validity))
    const network = networkWith({ AWS_CA_BUNDLE: caFile })
    const error = await failure(listClusters(network, `https://127.0.0.1:${otherPort}`))
    expect(error).toMatchObject({ code: 'CERTIFICATE_UNTRUSTED' })
    expect(error?.message).toContain(message)
  })

  test('NODE_TLS_REJECT_UNAUTHORIZED changes nothing', async () => {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
    resources.defer(() => void delete process.env.NODE_TLS_REJECT_UNAUTHORIZED)
    expect(await failure(listClusters(networkWith({}), local()))).toMatchObject({
      code: 'CERTIFICATE_UNTRUSTED',
    })
  })
})

/** Sends a word over a WebSocket and gives what comes back. */
function echo(network: Network, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: WebSocket = network.createWebSocket(new URL(url), { handshakeTimeout: 15_000 })
    socket.on('error', reject)
    socket.on('open', () => socket.send('hello'))
    socket.on('message', (data) => {
      resolve(data.toString())
      socket.close()
    })
  })
}

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Cluster } from '../../../src/contract/catalog.ts'
import { PortholeError } from '../../../src/contract/errors.ts'
import type { AwsClients } from '../../../src/core/aws/clients.ts'
import { type CatalogService, createCatalogService } from '../../../src/core/catalog/catalog-service.ts'
import { systemClock } from '../../../src/core/clock.ts'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { createOperatorClients, operatorScope as scope } from '../../fixtures/operator-clients.ts'
import { operatorOf, region, startTestSandbox } from '../sandbox-services/sandbox-fixture.ts'

const run = promisify(execFile)

let sandbox: Sandbox
let clients: AwsClients
let catalog: CatalogService
let web: Cluster

beforeAll(async () => {
  sandbox = await startTestSandbox()
  clients = createOperatorClients(sandbox)
  catalog = createCatalogService({
    clients,
    clock: systemClock,
    random: Math.random,
    caller: () => Promise.reject(new Error('Nobody is asked for.')),
  })
  web = await new Promise<Cluster>((resolve) => {
    catalog.onCluster((cluster) => cluster.name === 'web' && resolve(cluster))
    catalog.watch([scope])
  })
})
afterAll(async () => {
  catalog[Symbol.dispose]()
  clients[Symbol.dispose]()
  await sandbox[Symbol.asyncDispose]()
})

function refTo(serviceName: string) {
  const task = web.tasks.find((each) => each.serviceName === serviceName)
  if (!task) throw new Error(`No task of ${serviceName}`)
  return { scope, clusterArn: web.arn, taskArn: task.arn }
}

describe('Addresses', () => {
  test('a load balancer that faces the internet leads to the service, whichever task answers', async () => {
    const { balanced, problems } = await catalog.addresses(refTo('storefront'))
    expect(problems).toEqual([])
    expect(balanced).toMatchObject([
      { reach: 'public', loadBalancer: 'storefront', containerName: 'nginx', containerPort: 80 },
    ])
    const url = balanced[0]?.url ?? ''
    expect(url).toMatch(/^http:\/\/localhost:\d+\/$/)
    const pages = await Promise.all([1, 2, 3].map(async () => (await fetch(url)).status))
    expect(pages).toEqual([200, 200, 200])
  })

  test('tags of task, service and cluster are known together', () => {
    expect(catalog.tagsAt(refTo('storefront'))).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ owner: 'shop' }),
        expect.objectContaining({ team: 'platform' }),
      ]),
    )
    expect(catalog.tagsAt({ ...refTo('storefront'), taskArn: 'unseen' })).toHaveLength(1)
  })

  test('an inner one tells host and path of the rule that leads here', async () => {
    const { balanced } = await catalog.addresses(refTo('checkout'))
    expect(balanced).toMatchObject([{ url: 'https://checkout.shop.internal/v2/', reach: 'inside' }])
  })

  test('a task with a public address of its own', async () => {
    expect(await catalog.addresses(refTo('account'))).toMatchObject({
      publicIp: expect.stringMatching(/^203\.0\.113\.\d+$/),
      balanced: [],
    })
  })

  test('a service without one has none, and asks no load balancer to find that out', async () => {
    expect(await catalog.addresses(refTo('search'))).toEqual({ balanced: [], problems: [] })
    const unseen = { scope, clusterArn: web.arn, taskArn: `${web.arn}/unseen` }
    expect(await catalog.addresses(unseen)).toEqual({ balanced: [], problems: [] })
  })

  test('the AWS CLI reads the same', async (context) => {
    const { accessKeyId, secretAccessKey } = operatorOf(sandbox)
    const environment = {
      ...process.env,
      AWS_ENDPOINT_URL: sandbox.endpoint,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_DEFAULT_REGION: region,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_PAGER: '',
    }
    const aws = async (...args: string[]) => {
      const { stdout } = await run('aws', ['--endpoint-url', sandbox.endpoint, 'elbv2', ...args], {
        env: environment,
      })
      return JSON.parse(stdout)
    }
    const version = await run('aws', ['--version']).catch(() => undefined)
    if (version === undefined) return context.skip('No AWS CLI here')
    const { LoadBalancers } = await aws('describe-load-balancers')
    expect(LoadBalancers.map(({ Scheme }: { Scheme: string }) => Scheme).sort()).toEqual([
      'internal',
      'internet-facing',
    ])
    const unknown = aws('describe-listeners', '--load-balancer-arn', `${LoadBalancers[0].LoadBalancerArn}0`)
    await expect(unknown).rejects.toThrow(/LoadBalancerNotFound/)
  })

  test('what the role may not read is said, and the rest is there', async () => {
    const refusing: AwsClients = {
      ...clients,
      call: (name, ...rest) =>
        name === 'elb'
          ? Promise.reject(
              new PortholeError({ code: 'ACCESS_DENIED', message: 'Not allowed.', action: 'Ask.' }),
            )
          : clients.call(name, ...rest),
    }
    using limited = createCatalogService({
      clients: refusing,
      clock: systemClock,
      random: Math.random,
      caller: () => Promise.reject(new Error('Nobody is asked for.')),
    })
    const seen = new Promise<void>((resolve) => {
      limited.onCluster(({ name }) => name === 'web' && resolve())
    })
    limited.watch([scope])
    await seen
    const { balanced, problems } = await limited.addresses(refTo('storefront'))
    expect(balanced).toEqual([])
    expect(problems).toMatchObject([{ code: 'ACCESS_DENIED' }])
  })
})

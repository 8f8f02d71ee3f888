import { resolve } from 'node:path'
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readStoredTranscript } from '../../../src/core/audit/cloud/stored-transcript.ts'
import type { AwsClients } from '../../../src/core/aws/clients.ts'
import { readBucket } from '../../../src/core/readiness/bucket-facts.ts'
import { SimulatedRuntime } from '../../../src/sandbox/containers/simulated/simulated-runtime.ts'
import { type Sandbox, startSandbox } from '../../../src/sandbox/sandbox.ts'
import { describeWorld } from '../../../src/sandbox/world/world.ts'
import type { ExecutionDescription, RegionDescription } from '../../../src/sandbox/world/world-types.ts'
import { createOperatorClients, operatorScope as scope } from '../../fixtures/operator-clients.ts'
import { operatorOf, production, region, setFaults } from '../sandbox-services/sandbox-fixture.ts'

/** The product's reader against buckets that are encrypted, unencrypted, elsewhere, closed or not there. */

const near = 'example-prod-exec-transcripts'
const far = 'example-far-exec-transcripts'

let sandbox: Sandbox
let clients: AwsClients

beforeAll(async () => {
  sandbox = await startSandbox({
    port: 0,
    runtime: new SimulatedRuntime({ imagesFolder: resolve('resources/sandbox/images'), now: Date.now }),
    world: worldWithBuckets(),
  })
  clients = createOperatorClients(sandbox)
})
afterAll(async () => {
  clients[Symbol.dispose]()
  await sandbox[Symbol.asyncDispose]()
})

/** The shop's sessions go to a bucket in another Region. */
function worldWithBuckets() {
  const world = describeWorld()
  const changed = (one: RegionDescription): RegionDescription => {
    if (one.name !== region)
      return { ...one, buckets: [{ name: far }, { name: 'old-one', encryption: 'none' }] }
    const execution: ExecutionDescription = { logging: 'OVERRIDE', bucket: far, keyPrefix: '/shop//web/' }
    const clusters = one.clusters.map((each) => (each.name === 'web' ? { ...each, execution } : each))
    return { ...one, clusters }
  }
  const accounts = world.accounts.map((account) =>
    account.id === production
      ? { ...account, regions: account.regions.map(changed) }
      : {
          ...account,
          regions: account.regions.map((one) => ({ ...one, buckets: [{ name: 'example-of-staging' }] })),
        },
  )
  return { ...world, accounts }
}

/** Of any session whose transcript is below a prefix. */
async function sessionBelow(bucket: string, prefix: string, where = region): Promise<string> {
  const s3 = new S3Client({ endpoint: sandbox.endpoint, region: where, credentials: operatorOf(sandbox) })
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }))
  return (Contents[0]?.Key ?? '').slice(prefix.length).replace(/\.log$/, '')
}

function read(place: { name: string; prefix?: string; declaredEncrypted?: boolean }, awsSessionId: string) {
  const whole = { kind: 'bucket' as const, declaredEncrypted: false, ...place }
  return readStoredTranscript(clients, scope, whole, awsSessionId)
}

test.each([
  [near, 'data', 'data/', region, '/scratch'],
  [far, '/shop//web/', 'shop/web/', 'us-east-1', 'nginx'],
])('%s has it under %s', async (name, prefix, folder, where, words) => {
  const found = await read({ name, prefix }, await sessionBelow(name, folder, where))
  if (typeof found === 'string') throw new Error(`There was ${found}.`)
  expect(Buffer.from(found.bytes).toString('utf8')).toContain(words)
  expect(found.cut).toBe(false)
})

test.each([
  ['the bucket is not there', { name: 'nobody-made-it' }, 'no-such-place'],
  ['nothing is there', { name: near, declaredEncrypted: true }, 'nothing-there'],
  ['the bucket is not encrypted, and need not be', { name: 'old-one' }, 'nothing-there'],
  ['the bucket is not encrypted as declared', { name: 'old-one', declaredEncrypted: true }, 'not-encrypted'],
])('%s', async (_, place, because) => {
  expect(await read(place, 'ecs-execute-command-none')).toBe(because)
})

test.each([
  [near, { encryption: 'aws:kms', keyId: expect.stringContaining(':key/') }],
  [far, { encryption: 'AES256' }],
  ['old-one', { encryption: 'none' }],
  ['nobody-made-it', undefined],
  ['example-of-staging', {}],
])('readiness sees bucket %s as it is', async (name, facts) => {
  expect(await readBucket(clients, scope, name)).toEqual(facts)
})

test('a denial names what is missing and what else it can mean', async () => {
  await setFaults(sandbox, {
    refuse: { operation: 'GetObject', code: 'AccessDenied', status: 403, count: 1 },
  })
  await expect(read({ name: near, prefix: 'data' }, 'ecs-execute-command-none')).rejects.toMatchObject({
    value: {
      code: 'ACCESS_DENIED',
      message: `Operator may not call s3:GetObject on ${near}/data/ecs-execute-command-none.log.`,
      action: expect.stringContaining('s3:ListBucket'),
    },
  })
})

import { execFile, execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { Sha256 } from '@aws-crypto/sha256-js'
import { ExecuteCommandCommand } from '@aws-sdk/client-ecs'
import {
  GetBucketEncryptionCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3'
import { SignatureV4 } from '@smithy/signature-v4'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SimulatedRuntime } from '../../../src/sandbox/containers/simulated/simulated-runtime.ts'
import { type Sandbox, startSandbox } from '../../../src/sandbox/sandbox.ts'
import { describeWorld } from '../../../src/sandbox/world/world.ts'
import { DataChannelClient } from '../message-gateway/data-channel-client.ts'
import { clientsFor, operatorOf, region, setFaults } from './sandbox-fixture.ts'

/** Read with AWS's own clients, no code of the product. */
const bucket = 'example-prod-exec-transcripts'

let sandbox: Sandbox
let s3: S3Client

beforeAll(async () => {
  const world = describeWorld()
  const [account] = world.accounts
  const [home, ...others] = account?.regions ?? []
  if (account === undefined || home === undefined) throw new Error('The world has no account.')
  const raj = home.pastSessions?.find(({ cluster }) => cluster === 'data')
  if (raj === undefined) throw new Error('Nobody was in the data cluster.')
  const manySessions = Array.from({ length: 7 }, (_, index) => ({ ...raj, minutesAgo: 60 + index }))
  sandbox = await startSandbox({
    port: 0,
    runtime: new SimulatedRuntime({ imagesFolder: resolve('resources/sandbox/images'), now: Date.now }),
    world: {
      ...world,
      accounts: [
        {
          ...account,
          regions: [
            {
              ...home,
              pastSessions: manySessions,
              buckets: [...(home.buckets ?? []), { name: 'plain-old', encryption: 'none' }],
              clusters: home.clusters.map((cluster) =>
                cluster.name === 'web'
                  ? { ...cluster, execution: { logging: 'OVERRIDE', bucket, keyPrefix: 'web/' } }
                  : cluster,
              ),
            },
            ...others.map((each) => ({ ...each, buckets: [{ name: 'far-away' }] })),
          ],
        },
        ...world.accounts.slice(1).map((each) => ({
          ...each,
          regions: each.regions.map((one) => ({ ...one, buckets: [{ name: `of-${each.id}` }] })),
        })),
      ],
    },
  })
  s3 = new S3Client({ endpoint: sandbox.endpoint, region, maxAttempts: 1, credentials: operatorOf(sandbox) })
})
afterAll(() => sandbox[Symbol.asyncDispose]())

async function sampleKey(): Promise<string> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'data/' }))
  return Contents[0]?.Key ?? ''
}

test('the transcript of a session lies under its prefix and id, as it was uploaded', async () => {
  const key = await sampleKey()
  expect(key).toMatch(/^data\/ecs-execute-command-[0-9a-z]+\.log$/)
  const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))
  expect(head).toMatchObject({ ServerSideEncryption: 'aws:kms', ContentType: 'binary/octet-stream' })
  const { Body, ContentLength } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
  const text = (await Body?.transformToString()) ?? ''
  expect(text).toMatch(/^Script started on .*\nFilesystem(?:.|\n)*\nScript done on /)
  expect(ContentLength).toBe(head.ContentLength)
  const part = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range: 'bytes=0-13' }))
  expect(await part.Body?.transformToString()).toBe('Script started')
  expect(part.ContentRange).toBe(`bytes 0-13/${head.ContentLength}`)
})

test('pages go on where the one before ended, and a delimiter folds what is below', async () => {
  const keys: string[] = []
  let token: string | undefined
  do {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 3, ContinuationToken: token }),
    )
    expect(page.KeyCount).toBe(page.Contents?.length)
    keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key))
    token = page.NextContinuationToken
    expect(page.IsTruncated).toBe(token !== undefined)
  } while (token !== undefined)
  expect(keys).toHaveLength(7)
  expect(keys).toEqual([...new Set(keys)].sort())
  const folded = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Delimiter: '/' }))
  expect(folded.CommonPrefixes).toEqual([{ Prefix: 'data/' }])
  expect(folded.Contents).toBeUndefined()
  await expect(
    s3.send(new ListObjectsV2Command({ Bucket: bucket, ContinuationToken: 'made up' })),
  ).rejects.toMatchObject({ name: 'InvalidArgument' })
})

test('where a bucket is and how it is encrypted', async () => {
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}))
  expect(Buckets.map(({ Name }) => Name)).toEqual([bucket, 'far-away', 'plain-old'])
  expect((await s3.send(new HeadBucketCommand({ Bucket: bucket }))).BucketRegion).toBe(region)
  const location = await s3.send(new GetBucketLocationCommand({ Bucket: 'far-away' }))
  // As S3 says it of its oldest Region.
  expect(location.LocationConstraint).toBeUndefined()
  expect((await s3.send(new GetBucketLocationCommand({ Bucket: bucket }))).LocationConstraint).toBe(region)
  const { ServerSideEncryptionConfiguration } = await s3.send(
    new GetBucketEncryptionCommand({ Bucket: bucket }),
  )
  expect(ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault).toMatchObject({
    SSEAlgorithm: 'aws:kms',
    KMSMasterKeyID: expect.stringContaining(':key/'),
  })
})

describe('refusals in the words of S3', () => {
  test.each([
    ['no bucket', () => new ListObjectsV2Command({ Bucket: 'not-there' }), 'NoSuchBucket', 404],
    ['no key', () => new GetObjectCommand({ Bucket: bucket, Key: 'data/none.log' }), 'NoSuchKey', 404],
    ['no key, without a body', () => new HeadObjectCommand({ Bucket: bucket, Key: 'none' }), 'NotFound', 404],
    ['another Region', () => new ListObjectsV2Command({ Bucket: 'far-away' }), 'PermanentRedirect', 301],
    ["somebody else's", () => new ListObjectsV2Command({ Bucket: 'of-444455556666' }), 'AccessDenied', 403],
    [
      'no encryption',
      () => new GetBucketEncryptionCommand({ Bucket: 'plain-old' }),
      'ServerSideEncryptionConfigurationNotFoundError',
      404,
    ],
  ])('%s', async (_, command, name, status) => {
    await expect(s3.send(command() as ListObjectsV2Command)).rejects.toMatchObject({
      name,
      $metadata: { httpStatusCode: status },
    })
  })

  test('a wrong secret, an unknown key and a throttle', async () => {
    const wrong = (credentials: { accessKeyId: string; secretAccessKey: string }) =>
      new S3Client({ endpoint: sandbox.endpoint, region, maxAttempts: 1, credentials }).send(
        new ListObjectsV2Command({ Bucket: bucket }),
      )
    const right = operatorOf(sandbox)
    await expect(wrong({ ...right, secretAccessKey: 'x' })).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
    })
    await expect(wrong({ ...right, accessKeyId: 'AKIAX' })).rejects.toMatchObject({
      name: 'InvalidAccessKeyId',
    })
    await setFaults(sandbox, { throttle: { operation: 'ListObjectsV2', count: 1 } })
    await expect(wrong(right)).rejects.toMatchObject({ name: 'SlowDown' })
  })
})

test('a bucket in the host, a key that needs encoding, and a body whose hash is not signed', async () => {
  const url = new URL(sandbox.endpoint)
  const signer = new SignatureV4({
    credentials: operatorOf(sandbox),
    region,
    service: 's3',
    sha256: Sha256,
    uriEscapePath: false,
  })
  const host = `${bucket}.localhost:${url.port}`
  const path = '/data//a%20%2B%28b%29..log'
  const { headers } = await signer.sign({
    method: 'GET',
    protocol: 'http:',
    hostname: `${bucket}.localhost`,
    port: Number(url.port),
    path,
    query: {},
    headers: { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
  })
  const answer = await new Promise<{ status: number | undefined; body: string }>((settle, reject) => {
    request({ host: '127.0.0.1', port: url.port, path, headers }, (response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => settle({ status: response.statusCode, body }))
    })
      .on('error', reject)
      .end()
  })
  // The signature was right and the bucket found: what is missing is the object.
  expect(answer.body).toContain('<Code>NoSuchKey</Code>')
  expect(answer.body).toContain('<Key>data//a +(b)..log</Key>')
})

test('a session that ends leaves its transcript where its cluster says', async () => {
  const { ecs } = clientsFor(sandbox)
  const { cluster, task, container } = sandbox.ready.sample
  const { session } = await ecs.send(
    new ExecuteCommandCommand({ cluster, task, container, command: '/bin/sh', interactive: true }),
  )
  const { sessionId = '', streamUrl = '', tokenValue = '' } = session ?? {}
  using shell = new DataChannelClient()
  await shell.connect({ sessionId, streamUrl, tokenValue })
  await shell.until(() => shell.outputLength > 0)
  shell.type('echo one-$((1 + 1))\r')
  await shell.untilText('one-')
  const key = { Bucket: bucket, Key: `web/${sessionId}.log` }
  await expect(s3.send(new HeadObjectCommand(key))).rejects.toMatchObject({ name: 'NotFound' })
  shell.type('exit\r')
  await shell.untilClosed()
  const { Body } = await untilThere(() => s3.send(new GetObjectCommand(key)))
  const text = (await Body?.transformToString()) ?? ''
  expect(text).toContain('one-')
  expect(text).not.toContain('\r\n')
})

/** The upload is the last step of a session, after its line has closed. */
async function untilThere<Answer>(read: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await read()
    } catch (thrown) {
      if (!(thrown instanceof Error) || thrown.name !== 'NoSuchKey') throw thrown
      await new Promise((settle) => setImmediate(settle))
    }
  }
}

const run = promisify(execFile)

function hasAwsCli(): boolean {
  try {
    execFileSync('aws', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

test.skipIf(!hasAwsCli())('aws s3 lists and copies', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'porthole-s3-'))
  try {
    const { accessKeyId, secretAccessKey } = operatorOf(sandbox)
    const aws = (...args: string[]) =>
      run('aws', args, {
        env: {
          PATH: process.env.PATH,
          HOME: folder,
          ...(process.env.PYENV_ROOT === undefined ? {} : { PYENV_ROOT: process.env.PYENV_ROOT }),
          AWS_ACCESS_KEY_ID: accessKeyId,
          AWS_SECRET_ACCESS_KEY: secretAccessKey,
          AWS_DEFAULT_REGION: region,
          AWS_ENDPOINT_URL: sandbox.endpoint,
          AWS_EC2_METADATA_DISABLED: 'true',
          AWS_PAGER: '',
        },
      })
    const key = await sampleKey()
    const listed = await aws('s3', 'ls', `s3://${bucket}/data/`)
    expect(listed.stdout).toContain(key.slice('data/'.length))
    const copied = await aws('s3', 'cp', `s3://${bucket}/${key}`, '-', '--endpoint-url', sandbox.endpoint)
    expect(copied.stdout).toContain('/scratch')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

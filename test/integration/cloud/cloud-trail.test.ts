import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import { ExecuteCommandCommand, ListTasksCommand } from '@aws-sdk/client-ecs'
import { StartSessionCommand } from '@aws-sdk/client-ssm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ActivityFacts, AuditEntry, TouchedTask } from '../../../src/contract/audit.ts'
import type { CloudHistory } from '../../../src/contract/cloud-audit.ts'
import type { RetentionSettings } from '../../../src/contract/retention.ts'
import { type CloudAudit, createCloudAudit } from '../../../src/core/audit/cloud/cloud-audit.ts'
import type { AwsClients } from '../../../src/core/aws/clients.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { openEncryptedDatabase } from '../../../src/core/files/encrypted-database.ts'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { createOperatorClients, operatorScope as scope } from '../../fixtures/operator-clients.ts'
import { clientsFor, production, setFaults, startTestSandbox } from '../sandbox-services/sandbox-fixture.ts'
import { runtimeIdOf } from './runtime-id.ts'

let sandbox: Sandbox
let clients: AwsClients
let folder: string
let cloud: CloudAudit
let taskArn: string
let entries: AuditEntry[] = []
let known: string[] = []
let touchedHere: TouchedTask[] = []
let lookups = 0
let logReads = 0
let read: string[] = []
const masterKey = Buffer.alloc(32, 7)
const fileKey = Buffer.alloc(32, 8)
let retention: RetentionSettings = {}
const notes: ActivityFacts[] = []

beforeAll(async () => {
  sandbox = await startTestSandbox()
  const { ecs } = clientsFor(sandbox)
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster: 'web' }))
  taskArn = taskArns.find((arn) => arn.endsWith(sandbox.ready.sample.task)) ?? ''
  clients = createOperatorClients(sandbox)
})
afterAll(async () => {
  clients[Symbol.dispose]()
  await sandbox[Symbol.asyncDispose]()
})

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'porthole-cloud-'))
  entries = []
  read = []
  retention = {}
  cloud = open()
})
afterEach(async () => {
  cloud[Symbol.dispose]()
  await setFaults(sandbox, { clear: true })
  await rm(folder, { recursive: true })
})

function open(): CloudAudit {
  return createCloudAudit({
    file: path.join(folder, 'cloud', 'cloudtrail.sqlite'),
    clients: {
      ...clients,
      call: (name, ...rest) => {
        if (name === 'cloudtrail') lookups += 1
        if (name === 'logs') logReads += 1
        return clients.call(name, ...rest)
      },
    },
    attempts: async () => entries.filter((entry) => entry.kind === 'session' || entry.kind === 'refused'),
    touchedHere: async () => touchedHere,
    knownAwsSessions: async () => known,
    snapshotOf: async () => undefined,
    fileKey: async () => fileKey,
    transcriptKey: async () => masterKey,
    forgetTranscript: async () => {},
    retention: () => retention,
    held: async () => ({ taskArns: [], awsSessionIds: [] }),
    actor: async () => ({ userName: 'ana' }),
    note: async (facts) => void notes.push(facts),
    onTranscriptRead: async (_, { userName }) => void read.push(userName),
    clock: systemClock,
    log: () => {},
  })
}

/** Everything there is to read, once a reading that began after this call is over. */
async function readAll(): Promise<CloudHistory> {
  lookups = 0
  for (let history = await cloud.history({ scope, taskArn }, true); ; ) {
    if (!history.reading) return history
    const news = Promise.withResolvers<void>()
    using _changes = cloud.onChanged(() => news.resolve())
    history = await cloud.history({ scope, taskArn })
    if (!history.reading) return history
    await news.promise
    history = await cloud.history({ scope, taskArn })
  }
}

test("other people's sessions, their ends and a refusal are read, and read again only since then", async () => {
  const first = await readAll()
  expect(first.events.map(({ userName, refusal }) => [userName, refusal?.code])).toEqual([
    ['raj', undefined],
    ['lena', 'AccessDeniedException'],
    ['raj', undefined],
  ])
  const [raj, lena, rajBefore] = first.events
  expect(raj).toMatchObject({
    kind: 'exec',
    containerName: 'nginx',
    client: 'aws-cli',
    sourceIp: '203.0.113.24',
    roleName: 'PlatformEngineer',
  })
  expect((raj?.endedAt ?? 0) - (raj?.at ?? 0)).toBeLessThanOrEqual(11 * 60_000 + 1000)
  expect(lena?.client).toBe('console')
  expect(rajBefore?.live).toBe(false)
  // Both of Raj's shells touch the task, as far as the ledger does not have them anyway.
  const touched = async () => (await cloud.touched()).find((task) => task.taskArn === taskArn)
  expect(await touched()).toMatchObject({
    sessions: 2,
    people: ['raj'],
    containers: ['nginx'],
    since: rajBefore?.at,
  })
  known = [raj?.awsSessionId ?? '']
  expect(await touched()).toMatchObject({ sessions: 1, since: rajBefore?.at })
  known = []
  expect((await cloud.touched()).length).toBeGreaterThan(1)
  const days = (first.read?.to ?? 0) - (first.read?.from ?? 0)
  expect(Math.round(days / (24 * 3600_000))).toBe(90)

  // A restart keeps what was read, and how far.
  cloud[Symbol.dispose]()
  cloud = open()
  await setFaults(sandbox, { refuse: { operation: 'LookupEvents', code: 'AccessDeniedException', count: 1 } })
  const second = await readAll()
  expect(second.problem?.code).toBe('ACCESS_DENIED')
  expect(second.events).toEqual(first.events)
  expect(second.read).toEqual(first.read)
  const third = await readAll()
  expect(third.problem).toBeUndefined()
  expect(lookups).toBe(2)
  expect(third.events).toEqual(first.events)
})

test('pages and throttling lose nothing, and what comes late or around ECS is found', async () => {
  const { ecs, ssm } = clientsFor(sandbox)
  const input = { cluster: 'web', task: taskArn, container: 'nginx', command: '/bin/sh' }
  for (let attempt = 0; attempt < 60; attempt += 1)
    await ecs.send(new ExecuteCommandCommand({ ...input, interactive: false })).catch(() => {})
  const { session } = await ecs.send(new ExecuteCommandCommand({ ...input, interactive: true }))
  const runtimeId = await runtimeIdOf(ecs, taskArn)
  const direct = await ssm.send(
    new StartSessionCommand({ Target: `ecs:web_${sandbox.ready.sample.task}_${runtimeId}` }),
  )

  await setFaults(sandbox, { trailDelay: 10 * 60_000 })
  const before = await readAll()
  expect(before.events.some(({ awsSessionId }) => awsSessionId === session?.sessionId)).toBe(false)

  // More than the SDK tries by itself.
  await setFaults(sandbox, { trailDelay: 0, throttle: { operation: 'LookupEvents', count: 4 } })
  const after = await readAll()
  expect(after.problem).toBeUndefined()
  const refused = after.events.filter(({ refusal }) => refusal?.code === 'InvalidParameterException')
  expect(refused).toHaveLength(60)
  expect(new Set(after.events.map(({ eventId }) => eventId)).size).toBe(after.events.length)
  const ours = after.events.find(({ awsSessionId }) => awsSessionId === session?.sessionId)
  expect(ours).toMatchObject({ kind: 'exec', live: true })
  expect(after.events.find(({ awsSessionId }) => awsSessionId === direct.SessionId)).toMatchObject({
    kind: 'direct',
    runtimeId,
  })
})

test('a cloud file that cannot be read takes nothing from what this computer knows', async () => {
  await mkdir(path.join(folder, 'cloud'))
  await writeFile(
    path.join(folder, 'cloud', 'cloudtrail.sqlite'),
    'not a database at all, and long enough to be one',
  )
  touchedHere = [{ taskArn, containers: ['nginx'], sessions: 1, people: ['ana'], since: 5 }]
  expect(await cloud.touched()).toEqual(touchedHere)
  touchedHere = []
})

describe('a transcript', () => {
  const question = (eventId: string) => ({
    scope,
    clusterArn: taskArn.replace(/:task\/([^/]+)\/.*/, ':cluster/$1'),
    taskArn,
    eventId,
    offset: 0,
  })

  test('is fetched once by the id of the session, and kept with its digest', async () => {
    retention = { days: 5 }
    const { events } = await readAll()
    const raj = events.findLast(({ userName }) => userName === 'raj')
    const found = await cloud.transcript(question(raj?.eventId ?? ''))
    expect(found).toMatchObject({
      state: 'found',
      text: expect.stringContaining('ls -l /usr/share/nginx/html'),
      place: { kind: 'log-group', name: '/ecs/exec/web' },
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      cut: false,
    })
    const lena = events.find(({ userName }) => userName === 'lena')
    await expect(cloud.transcript(question(lena?.eventId ?? ''))).rejects.toMatchObject({
      value: { code: 'NOT_FOUND' },
    })
    const reads = logReads
    cloud[Symbol.dispose]()
    cloud = open()
    expect(await cloud.transcript(question(raj?.eventId ?? ''))).toEqual(found)
    expect(logReads).toBe(reads)
    expect(read).toEqual(['raj', 'raj'])
    const { transcripts } = await cloud.history({ scope, taskArn })
    expect(Object.keys(transcripts)).toEqual([raj?.eventId])

    // What somebody changed on this disk is read from AWS again.
    cloud[Symbol.dispose]()
    const database = openEncryptedDatabase(path.join(folder, 'cloud', 'cloudtrail.sqlite'), fileKey)
    const sealed = database.prepare('SELECT sealed FROM transcript').pluck().get() as Buffer
    expect(sealed.includes('nginx')).toBe(false)
    sealed[sealed.length - 1] = (sealed.at(-1) ?? 0) ^ 1
    database.prepare('UPDATE transcript SET sealed = ?').run(sealed)
    database.close()
    cloud = open()
    expect(await cloud.transcript(question(raj?.eventId ?? ''))).toMatchObject({
      text: expect.stringContaining('ls -l /usr/share/nginx/html'),
    })
  })
})

test('nothing is read that retention would take away again, and what it takes counts as not read', async () => {
  try {
    retention = { days: 1 }
    const dayAgo = Date.now() - 24 * 3600_000
    const denied = { operation: 'DescribeSessions', code: 'AccessDeniedException', count: 1 }
    await setFaults(sandbox, { refuse: denied })
    const first = await readAll()
    expect(first.problem).toBeUndefined()
    expect(first.endsProblem?.code).toBe('ACCESS_DENIED')
    const ofRaj = (history: CloudHistory) => history.events.find(({ userName }) => userName === 'raj')
    expect(ofRaj(first)?.endedAt).toBeUndefined()
    const second = await readAll()
    expect(second.endsProblem).toBeUndefined()
    expect(ofRaj(second)?.endedAt).toBeGreaterThan(ofRaj(second)?.at ?? 0)
    expect(first.events.map(({ userName }) => userName)).toEqual(expect.arrayContaining(['raj']))
    expect(first.events.every(({ at }) => at >= dayAgo)).toBe(true)
    expect(first.read?.from).toBeGreaterThanOrEqual(dayAgo)
    await cloud.retain()
    expect((await cloud.history({ scope, taskArn })).read?.from).toBeGreaterThanOrEqual(first.read?.from ?? 0)
  } finally {
    retention = {}
  }
})

test('a file adds what AWS did not tell, also of accounts nobody signed in to, and AWS has the last word', async () => {
  await setFaults(sandbox, { refuse: { operation: 'LookupEvents', code: 'AccessDeniedException', count: 1 } })
  expect((await readAll()).events).toEqual([])
  const { trail } = clientsFor(sandbox)
  const { Events = [] } = await trail.send(
    new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: 'Username', AttributeValue: 'raj' }] }),
  )
  const records = Events.map(({ CloudTrailEvent = '' }) => JSON.parse(CloudTrailEvent))
  const [newest, ...older] = records
  const changed = { ...newest, userIdentity: { ...newest.userIdentity, principalId: 'AROA:mallory' } }
  const elsewhere = { ...newest, eventID: 'elsewhere', recipientAccountId: '999900001111' }
  const bytes = gzipSync(JSON.stringify({ Records: [changed, ...older, elsewhere] }))
  const upload = randomUUID()
  const part = (from: number, to: number) =>
    cloud.importPart({
      upload,
      name: 'trail.json.gz',
      size: bytes.length,
      bytes: bytes.subarray(from, to).toString('base64'),
    })
  const places: string[] = []
  using _changes = cloud.onChanged(({ accountId }) => places.push(accountId))
  expect(await part(0, 100)).toBeUndefined()
  const outcome = await part(100, bytes.length)
  const shells = records.length + 1
  expect(outcome).toMatchObject({ name: 'trail.json.gz', by: 'ana', records: shells, shells, added: shells })
  expect(places).toEqual(expect.arrayContaining([production, '999900001111']))
  expect(notes.at(-1)).toMatchObject({
    activity: 'audit.imported',
    userName: 'ana',
    detail: { file: 'trail.json.gz', sha256: outcome?.sha256 },
  })

  const { files } = await cloud.imports()
  const importedOf = async () => (await cloud.importedShells({ text: '', offset: 0 })).shells
  expect(files).toMatchObject([{ sha256: outcome?.sha256, by: 'ana' }])
  expect((await importedOf()).map(({ accountId }) => accountId)).toContain('999900001111')
  const before = await cloud.history({ scope, taskArn })
  const forged = before.events.find(({ eventId }) => eventId === newest.eventID)
  expect(forged).toMatchObject({ userName: 'mallory', imported: { name: 'trail.json.gz', by: 'ana' } })

  // Far enough for all of it, and less to look up than ninety days.
  retention = { days: 5 }
  const after = await readAll()
  const real = after.events.find(({ eventId }) => eventId === newest.eventID)
  expect(real?.userName).toBe('raj')
  expect(real?.imported).toBeUndefined()
  expect(after.events.filter(({ eventId }) => eventId === newest.eventID)).toHaveLength(1)
  expect((await importedOf()).map(({ eventId }) => eventId)).toEqual(['elsewhere'])

  // Once more, nothing is new; however old, it is as old as its import to retention.
  const again = { upload: randomUUID(), name: 'again.json.gz', size: bytes.length }
  expect(await cloud.importPart({ ...again, bytes: bytes.toString('base64') })).toMatchObject({ added: 0 })
  retention = { days: 1 }
  try {
    await cloud.retain()
    expect((await importedOf()).map(({ eventId }) => eventId)).toEqual(['elsewhere'])
  } finally {
    retention = {}
  }

  const torn = {
    upload: randomUUID(),
    name: 'torn.gz',
    size: 50,
    bytes: bytes.subarray(0, 50).toString('base64'),
  }
  await expect(cloud.importPart(torn)).rejects.toMatchObject({ value: { code: 'FILE_REFUSED' } })
  await expect(cloud.importPart({ ...torn, size: 10 })).rejects.toMatchObject({
    value: { code: 'FILE_REFUSED' },
  })
})

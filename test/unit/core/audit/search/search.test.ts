import { randomBytes, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createChannelPair } from '../../../../../src/channel/in-process-channel.ts'
import type { CloudEvent } from '../../../../../src/contract/cloud-audit.ts'
import type { SearchAnswer } from '../../../../../src/contract/search.ts'
import { type AuditClient, createAuditService } from '../../../../../src/core/audit/audit-client.ts'
import {
  FileCheckpointKeeper,
  keyFolderBeside,
} from '../../../../../src/core/audit/integrity/checkpoint-keeper.ts'
import { KeyFiles } from '../../../../../src/core/audit/integrity/key-files.ts'
import { matchExpression } from '../../../../../src/core/audit/search/match-expression.ts'
import { SearchDatabase, searchIndexKey } from '../../../../../src/core/audit/search/search-database.ts'
import { type AuditServer, serveAudit } from '../../../../../src/core/audit/serve-audit.ts'
import { systemClock } from '../../../../../src/core/clock.ts'
import { openEncryptedDatabase } from '../../../../../src/core/files/encrypted-database.ts'
import { containerRef, noon, recordingStart, sessionFacts, temporaryFolder } from '../audit-fixtures.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const secret = 'hunter2-is-no-password'

let folder: ReturnType<typeof temporaryFolder>
let server: AuditServer
let audit: AuditClient

beforeEach(() => {
  folder = temporaryFolder()
  open()
})
afterEach(async () => {
  await close()
  folder[Symbol.dispose]()
})

function open(): void {
  server = serveAudit({ folder: folder.path, clock: systemClock })
  const [near, far] = createChannelPair()
  server.attach(far)
  audit = createAuditService({ channel: near })
}

async function close(): Promise<void> {
  await audit[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
}

/** A session in which `nginx -t` fails and a file with a password is shown. */
async function recordSession(userName = 'ana', startedAt = noon): Promise<string> {
  const start = { ...recordingStart(), startedAt }
  await audit.sessionOpened({ ...sessionFacts({ sessionId: start.sessionId }), userName, at: startedAt })
  const recorder = audit.recorders.start(start)
  recorder.marker('≈ nginx -t')
  recorder.output(bytes('\x1b[31mconfiguration\x1b[0m file test failed\r\n'))
  recorder.marker('exit 1 after 12 ms')
  recorder.marker('$ cat .env')
  recorder.output(bytes(`DB_PASSWORD=${secret}\r\nproxy_read_timeout 30s;\r\n`))
  recorder.marker('exit 0 after 3 ms')
  recorder.marker('Password prompt')
  await recorder.close()
  await audit.sessionEnded(start.sessionId, { at: startedAt + 5000, reason: 'closed' })
  return start.sessionId
}

/** Asks again, as a page does, until everything that was recorded is in the index. */
async function search(query: string, rest: Partial<Parameters<AuditClient['search']>[0]> = {}) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const answer = await audit.search({ query, filters: {}, ...rest })
    if (answer.waiting === 0) return answer
  }
  throw new Error('The index is never complete.')
}

const sessionsIn = ({ groups }: SearchAnswer) => groups.filter((group) => group.kind === 'session')

test('finds commands and output, with their moments, and shows what was found', async () => {
  const sessionId = await recordSession()
  const byCommand = await search('nginx')
  expect(byCommand).toMatchObject({ matchingSessions: 1, sessions: 1, waiting: 0 })
  expect(sessionsIn(byCommand)[0]?.hits).toMatchObject([
    { kind: 'command', text: 'nginx -t', highlights: [[0, 5]], exitCode: 1, confidence: 'likely' },
  ])
  const byOutput = await search('proxy_read')
  expect(sessionsIn(byOutput)[0]?.session.sessionId).toBe(sessionId)
  expect(sessionsIn(byOutput)[0]?.hits[0]).toMatchObject({ kind: 'output', text: 'proxy_read_timeout 30s;' })
  expect((await search('nginx nowhere')).matchingSessions).toBe(0)
  expect(await audit.commands(sessionId)).toMatchObject([
    { text: 'nginx -t', exitCode: 1, source: 'echo', confidence: 'likely' },
    { text: 'cat .env', exitCode: 0, source: 'marks', confidence: 'exact' },
    { kind: 'secret-prompt' },
  ])
})

test('sums up the commands of sessions for a list, of those it knows', async () => {
  const sessionId = await recordSession()
  await search('')
  const { summaries, waiting } = await audit.commandSummaries([sessionId, crypto.randomUUID()])
  expect(waiting).toBe(0)
  expect(Object.keys(summaries)).toEqual([sessionId])
  expect(summaries[sessionId]).toMatchObject({
    count: 2,
    failed: 1,
    first: [
      { text: 'nginx -t', exitCode: 1 },
      { text: 'cat .env', exitCode: 0 },
    ],
  })
})

test('a secret that was shown can neither be found nor read in the index, decrypted', async () => {
  await recordSession()
  expect((await search('hunter2')).matchingSessions).toBe(0)
  await close()
  const key = searchIndexKey(new FileCheckpointKeeper(new KeyFiles(keyFolderBeside(folder.path))).masterKey())
  const database = openEncryptedDatabase(join(folder.path, 'search-index.sqlite'), key)
  const stored = Buffer.concat([
    Buffer.from(JSON.stringify(database.prepare('SELECT * FROM piece').all())),
    ...database.prepare<[], Buffer>('SELECT block FROM piece_text_data').pluck().all(),
  ])
  database.close()
  expect(stored.includes('proxy_read_timeout')).toBe(true)
  expect(stored.includes('hunter2')).toBe(false)
  open()
})

test('nothing that a terminal showed lies in the audit folder as it was', async () => {
  await recordSession()
  expect((await search('proxy_read_timeout')).matchingSessions).toBe(1)
  const files = readdirSync(folder.path, { recursive: true, withFileTypes: true }).filter((each) =>
    each.isFile(),
  )
  expect(files.length).toBeGreaterThan(3)
  for (const { parentPath, name } of files)
    expect(readFileSync(join(parentPath, name)).includes('proxy_read'), name).toBe(false)
})

test('filters, counts what each filter would give, and draws the days', async () => {
  const day = 24 * 3600_000
  await recordSession('ana', noon)
  await recordSession('ana', noon + day)
  await recordSession('raj', noon + day)
  const all = await search('nginx')
  expect(all.facets.people).toEqual([
    { value: 'ana', count: 2 },
    { value: 'raj', count: 1 },
  ])
  expect(all.days.map(({ sessions }) => sessions)).toEqual([1, 2])
  const filtered = await search('nginx', { filters: { people: ['raj'] } })
  expect(filtered.matchingSessions).toBe(1)
  expect(filtered.facets.people).toEqual(all.facets.people)
  expect((await search('nginx', { filters: { results: ['succeeded'] } })).matchingSessions).toBe(0)
  expect((await search('', { from: noon + day / 2 })).sessions).toBe(2)
})

test('sums up what a person did, with attempts that came to nothing', async () => {
  await recordSession('ana', noon)
  await recordSession('ana', noon + 1000)
  await recordSession('raj', noon)
  await audit.sessionOpened({ ...sessionFacts(), userName: 'ana', at: noon + 2000 })
  const error = { code: 'ACCESS_DENIED', message: 'No.', retryable: false } as const
  for (const userName of ['ana', 'raj', 'raj'])
    await audit.shellRefused({ ...sessionFacts(), userName, at: noon, error })
  const { summary, matchingSessions } = await search('', { filters: { people: ['ana'] }, summary: true })
  expect(matchingSessions).toBe(3)
  expect(summary).toEqual({
    commands: 4,
    failedCommands: 2,
    refused: 1,
    unrecorded: 1,
    topCommands: [
      { text: 'cat .env', count: 2, failed: 0 },
      { text: 'nginx -t', count: 2, failed: 2 },
    ],
    lastAt: noon + 2000,
  })
  expect(
    (await search('', { filters: { people: ['raj'] }, from: noon + 1, summary: true })).summary,
  ).toMatchObject({
    commands: 0,
    refused: 0,
  })
  expect((await search('')).summary).toBeUndefined()
})

test('finds commands by how they ended, and counts what each code would give', async () => {
  await recordSession()
  const all = await search('')
  expect(all.facets.exits).toEqual(
    expect.arrayContaining(['0', '1', '!0'].map((value) => ({ value, count: 1 }))),
  )
  const failed = await search('exit:!0')
  expect(failed).toMatchObject({ matchingSessions: 1, hitCount: 1 })
  expect(sessionsIn(failed)[0]?.hits).toMatchObject([{ text: 'nginx -t', exitCode: 1 }])
  // The words and the code have to be of one command.
  expect((await search('env exit:1')).matchingSessions).toBe(0)
  expect(sessionsIn(await search('env exit:0'))[0]?.hits).toMatchObject([{ text: 'cat .env' }])
  expect((await search('env', { filters: { exits: ['1'] } })).facets.exits).toEqual([
    { value: '0', count: 1 },
  ])
  expect((await search('exit:127')).matchingSessions).toBe(0)
  expect((await search('"exit:1"')).matchingSessions).toBe(0)
  await close()
  open()
  expect((await search('exit:1')).hitCount).toBe(1)
})

test('an index that was opened again knows how commands ended, and loses it with the recording', async () => {
  const file = join(folder.path, 'other.sqlite')
  const key = randomBytes(32)
  const command = {
    kind: 'command',
    startedAt: 5,
    text: 'false',
    redactions: 0,
    exitCode: 1,
    source: 'marks',
    confidence: 'exact',
  } as const
  {
    using database = new SearchDatabase(file, key)
    database.put(database.begin('one'), [{ place: 0, piece: command }])
  }
  using database = new SearchDatabase(file, key)
  expect([...(database.sessions()[0]?.exits.values() ?? [])]).toEqual([1])
  database.purge('one')
  expect(database.sessions()).toEqual([])
})

/** A shell that CloudTrail tells of, in the task of all sessions here. */
const cloudEvent = (changes: Partial<CloudEvent> = {}): CloudEvent => ({
  eventId: randomUUID(),
  kind: 'exec',
  at: noon,
  accountId: '111122223333',
  region: 'eu-central-1',
  taskId: containerRef().taskId,
  command: '/bin/bash -l',
  awsSessionId: `ecs-execute-command-${randomUUID()}`,
  userName: 'raj',
  client: 'aws-cli',
  live: false,
  ...changes,
})
const readAll = [{ accountId: '111122223333', region: 'eu-central-1', from: 0, to: noon + 24 * 3600_000 }]

test('tells which records know of a session, and finds those that only AWS or a file tells of', async () => {
  const matched = 'ecs-execute-command-matched'
  await audit.sessionOpened({ ...sessionFacts({ awsSessionId: matched }), at: noon })
  await audit.sessionOpened({ ...sessionFacts({ awsSessionId: 'ecs-execute-command-lost' }), at: noon })
  expect((await search('')).facets.sources).toEqual([{ value: 'unknown', count: 2 }])

  const imported = { name: 'trail.json', sha256: 'a', at: noon, by: 'ana' }
  const refusal = { code: 'AccessDeniedException', message: 'is not authorized' }
  await audit.setCloud({
    events: [
      cloudEvent({ awsSessionId: matched }),
      cloudEvent(),
      cloudEvent({ imported, taskId: 'elsewhere' }),
      cloudEvent({ refusal, awsSessionId: undefined, userName: 'tom' }),
    ],
    read: readAll,
  })
  const all = await search('')
  expect(all).toMatchObject({ matchingSessions: 4, matchingRefusals: 1, sessions: 4 })
  expect(Object.fromEntries(all.facets.sources.map(({ value, count }) => [value, count]))).toEqual({
    matched: 1,
    'local-only': 1,
    'cloud-only': 2,
    imported: 1,
  })
  // Where it was is known from our own session in the same task, and else not.
  expect(all.facets.services).toEqual([{ value: 'shop', count: 4 }])
  expect((await search('source:imported')).groups).toMatchObject([{ kind: 'cloud', event: { imported } }])
  expect((await search('source:local')).groups).toMatchObject([{ source: { state: 'local-only' } }])
  const denied = await search('is:denied person:tom')
  expect(denied).toMatchObject({ matchingSessions: 0, matchingRefusals: 1, groups: [{ kind: 'cloud' }] })
  expect(await search('bash authorized')).toMatchObject({ hitCount: 1, matchingRefusals: 1 })
  await audit.setCloud({ events: [], read: [] })
  expect((await search('')).matchingSessions).toBe(2)
})

test("finds what AWS's transcripts say, at its line, until what was kept of them is destroyed", async () => {
  const shell = cloudEvent({ clusterName: 'web' })
  const unread = cloudEvent({ clusterName: undefined })
  const awsSessionId = shell.awsSessionId ?? ''
  await audit.setCloud({ events: [shell, unread], read: readAll })
  const text = `root@web-1:/# cat .env\r\nDB_PASSWORD=${secret}\r\nproxy_buffering off;\r\n`
  await audit.indexTranscript({ awsSessionId, sha256: 'first', text })
  expect(await audit.indexedTranscripts()).toEqual([{ awsSessionId, sha256: 'first' }])
  const found = await search('buffering')
  expect(found).toMatchObject({ hitCount: 1, matchingSessions: 1, groups: [{ kind: 'cloud', event: shell }] })
  const group = found.groups[0]
  if (group?.kind !== 'cloud') throw new Error('not found')
  expect(group.taskArn).toBe(`arn:aws:ecs:eu-central-1:111122223333:task/web/${shell.taskId}`)
  expect(group.transcript).toEqual({
    hits: [{ kind: 'output', line: 2, text: 'proxy_buffering off;', highlights: [[6, 15]] }],
    hitCount: 1,
  })
  expect((await search('cat env')).groups).toMatchObject([
    { transcript: { hits: [{ kind: 'command', line: 0, text: 'cat .env' }] } },
  ])
  expect((await search(secret)).groups).toEqual([])
  const all = (await search('')).groups
  const cloudGroup = (event: CloudEvent) =>
    all.find((each) => each.kind === 'cloud' && each.event.eventId === event.eventId)
  expect(cloudGroup(unread)).not.toHaveProperty('taskArn')
  expect(cloudGroup(unread)).not.toHaveProperty('transcript')

  // It is there after a start, and a newer reading takes its place.
  await close()
  open()
  await audit.setCloud({ events: [shell], read: readAll })
  expect((await search('buffering')).hitCount).toBe(1)
  await audit.indexTranscript({ awsSessionId, sha256: 'second', text: 'sh-5.2$ uptime\n' })
  expect((await search('buffering')).groups).toEqual([])
  expect((await search('uptime')).hitCount).toBe(1)
  await audit.purgeTranscript(awsSessionId)
  expect((await search('uptime')).groups).toEqual([])
  expect(await audit.indexedTranscripts()).toEqual([])
})

test('finds attempts that came to nothing, by their message too, and what was not recorded', async () => {
  await recordSession()
  await audit.sessionOpened({ ...sessionFacts({ engine: 'plugin' }), at: noon })
  const error = { code: 'TARGET_NOT_CONNECTED', message: 'The agent is not there.', retryable: true } as const
  await audit.shellRefused({ ...sessionFacts({ command: '/bin/bash' }), userName: 'raj', at: noon, error })
  const all = await search('')
  expect(all.facets.results).toEqual(
    expect.arrayContaining(['failed', 'unrecorded', 'refused'].map((value) => ({ value, count: 1 }))),
  )
  expect(all.facets.engines).toEqual(
    expect.arrayContaining(['built-in', 'plugin'].map((value) => ({ value, count: 1 }))),
  )
  expect((await search('is:refused')).groups).toMatchObject([
    { kind: 'refused', refusal: { userName: 'raj' } },
  ])
  expect(await search('agent bash')).toMatchObject({ matchingSessions: 0, matchingRefusals: 1 })
  expect((await search('is:unrecorded')).groups).toMatchObject([{ session: { engine: 'plugin' } }])
  expect((await search('engine:plugin')).matchingSessions).toBe(1)
  // A later one is taken over too, and only once.
  await audit.shellRefused({ ...sessionFacts(), userName: 'raj', at: noon, error })
  expect((await search('person:raj')).matchingRefusals).toBe(2)
})

test('is restricted to one session or one task, and shows more of the one', async () => {
  const one = await recordSession()
  await recordSession()
  const inOne = await search('nginx', { filters: { sessions: [one] } })
  expect(inOne).toMatchObject({ matchingSessions: 1, sessions: 1 })
  expect(await search(`task:${containerRef().taskId.slice(0, 8)}`)).toMatchObject({ sessions: 2 })
  expect(await search('task:ffffffff')).toMatchObject({ sessions: 0 })
  expect((await search(`session:${one}`)).groups).toMatchObject([
    { hits: [{ text: 'nginx -t' }, { text: 'cat .env' }] },
  ])
})

test('what is being recorded is found too', async () => {
  const start = recordingStart()
  await audit.sessionOpened({ ...sessionFacts({ sessionId: start.sessionId }), at: noon })
  const recorder = audit.recorders.start(start)
  recorder.marker('$ uptime')
  recorder.output(bytes('load average\r\n'))
  await expect.poll(async () => (await search('uptime')).matchingSessions).toBe(1)
  recorder.marker('exit 0 after 3 ms')
  recorder.marker('$ whoami')
  await recorder.close()
  await expect.poll(async () => sessionsIn(await search('whoami'))[0]?.hits.length).toBe(1)
  expect(sessionsIn(await search('uptime'))[0]?.hits).toMatchObject([{ exitCode: 0 }])
})

test.each(['missing', 'damaged', 'under another key'])(
  'an index that is %s is built again from the recordings',
  async (how) => {
    await recordSession()
    await search('nginx')
    await close()
    const file = join(folder.path, 'search-index.sqlite')
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true })
    if (how === 'damaged') writeFileSync(file, 'no database')
    if (how === 'under another key') new SearchDatabase(file, randomBytes(32))[Symbol.dispose]()
    open()
    await expect.poll(async () => (await search('nginx')).matchingSessions).toBe(1)
  },
)

test('no query breaks the search', async () => {
  await recordSession()
  const file = join(folder.path, 'other.sqlite')
  using database = new SearchDatabase(file, randomBytes(32))
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^["'*^:(){}+\-a NOTRDE,\\;]{0,40}$/),
    fc.constantFrom('NEAR(a b', 'a AND', '"', '""', "'; DROP TABLE piece; --", 'text:a', '^a', '-a', '\0"'),
  )
  fc.assert(
    fc.property(hostile, (query) => {
      const expression = matchExpression(query)
      if (expression !== undefined)
        database.hits(database.find(expression).get(1) ?? { ids: [1], from: 0, to: 1 }, query, 6)
    }),
    { numRuns: 500 },
  )
  expect((await search('"nginx -t"')).matchingSessions).toBe(1)
  expect((await search('| ; "')).matchingSessions).toBe(0)
})

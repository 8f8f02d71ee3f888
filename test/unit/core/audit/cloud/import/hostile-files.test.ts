import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ActivityFacts } from '../../../../../../src/contract/audit.ts'
import { importedShellSchema } from '../../../../../../src/contract/cloud-audit.ts'
import { openCloudStore } from '../../../../../../src/core/audit/cloud/cloud-file.ts'
import type { CloudStore } from '../../../../../../src/core/audit/cloud/cloud-store.ts'
import { importTrailFile } from '../../../../../../src/core/audit/cloud/import/import-trail-file.ts'
import { taskArnOf } from '../../../../../../src/core/audit/cloud/touched-by-anyone.ts'
import { temporaryFolder } from '../../audit-fixtures.ts'

/** Whole files, as somebody may have written them, on their way into the cloud file. */

const now = Date.UTC(2026, 10, 20)
const own = { accountId: '111122223333', region: 'eu-west-1' }

let folder: ReturnType<typeof temporaryFolder>
let store: CloudStore
let notes: ActivityFacts[]

beforeEach(() => {
  folder = temporaryFolder()
  store = openCloudStore(join(folder.path, 'cloudtrail.sqlite'), Buffer.alloc(32, 1))
  notes = []
})
afterEach(() => {
  store[Symbol.dispose]()
  folder[Symbol.dispose]()
})

const shell = (changes: object = {}) => ({
  eventID: 'e-1',
  eventName: 'ExecuteCommand',
  eventSource: 'ecs.amazonaws.com',
  eventTime: '2026-11-18T08:51:07Z',
  awsRegion: own.region,
  recipientAccountId: own.accountId,
  userIdentity: { type: 'AssumedRole', principalId: 'AROA:mallory' },
  requestParameters: { cluster: 'web', task: 'abc', container: 'nginx', command: '/bin/sh' },
  ...changes,
})

function importFile(bytes: Uint8Array, name = 'trail.json') {
  const note = async (facts: ActivityFacts) => void notes.push(facts)
  return importTrailFile({ store, note, actor: { userName: 'ana' }, now }, name, bytes)
}

const importRecords = (...records: object[]) => importFile(Buffer.from(JSON.stringify({ Records: records })))
const listed = () => store.imports.shells({ text: '', offset: 0 }).events

test('an event that comes twice, in one file or in two, is there once', async () => {
  expect(await importRecords(shell(), shell(), shell({ eventID: 'e-2' }))).toMatchObject({
    records: 3,
    shells: 3,
    added: 2,
  })
  expect(await importRecords(shell({ eventID: 'e-2' }))).toMatchObject({ added: 0 })
  const packed = gzipSync(JSON.stringify({ Records: [shell()] }))
  expect(await importFile(packed)).toMatchObject({ added: 0 })
  expect(await importFile(packed)).toMatchObject({ added: 0 })
  expect(listed().map(({ eventId }) => eventId)).toEqual(['e-1', 'e-2'])
  // Each attempt is in the ledger, also those that brought nothing.
  expect(notes.map(({ activity }) => activity)).toEqual(Array.from({ length: 4 }, () => 'audit.imported'))
})

test('what it says of another account or Region stands nowhere else', async () => {
  await importRecords(
    shell({ eventID: 'elsewhere', recipientAccountId: '999900001111' }),
    shell({ eventID: 'far', awsRegion: 'us-east-1' }),
    shell({ eventID: 'here' }),
  )
  expect(store.ofTask(own, 'abc').map(({ eventId }) => eventId)).toEqual(['here'])
  expect(store.ofTask({ ...own, accountId: '999900001111' }, 'abc')).toHaveLength(1)
})

test('the same id in two accounts is two events, and cannot take the place of what AWS told', async () => {
  store.add([
    {
      ...own,
      eventId: 'e-1',
      kind: 'exec',
      at: 1000,
      taskId: 'abc',
      userName: 'raj',
      client: 'aws-cli',
      live: false,
    },
  ])
  await importRecords(shell(), shell({ recipientAccountId: '999900001111' }))
  expect(store.event(own, 'e-1')).toMatchObject({ userName: 'raj' })
  expect(store.event(own, 'e-1')?.imported).toBeUndefined()
  expect(listed().map(({ accountId }) => accountId)).toEqual(['999900001111'])
})

test('a file that is refused leaves nothing, neither of itself nor in the ledger', async () => {
  const text = JSON.stringify({
    Records: [shell(), shell({ eventID: 'e-2', eventTime: '2999-01-01T00:00:00Z' })],
  })
  for (const bytes of [
    Buffer.from(text),
    Buffer.from(text.slice(0, -3)),
    gzipSync(text),
    gzipSync(JSON.stringify({ Records: [shell()] })).subarray(0, -4),
  ])
    await expect(importFile(bytes)).rejects.toMatchObject({ value: { code: 'FILE_REFUSED' } })
  expect(listed()).toEqual([])
  expect(store.imports.files()).toEqual([])
  expect(notes).toEqual([])
})

test('when the ledger cannot take the note, nothing comes in', async () => {
  const note = () => Promise.reject(new Error('The disk is full.'))
  const bytes = Buffer.from(JSON.stringify({ Records: [shell()] }))
  const parts = { store, note, actor: { userName: 'ana' }, now }
  await expect(importTrailFile(parts, 'trail.json', bytes)).rejects.toThrow('full')
  expect(store.imports.count()).toBe(0)
})

test.each([
  ['no date', 'yesterday'],
  ['before time began', '1600-01-01T00:00:00Z'],
  ['no text', 5],
])('a shell at %s is none', async (_, eventTime) => {
  expect(await importRecords(shell({ eventTime }))).toMatchObject({ records: 1, shells: 0, added: 0 })
})

test('names that are tricks are kept as text, found again, and break nothing', async () => {
  const tricks = [
    "'; DROP TABLE event; --",
    '\u202egnp.txt',
    '\u0000\u0007\u001b]0;owned\u0007',
    '<img src=x onerror=alert(1)>',
    '__proto__',
    '%_%',
    '../../../../etc/passwd',
    'x'.repeat(5000),
  ]
  await importRecords(
    ...tricks.map((name, index) =>
      shell({
        eventID: `e-${index}`,
        awsRegion: name.slice(0, 60) || 'r',
        recipientAccountId: name,
        userIdentity: { type: 'IAMUser', userName: name },
        requestParameters: { cluster: name, task: name, container: name, command: name },
        __proto__: { polluted: true },
      }),
    ),
  )
  expect(store.imports.count()).toBe(tricks.length)
  expect(store.imports.people()).toHaveLength(tricks.length)
  for (const { userName } of store.imports.people())
    expect(store.imports.shells({ text: '', userName, offset: 0 }).total).toBe(1)
  for (const event of listed()) {
    const shown = { ...event, taskArn: taskArnOf(event), inLedger: false }
    expect(importedShellSchema.parse(shown).userName.length).toBeLessThanOrEqual(512)
  }
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})

test('whatever the text in it, a file comes in whole or is refused', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(text, text, text), { maxLength: 5 }), text, async (rows, name) => {
      const records = rows.map(([eventID, userName, words]) =>
        shell({
          eventID: `e${eventID}`,
          userIdentity: { type: 'IAMUser', userName },
          requestParameters: { cluster: words, task: words, command: words },
        }),
      )
      const before = store.imports.count()
      const bytes = Buffer.from(JSON.stringify({ Records: records }))
      const { shells, added } = await importFile(bytes, name)
      expect(shells).toBe(rows.length)
      expect(store.imports.count()).toBe(before + added)
      const { events, total } = store.imports.shells({ text: '', offset: 0 })
      expect(events.length).toBe(Math.min(total, 100))
    }),
    { numRuns: 40 },
  )
})

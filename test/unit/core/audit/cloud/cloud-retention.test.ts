import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ActivityFacts } from '../../../../../src/contract/audit.ts'
import type { CloudEvent } from '../../../../../src/contract/cloud-audit.ts'
import { type Held, keptSince, removeOlder } from '../../../../../src/core/audit/cloud/cloud-retention.ts'
import { CloudStore } from '../../../../../src/core/audit/cloud/cloud-store.ts'
import { sha256Of, TranscriptVault } from '../../../../../src/core/audit/cloud/transcript-vault.ts'
import { temporaryFolder } from '../audit-fixtures.ts'

const place = { accountId: '111122223333', region: 'eu-west-1' }
const taskArn = (taskId: string) => `arn:aws:ecs:eu-west-1:111122223333:task/web/${taskId}`
const nobody: Held = { taskArns: [], awsSessionIds: [] }

function eventOf(eventId: string, at: number, taskId = 'abc'): CloudEvent {
  const awsSessionId = `aws-${eventId}`
  return {
    ...place,
    eventId,
    at,
    taskId,
    awsSessionId,
    kind: 'exec',
    userName: 'raj',
    client: 'other',
    live: false,
  }
}

function makeCloud() {
  const folder = temporaryFolder()
  const keyFile = join(folder.path, 'keys.sqlite')
  const store = new CloudStore(join(folder.path, 'cloud.sqlite'), Buffer.alloc(32, 2))
  const masterKey = async () => Buffer.alloc(32, 1)
  const vault = new TranscriptVault({ keyFile, masterKey, rows: async () => store.transcripts })
  const notes: ActivityFacts[] = []
  const forgotten: string[] = []
  const forget = async (awsSessionId: string) => void forgotten.push(awsSessionId)
  return {
    store,
    vault,
    notes,
    forgotten,
    keyTable: () => readFileSync(keyFile),
    async keep(event: CloudEvent) {
      store.add([event])
      const content = Buffer.from(`what ${event.eventId} showed`)
      await vault.keep({
        ...place,
        awsSessionId: event.awsSessionId ?? '',
        taskArn: taskArn(event.taskId),
        sessionAt: event.at,
        content,
        sha256: sha256Of(content),
        bytes: content.length,
        placeKind: 'bucket',
        placeName: 'b/k',
        fetchedAt: 0,
        cut: false,
      })
    },
    remove: (since: number, held = nobody, note = async (facts: ActivityFacts) => void notes.push(facts)) =>
      removeOlder({ store, vault, forget, held, note, actor: { userName: 'ana' }, now: 10_000 }, since),
    [Symbol.dispose]() {
      vault[Symbol.dispose]()
      store[Symbol.dispose]()
      folder[Symbol.dispose]()
    },
  }
}

test('for ever is for ever, and a day is a day', () => {
  expect(keptSince({}, 5)).toBe(0)
  expect(keptSince({ days: 1 }, 2 * 86_400_000)).toBe(86_400_000)
})

test('what is older goes with its key, after the ledger heard of it', async () => {
  using cloud = makeCloud()
  await cloud.keep(eventOf('old', 1000))
  await cloud.keep(eventOf('new', 5000))
  cloud.store.setRange(place, 'ExecuteCommand', { from: 0, to: 9000 })
  expect(cloud.keyTable().includes('aws-old')).toBe(true)
  await cloud.remove(3000)
  expect(cloud.forgotten).toEqual(['aws-old'])

  expect(cloud.store.ofTask(place, 'abc').map(({ eventId }) => eventId)).toEqual(['new'])
  expect(await cloud.vault.read('aws-old')).toBeUndefined()
  expect(cloud.keyTable().includes('aws-old')).toBe(false)
  expect(Buffer.from((await cloud.vault.read('aws-new'))?.content ?? []).toString()).toBe('what new showed')
  expect(cloud.store.range(place, 'ExecuteCommand')).toEqual({ from: 3000, to: 9000 })
  expect(cloud.notes).toMatchObject([
    {
      activity: 'transcript.shredded',
      taskArn: taskArn('abc'),
      detail: {
        awsSessionId: 'aws-old',
        sha256: sha256Of(Buffer.from('what old showed')),
        cause: 'retention',
      },
    },
    {
      activity: 'cloud.pruned',
      detail: { events: '1', sha256: sha256Of(Buffer.from(`${JSON.stringify(eventOf('old', 1000))}\n`)) },
    },
  ])
  cloud.notes.length = 0
  await cloud.remove(3000)
  expect(cloud.notes).toEqual([])
})

test('what is held stays, by its task or by its session', async () => {
  using cloud = makeCloud()
  await cloud.keep(eventOf('of-task', 1000, 'held-task'))
  await cloud.keep(eventOf('of-session', 1000))
  await cloud.keep(eventOf('of-nobody', 1000))
  await cloud.remove(3000, { taskArns: [taskArn('held-task')], awsSessionIds: ['aws-of-session'] })
  expect(cloud.store.ofTask(place, 'held-task')).toHaveLength(1)
  expect(cloud.store.ofTask(place, 'abc').map(({ eventId }) => eventId)).toEqual(['of-session'])
  expect(await cloud.vault.read('aws-of-task')).toBeDefined()
  expect(await cloud.vault.read('aws-of-session')).toBeDefined()
  expect(await cloud.vault.read('aws-of-nobody')).toBeUndefined()
})

test('when the ledger cannot be written nothing goes', async () => {
  using cloud = makeCloud()
  await cloud.keep(eventOf('old', 1000))
  const note = () => Promise.reject(new Error('The disk is full.'))
  await expect(cloud.remove(3000, nobody, note)).rejects.toThrow('full')
  expect(await cloud.vault.read('aws-old')).toBeDefined()
  expect(cloud.store.ofTask(place, 'abc')).toHaveLength(1)
})

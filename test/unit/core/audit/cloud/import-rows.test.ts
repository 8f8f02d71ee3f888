import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CloudEvent, importedShellsAtOnce } from '../../../../../src/contract/cloud-audit.ts'
import { openCloudStore } from '../../../../../src/core/audit/cloud/cloud-file.ts'
import type { CloudStore } from '../../../../../src/core/audit/cloud/cloud-store.ts'
import { temporaryFolder } from '../audit-fixtures.ts'

let folder: ReturnType<typeof temporaryFolder>
let store: CloudStore

const file = { sha256: 'f00', name: 'trail.json', at: 9000, by: 'ana', records: 1, shells: 1 }

beforeEach(() => {
  folder = temporaryFolder()
  store = openCloudStore(join(folder.path, 'cloudtrail.sqlite'), Buffer.alloc(32, 1))
})
afterEach(() => {
  store[Symbol.dispose]()
  folder[Symbol.dispose]()
})

function event(eventId: string, changes: Partial<CloudEvent> = {}): CloudEvent {
  return {
    accountId: '111122223333',
    region: 'eu-west-1',
    eventId,
    kind: 'exec',
    at: 1000,
    taskId: '4f1c9ad27b0e4d55',
    clusterName: 'web',
    containerName: 'nginx',
    userName: 'mallory',
    client: 'other',
    live: false,
    ...changes,
  }
}

const idsOf = (question: { text?: string; userName?: string; from?: number }) => {
  const { events, total } = store.imports.shells({ text: '', offset: 0, ...question })
  return [events.map(({ eventId }) => eventId), total]
}

test('every shell of a file can be reached, newest first, page by page', () => {
  const many = Array.from({ length: 1234 }, (_, index) => event(`e-${index}`, { at: index }))
  store.imports.add(file, many)
  expect(store.imports.count()).toBe(1234)
  const seen: string[] = []
  for (let offset = 0; offset < 1234; offset += importedShellsAtOnce) {
    const { events, total } = store.imports.shells({ text: '', offset })
    expect(total).toBe(1234)
    seen.push(...events.map(({ eventId }) => eventId))
  }
  expect(seen).toEqual(many.map(({ eventId }) => eventId).toReversed())
})

test('by person, task and time', () => {
  store.add([event('told-by-aws')])
  store.imports.add(file, [
    event('of-raj', { userName: 'raj', at: 3000 }),
    event('in-data', { clusterName: 'data', containerName: 'postgres', at: 2000 }),
    event('elsewhere', { taskId: 'ABC%_d', clusterName: undefined, containerName: undefined }),
    event('told-by-aws'),
  ])
  expect(idsOf({})).toEqual([['of-raj', 'in-data', 'elsewhere'], 3])
  expect(idsOf({ userName: 'raj' })).toEqual([['of-raj'], 1])
  expect(idsOf({ userName: 'RAJ' })).toEqual([[], 0])
  expect(idsOf({ text: '4F1C' })).toEqual([['of-raj', 'in-data'], 2])
  expect(idsOf({ text: ' Postgres ' })).toEqual([['in-data'], 1])
  expect(idsOf({ text: '%_' })).toEqual([['elsewhere'], 1])
  expect(idsOf({ from: 2000 })).toEqual([['of-raj', 'in-data'], 2])
  expect(idsOf({ text: 'data', userName: 'mallory', from: 2001 })).toEqual([[], 0])
  expect(store.imports.people()).toEqual([
    { userName: 'mallory', count: 2 },
    { userName: 'raj', count: 1 },
  ])
})

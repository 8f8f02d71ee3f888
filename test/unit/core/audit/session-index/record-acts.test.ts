import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { activitySchema } from '../../../../../src/contract/audit.ts'
import { recordActMatters, recordActsAtOnce } from '../../../../../src/contract/record-acts.ts'
import { AuditKeeper } from '../../../../../src/core/audit/audit-keeper.ts'
import { recordActOf } from '../../../../../src/core/audit/session-index/record-acts.ts'
import { systemClock } from '../../../../../src/core/clock.ts'
import { noon, taskArn, temporaryFolder } from '../audit-fixtures.ts'

let folder: ReturnType<typeof temporaryFolder>
let keeper: AuditKeeper
let told: number

beforeEach(async () => {
  folder = temporaryFolder()
  told = 0
  keeper = await AuditKeeper.open({
    folder: folder.path,
    clock: systemClock,
    onChanged: () => {},
    onRecordAct: () => {
      told += 1
    },
  })
})
afterEach(async () => {
  await keeper[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

test('who did what to the record, when and how much, the last first', () => {
  keeper.note({
    activity: 'audit.imported',
    at: noon,
    userName: 'ana',
    detail: { file: 'trail.json', records: '120', shells: '3' },
  })
  keeper.note({ activity: 'cloud.pruned', at: noon + 1, userName: 'raj', detail: { events: '12' } })
  // What was done in a task stands on the task's page alone.
  keeper.note({ activity: 'exec.enabled', at: noon + 2, userName: 'raj', taskArn })
  keeper.note({ activity: 'exec.enabled', at: noon + 3, userName: 'raj', serviceArn: 'arn:of:a:service' })
  expect(told).toBe(3)

  const { acts, more, counts } = keeper.recordActs({})
  expect(acts.map(({ kind, userName, detail }) => [kind, userName, detail])).toEqual([
    ['exec.enabled', 'raj', {}],
    ['cloud.pruned', 'raj', { events: '12' }],
    ['audit.imported', 'ana', { file: 'trail.json', records: '120', shells: '3' }],
    ['ledger.created', undefined, {}],
  ])
  expect(more).toBe(false)
  expect(counts).toEqual({ around: 1, removed: 1, taken: 1, checked: 1 })
  expect(keeper.recordActs({ matter: 'removed' }).acts.map(({ kind }) => kind)).toEqual(['cloud.pruned'])
})

test('all of them can be reached, page by page', () => {
  for (let index = 0; index < recordActsAtOnce + 20; index += 1)
    keeper.note({ activity: 'audit.verified', at: noon + index, userName: 'ana' })
  const first = keeper.recordActs({})
  const second = keeper.recordActs({ before: first.acts.at(-1)?.seq ?? 1 })
  expect([first.acts.length, first.more]).toEqual([recordActsAtOnce, true])
  expect([second.acts.length, second.more]).toEqual([21, false])
  expect(new Set([...first.acts, ...second.acts].map(({ seq }) => seq)).size).toBe(recordActsAtOnce + 21)
})

test.each(activitySchema.options)('%s has its place', (activity) => {
  const place = { sessionId: randomUUID() }
  expect(recordActOf({ type: 'activity', activity, at: noon, userName: 'ana', ...place })).toMatchObject({
    kind: activity,
    userName: 'ana',
    ...place,
  })
  expect(recordActMatters[activity]).toBeDefined()
})

test.each([
  [
    { type: 'record.doubted', at: noon, problem: 'tail-missing', detail: '3 events' },
    { kind: 'record.doubted', detail: { problem: 'tail-missing', detail: '3 events' } },
  ],
  [
    {
      type: 'recording.shredded',
      at: noon,
      sessionId: randomUUID(),
      taskArn,
      cause: 'retention',
      bytes: 4096,
    },
    { kind: 'recording.shredded', taskArn, detail: { cause: 'retention', bytes: '4096' } },
  ],
  [
    { type: 'session.interrupted', at: noon, sessionId: randomUUID(), taskArn },
    { kind: 'session.interrupted', taskArn },
  ],
] as const)('what Porthole did by itself has nobody beside it: $0.type', (event, act) => {
  expect(recordActOf(event)).toMatchObject(act)
  expect(recordActOf(event)?.userName).toBeUndefined()
})

import { expect, test } from 'vitest'
import type { CloudEvent } from '../../../../src/contract/cloud-audit.ts'
import { touchedByAnyone } from '../../../../src/renderer/features/task/touched-by-anyone.ts'

const raj: CloudEvent = {
  eventId: 'e',
  kind: 'exec',
  at: 50,
  accountId: '1',
  region: 'r',
  taskId: 't',
  containerName: 'app',
  userName: 'raj',
  client: 'aws-cli',
  live: false,
}
const here = { taskArn: 'task', containers: ['nginx'], sessions: 2, people: ['ana'], since: 100 }

test('a shell from elsewhere touches too, from the first one on', () => {
  expect(touchedByAnyone('task', here, [raj])).toEqual({
    taskArn: 'task',
    containers: ['nginx', 'app'],
    sessions: 3,
    people: ['ana', 'raj'],
    since: 50,
  })
  expect(touchedByAnyone('task', undefined, [raj])).toMatchObject({ sessions: 1, since: 50 })
})

test('a refused one does not', () => {
  const refused = { ...raj, refusal: { code: 'AccessDeniedException' } }
  expect(touchedByAnyone('task', undefined, [refused])).toBeUndefined()
  expect(touchedByAnyone('task', here, [refused])).toBe(here)
})

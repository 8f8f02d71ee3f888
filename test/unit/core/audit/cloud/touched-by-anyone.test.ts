import { expect, test } from 'vitest'
import type { CloudShell } from '../../../../../src/core/audit/cloud/cloud-store.ts'
import { touchedByAnyone } from '../../../../../src/core/audit/cloud/touched-by-anyone.ts'

const taskArn = 'arn:aws:ecs:eu-west-1:111122223333:task/web/abc'
const raj: CloudShell = {
  accountId: '111122223333',
  region: 'eu-west-1',
  clusterName: 'web',
  taskId: 'abc',
  at: 50,
  awsSessionId: 'aws-raj',
  containerName: 'app',
  userName: 'raj',
}
const here = { taskArn, containers: ['nginx'], sessions: 2, people: ['ana'], since: 100 }

test('a shell from elsewhere touches too, from the first one on', () => {
  const both = { taskArn, containers: ['app', 'nginx'], sessions: 3, people: ['ana', 'raj'], since: 50 }
  expect(touchedByAnyone([here], [raj], [])).toEqual([both])
  const china = { ...raj, region: 'cn-north-1', awsSessionId: 'aws-china', at: 70 }
  expect(touchedByAnyone([here], [raj, china], []).map((task) => task.taskArn)).toEqual([
    taskArn,
    'arn:aws-cn:ecs:cn-north-1:111122223333:task/web/abc',
  ])
})

test('a session counts once: known to the ledger, or told twice because ECS asked Session Manager', () => {
  expect(touchedByAnyone([here], [raj], ['aws-raj'])).toEqual([here])
  const echo = { ...raj, containerName: null }
  expect(touchedByAnyone([], [raj, echo], [])).toMatchObject([{ sessions: 1, containers: ['app'] }])
})

test('what names no task touches none', () => {
  expect(
    touchedByAnyone(
      [],
      [
        { ...raj, clusterName: null },
        { ...raj, region: '../evil' },
      ],
      [],
    ),
  ).toEqual([])
})

import { expect, test } from 'vitest'
import { PortholeError } from '../../../../src/contract/errors.ts'
import type { ExecRollout } from '../../../../src/contract/readiness.ts'
import type { AwsClients } from '../../../../src/core/aws/clients.ts'
import type { Clock } from '../../../../src/core/clock.ts'
import { followRollout } from '../../../../src/core/readiness/exec-switch.ts'
import { clusterArn } from './facts-of-a-task.ts'

const scope = { identityId: 'sso:corp', accountId: '111122223333', roleName: 'Engineer', region: 'eu-west-1' }
const request = { scope, clusterArn, serviceName: 'shop', on: false }

/** Time that jumps to every timer at once. */
function hastyClock(): Clock {
  let now = 0
  return {
    now: () => now,
    elapsed: () => now,
    after(milliseconds, callback) {
      now += milliseconds
      queueMicrotask(callback)
      return { [Symbol.dispose]() {} }
    },
  }
}

/** Follows deployment `new` through these answers of DescribeServices; the last one stays. */
async function follow(...answers: (object[] | Error)[]): Promise<ExecRollout[]> {
  const told: ExecRollout[] = []
  let next = 0
  const call: AwsClients['call'] = async () => {
    const answer = answers[Math.min(next++, answers.length - 1)]
    if (answer instanceof Error) throw answer
    return { services: [{ deployments: answer }] } as never
  }
  const parts = { clients: { call }, clock: hastyClock(), signal: new AbortController().signal }
  await followRollout(parts, request, 'new', (rollout) => told.push(rollout))
  return told
}

const deployment = (id: string, runningCount: number, rolloutState: string) => ({
  id,
  desiredCount: 2,
  runningCount,
  rolloutState,
})
const busy = new PortholeError({ code: 'THROTTLED', message: 'AWS is busy.', retryable: true })

test('it is done when the new tasks run and the old deployment is gone', async () => {
  const told = await follow(
    [deployment('new', 0, 'IN_PROGRESS'), deployment('old', 2, 'COMPLETED')],
    busy,
    [deployment('new', 2, 'COMPLETED'), deployment('old', 1, 'COMPLETED')],
    [deployment('new', 2, 'COMPLETED')],
  )
  expect(told.map(({ phase, runningCount }) => `${phase} ${runningCount}`)).toEqual([
    'rolling 0',
    'rolling 2',
    'done 2',
  ])
})

test.each([
  ['fails', [deployment('new', 0, 'FAILED')], 'The deployment of shop failed.'],
  [
    'is replaced',
    [deployment('newer', 0, 'IN_PROGRESS')],
    'Another deployment of shop took the place of this one.',
  ],
  [
    'never ends',
    [deployment('new', 1, 'IN_PROGRESS')],
    'The deployment of shop has not finished after half an hour.',
  ],
  ['may not be looked at', new PortholeError({ code: 'ACCESS_DENIED', message: 'No.' }), 'No.'],
  ['is throttled for good', busy, 'AWS is busy.'],
])('a deployment that %s says so', async (_, answer, message) => {
  const told = await follow(answer)
  expect(told.at(-1)).toMatchObject({ phase: 'failed', error: { message } })
})

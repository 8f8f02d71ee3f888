import { describe, expect, it, test } from 'vitest'
import type { CheckResult, ReadinessReport } from '../../../../src/contract/readiness.ts'
import { execPolicy } from '../../../../src/renderer/features/readiness/exec-policy.ts'
import { reportText } from '../../../../src/renderer/features/readiness/report-text.ts'
import { findingsOf, stationsOf, verdictOf } from '../../../../src/renderer/features/readiness/stations.ts'

const clusterArn = 'arn:aws-cn:ecs:cn-north-1:111122223333:cluster/web'

function result(id: string, change: Partial<CheckResult> = {}): CheckResult {
  return {
    id,
    group: 'task',
    title: `About ${id}`,
    problem: `Problem of ${id}`,
    status: 'ok',
    evidence: [],
    ...change,
  }
}

function report(checks: CheckResult[], change: Partial<ReadinessReport> = {}): ReadinessReport {
  const scope = {
    identityId: 'sso:corp',
    accountId: '111122223333',
    roleName: 'Engineer',
    region: 'cn-north-1',
  }
  return {
    task: { scope, clusterArn, taskArn: 'arn:aws-cn:ecs:cn-north-1:111122223333:task/web/4f1c' },
    startedAt: 1_764_000_000_000,
    finishedAt: 1_764_000_001_000,
    checks,
    obstacles: [],
    ...change,
  }
}

const ill = report(
  [
    result('clock', { group: 'computer' }),
    result('hint', { status: 'advice', quiet: true, group: 'access' }),
    result('net', { status: 'unknown', group: 'network', cause: 'Could not check: refused.' }),
    result('root', {
      status: 'blocked',
      certainty: 'likely',
      group: 'container',
      fix: { text: 'Mount one.' },
    }),
    result('agent', {
      status: 'blocked',
      certainty: 'certain',
      group: 'container',
      cause: 'The agent stopped.',
      fix: { text: 'Replace it.', action: 'replace-task' },
      evidence: [
        { source: 'DescribeTasks', fields: [{ name: 'reason', value: 'no\n## space', wrong: true }] },
      ],
    }),
  ],
  { obstacles: ['agent', 'root'], diagnosis: { checkId: 'agent', rootCheckId: 'root' } },
)

describe('a report that found obstacles', () => {
  it('names what to mend first', () => {
    expect(verdictOf(ill, 'worker')).toEqual({
      level: 'blocked',
      title: 'Cannot connect to worker',
      lead: 'The agent stopped. Fix cause 2, then replace the task.',
    })
  })

  it('puts causes first, then what was not checked, then quiet hints', () => {
    expect(findingsOf(ill).map(({ id }) => id)).toEqual(['agent', 'root', 'net', 'hint'])
  })

  it('ends the way before the shell, and passes over quiet hints', () => {
    expect(stationsOf(ill).map(({ name, status }) => `${name} ${status}`)).toEqual([
      'This computer ok',
      'Your role ok',
      'ECS ok',
      'Network unknown',
      'Task role ok',
      'Agent blocked',
      'Shell not-reached',
    ])
  })

  it('is text that what AWS said cannot break out of', () => {
    const text = reportText(ill, 'worker')
    expect(text).toContain('# Cannot connect to worker')
    expect(text).toContain('    reason: no ## space  <--')
    expect(text).toContain('## 1. Problem of agent (BLOCKED, certain)')
    expect(text).toContain('## 3. About net (not checked)')
    expect(text).toContain('Fix: Mount one.')
    expect(text.split('\n').filter((line) => line.startsWith('## '))).toHaveLength(5)
  })
})

test('nothing found is said plainly, and what was not checked with it', () => {
  expect(verdictOf(report([result('clock')]), 'shop')).toMatchObject({ title: 'shop is ready for exec' })
  expect(verdictOf(report([result('a'), result('b', { status: 'unknown' })]), 'shop').lead).toContain(
    '1 of 2',
  )
  const running = report([result('a', { status: 'pending' })], { finishedAt: undefined })
  expect(verdictOf(running, 'shop').level).toBe('pending')
  expect(stationsOf(running).at(-1)).toMatchObject({ status: 'pending' })
})

describe('the least policy', () => {
  it('names cluster, services, containers and tags in the cluster’s own partition', () => {
    const policy = execPolicy({
      clusterArn,
      serviceNames: ['shop'],
      containerNames: ['app', 'nginx'],
      tags: { team: 'shop' },
    })
    expect(policy).toMatchObject({
      Statement: [
        {
          Action: 'ecs:ExecuteCommand',
          Resource: 'arn:aws-cn:ecs:cn-north-1:111122223333:task/web/*',
          Condition: {
            StringEquals: {
              'ecs:container-name': ['app', 'nginx'],
              'ecs:ResourceTag/aws:ecs:serviceName': ['shop'],
              'aws:ResourceTag/team': 'shop',
            },
          },
        },
        { Action: 'ecs:ExecuteCommand', Resource: clusterArn },
        { Action: 'ecs:DescribeTasks' },
        { Effect: 'Deny', Action: 'ssm:StartSession', Resource: 'arn:aws-cn:ecs:*:*:task/*' },
      ],
    })
  })

  it('has no condition when everything is chosen', () => {
    const policy = execPolicy({ clusterArn, serviceNames: [], containerNames: [], tags: {} })
    expect(JSON.stringify(policy)).not.toContain('Condition')
  })
})

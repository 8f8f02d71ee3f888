import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cloudEventSchema } from '../../../../../src/contract/cloud-audit.ts'
import { eventOfRecord, eventOfText } from '../../../../../src/core/audit/cloud/trail-record.ts'

const taskId = '4f1c9ad27b0e4d55a1c3e0b7d2f98a61'
const taskArn = `arn:aws:ecs:eu-west-1:111122223333:task/web/${taskId}`

const record = {
  eventVersion: '1.11',
  eventID: 'e-1',
  eventName: 'ExecuteCommand',
  eventSource: 'ecs.amazonaws.com',
  eventTime: '2026-11-18T08:51:07Z',
  awsRegion: 'eu-west-1',
  recipientAccountId: '111122223333',
  sourceIPAddress: '203.0.113.24',
  userAgent: 'aws-cli/2.36.7 md/awscrt#0.27.2 lang/python#3.13.7',
  userIdentity: {
    type: 'AssumedRole',
    principalId: 'AROAEXAMPLE:raj',
    arn: 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_PlatformEngineer_0123456789abcdef/raj',
    accountId: '111122223333',
    sessionContext: { sessionIssuer: { userName: 'AWSReservedSSO_PlatformEngineer_0123456789abcdef' } },
  },
  requestParameters: { cluster: 'web', task: taskId, command: '/bin/sh', interactive: true },
  responseElements: {
    clusterArn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/web',
    containerName: 'nginx',
    taskArn,
    session: { sessionId: 'ecs-execute-command-1', tokenValue: 'HIDDEN' },
  },
}

describe('ExecuteCommand', () => {
  test('is read whole', () => {
    expect(eventOfText(JSON.stringify(record))).toEqual({
      eventId: 'e-1',
      kind: 'exec',
      at: Date.UTC(2026, 10, 18, 8, 51, 7),
      accountId: '111122223333',
      region: 'eu-west-1',
      taskId,
      clusterName: 'web',
      containerName: 'nginx',
      command: '/bin/sh',
      awsSessionId: 'ecs-execute-command-1',
      userName: 'raj',
      principal: record.userIdentity.arn,
      roleName: 'PlatformEngineer',
      sourceIp: '203.0.113.24',
      client: 'aws-cli',
      refusal: undefined,
      live: false,
    })
  })

  test.each([
    ['an id with a cluster', { cluster: 'web', task: taskId }, 'web'],
    ['a long ARN without a cluster', { task: taskArn }, 'web'],
    ['a short ARN', { task: `arn:aws:ecs:eu-west-1:111122223333:task/${taskId}` }, 'default'],
    ['a cluster by its ARN', { cluster: 'arn:aws:ecs:eu-west-1:1:cluster/web', task: taskId }, 'web'],
  ])('refused names its task: %s', (_, requestParameters, clusterName) => {
    const refused = {
      ...record,
      requestParameters,
      responseElements: null,
      errorCode: 'AccessDeniedException',
      errorMessage: 'no',
    }
    expect(eventOfRecord(refused)).toMatchObject({
      taskId,
      clusterName,
      refusal: { code: 'AccessDeniedException', message: 'no' },
    })
  })
})

test.each([
  [{ type: 'AssumedRole', principalId: 'AROA:raj:x' }, 'raj:x'],
  [{ type: 'AssumedRole', arn: 'arn:aws:sts::1:assumed-role/Hub/robot' }, 'robot'],
  [{ type: 'IAMUser', userName: 'tom', arn: 'arn:aws:iam::1:user/tom' }, 'tom'],
  [{ type: 'Root', principalId: '111122223333', arn: 'arn:aws:iam::111122223333:root' }, 'root'],
  [{ type: 'FederatedUser', principalId: '111122223333:eve' }, 'eve'],
  [{ type: 'SAMLUser', principalId: 'x:y', userName: 'kim' }, 'kim'],
  [{ type: 'AWSService', invokedBy: 'ecs.amazonaws.com' }, 'ecs.amazonaws.com'],
  [{ type: 'IdentityCenterUser', onBehalfOf: { userId: 'u-1' } }, 'u-1'],
  [{ type: 'AWSAccount', accountId: '999' }, '999'],
  [{}, 'unknown'],
  [null, 'unknown'],
])('who %j is', (userIdentity, userName) => {
  expect(eventOfRecord({ ...record, userIdentity })?.userName).toBe(userName)
})

test.each([
  ['aws-cli/2.1 exec-env/x Botocore/2', 'aws-cli'],
  ['[aws-cli/1.44.1 Python/3.11]', 'aws-cli'],
  ['porthole/0.1.0 aws-sdk-js/3.1 ua/2.1', 'porthole'],
  ['aws-sdk-go-v2/1.30', 'sdk'],
  ['Boto3/1.34 Botocore/1.34', 'sdk'],
  ['Mozilla/5.0 (Macintosh)', 'console'],
  ['[AWS Internal]', 'console'],
  ['curl/8', 'other'],
  [undefined, 'other'],
])('%s is %s', (userAgent, client) => {
  expect(eventOfRecord({ ...record, userAgent })?.client).toBe(client)
})

describe('StartSession', () => {
  const direct = {
    ...record,
    eventName: 'StartSession',
    eventSource: 'ssm.amazonaws.com',
    requestParameters: { target: `ecs:my_web_${taskId}_${taskId}-3107182542` },
    responseElements: { sessionId: 'raj-1' },
  }

  test('on a container went around ECS', () => {
    expect(eventOfRecord(direct)).toMatchObject({
      kind: 'direct',
      clusterName: 'my_web',
      taskId,
      runtimeId: `${taskId}-3107182542`,
      awsSessionId: 'raj-1',
    })
  })

  test.each(['i-0123456789abcdef0', 'mi-1', 'ecs:web', undefined])('on %s is not ours', (target) => {
    expect(eventOfRecord({ ...direct, requestParameters: { target } })).toBeUndefined()
  })
})

test.each([
  ['another call', { ...record, eventName: 'RunTask' }],
  ['another service', { ...record, eventSource: 'evil.amazonaws.com' }],
  ['no time', { ...record, eventTime: 'yesterday' }],
  ['no id', { ...record, eventID: '' }],
  ['a list', []],
])('%s is no event', (_, odd) => {
  expect(eventOfRecord(odd)).toBeUndefined()
})

test('text that is no JSON is no event', () => {
  expect(eventOfText('{')).toBeUndefined()
})

test('a name of a megabyte is cut', () => {
  const requestParameters = { ...record.requestParameters, command: 'x'.repeat(1_000_000) }
  expect(eventOfRecord({ ...record, requestParameters })?.command).toHaveLength(4096)
})

test('whatever stands in a record, what comes of it keeps the contract', () => {
  const odd = fc.record(
    Object.fromEntries(Object.keys(record).map((key) => [key, fc.oneof(fc.jsonValue(), fc.string())])),
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(odd, (members) => {
      const event = eventOfRecord({ ...record, ...members })
      if (event !== undefined) cloudEventSchema.parse(event)
    }),
    { numRuns: 300 },
  )
})

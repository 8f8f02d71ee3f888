import type { TaskDefinition } from '@aws-sdk/client-ecs'
import { expect, test } from 'vitest'
import { PortholeError } from '../../../../src/contract/errors.ts'
import type { Scope } from '../../../../src/contract/identity.ts'
import type { AwsClients } from '../../../../src/core/aws/clients.ts'
import { createTaskDefinitions, withoutSecrets } from '../../../../src/core/catalog/task-definitions.ts'
import { createHandClock } from '../../../fixtures/hand-clock.ts'

const scope: Scope = { identityId: 'sso:a', accountId: '111122223333', roleName: 'Dev', region: 'eu-west-1' }
const arn = 'arn:aws:ecs:eu-west-1:111122223333:task-definition/api:7'

const definition: TaskDefinition = {
  taskDefinitionArn: arn,
  family: 'api',
  revision: 7,
  taskRoleArn: 'arn:aws:iam::111122223333:role/api-task',
  containerDefinitions: [
    {
      name: 'api',
      image: 'api:1',
      command: ['serve', '--password=hunter2'],
      entryPoint: ['sh', '-c', 'hunter2'],
      environment: [{ name: 'DATABASE_URL', value: 'postgres://app:hunter2@db' }],
      secrets: [{ name: 'API_KEY', valueFrom: 'hunter2' }],
      healthCheck: { command: ['curl', 'hunter2'] },
      dockerLabels: { token: 'hunter2' },
      logConfiguration: {
        logDriver: 'awslogs',
        options: { 'awslogs-group': '/ecs/api', 'splunk-token': 'hunter2' },
      },
    },
  ],
}

const answering = (answer: () => Promise<unknown>): Pick<AwsClients, 'call'> => ({
  call: async () => answer() as never,
})

test('a definition keeps what an audit needs and nothing that can hold a secret', () => {
  const safe = withoutSecrets(definition)
  expect(JSON.stringify(safe)).not.toContain('hunter2')
  expect(safe).toMatchObject({
    taskRoleArn: 'arn:aws:iam::111122223333:role/api-task',
    containerDefinitions: [
      {
        name: 'api',
        environmentNames: ['DATABASE_URL'],
        secretNames: ['API_KEY'],
        awslogsGroup: '/ecs/api',
      },
    ],
  })
})

test('a definition is read once, and a refusal is not asked again', async () => {
  let calls = 0
  const clock = createHandClock()
  const definitions = createTaskDefinitions({
    clients: answering(async () => {
      calls += 1
      throw new PortholeError({ code: 'ACCESS_DENIED', message: 'No.' })
    }),
    clock,
  })
  expect(await definitions.get(scope, arn)).toBeUndefined()
  expect(await definitions.get(scope, arn)).toBeUndefined()
  expect(calls).toBe(1)
  expect(clock.pendingTimers).toBe(0)
})

test('an answer that takes long holds up no shell, and is there for the next', async () => {
  const late = Promise.withResolvers<unknown>()
  const clock = createHandClock()
  const definitions = createTaskDefinitions({ clients: answering(() => late.promise), clock })
  const first = definitions.get(scope, arn)
  clock.advance(1000)
  expect(await first).toBeUndefined()
  late.resolve({ taskDefinition: definition })
  expect(await definitions.get(scope, arn)).toMatchObject({ family: 'api' })
})

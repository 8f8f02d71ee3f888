import { expect, test } from 'vitest'
import { PortholeError } from '../../../../src/contract/errors.ts'
import type { AwsClients } from '../../../../src/core/aws/clients.ts'
import { whoMayEnter } from '../../../../src/core/readiness/entrants.ts'
import { clusterArn, taskArn } from './facts-of-a-task.ts'

const scope = { identityId: 'sso:corp', accountId: '111122223333', roleName: 'Engineer', region: 'eu-west-1' }
const request = { scope, clusterArn, serviceName: 'shop' }
const caller = async () => ({ arn: 'arn:aws:sts::111122223333:assumed-role/Engineer/ana' })
const roleArn = (name: string) => `arn:aws:iam::111122223333:role/${name}`

/** Answers of AWS by IAM action; an error is thrown. What was asked is kept. */
function clientsAnswering(answers: Record<string, (resource: string) => unknown>) {
  const asked: string[] = []
  const call: AwsClients['call'] = async (_name, _scope, { action, resource = '' }) => {
    asked.push(`${action} ${resource}`)
    const answer = answers[action]?.(resource)
    if (answer instanceof Error) throw answer
    return answer as never
  }
  return { clients: { call }, asked }
}

const refused = new PortholeError({ code: 'ACCESS_DENIED', message: 'Engineer may not call it.' })
const ecs = {
  'ecs:ListTasks': () => ({ taskArns: [taskArn] }),
  'ecs:DescribeTasks': () => ({ tasks: [{ taskArn, containers: [{ name: 'app' }] }] }),
  'ecs:DescribeClusters': () => ({ clusters: [{ clusterArn }] }),
}
const decision = (EvalDecision: string) => ({ EvaluationResults: [{ EvalDecision }] })

test('without iam:ListRoles one’s own role is asked about, and the answer says so', async () => {
  const { clients, asked } = clientsAnswering({
    ...ecs,
    'iam:ListRoles': () => refused,
    'iam:GetRole': () => ({ Role: { Arn: roleArn('Engineer') } }),
    'iam:SimulatePrincipalPolicy': () => decision('allowed'),
  })
  const entrants = await whoMayEnter(clients, caller, request)
  expect(entrants).toMatchObject({
    roles: [{ name: 'Engineer', arn: roleArn('Engineer') }],
    asked: 1,
    problems: ['Engineer may not call it. Only your own role was looked at.'],
  })
  expect(asked.filter((line) => line.startsWith('iam:Simulate'))).toHaveLength(1)
})

test('roles that cannot be simulated are counted, and the others told', async () => {
  const { clients } = clientsAnswering({
    ...ecs,
    'iam:ListRoles': () => ({
      Roles: [
        ...['one', 'two', 'three'].map((RoleName) => ({ RoleName, Arn: roleArn(RoleName), Path: '/' })),
        { RoleName: 'ofAws', Arn: roleArn('ofAws'), Path: '/aws-service-role/ecs.amazonaws.com/' },
      ],
    }),
    'iam:SimulatePrincipalPolicy': (source) => (source === roleArn('two') ? decision('allowed') : refused),
  })
  const entrants = await whoMayEnter(clients, caller, request)
  expect(entrants.roles.map(({ name }) => name)).toEqual(['two'])
  expect(entrants).toMatchObject({
    asked: 3,
    known: 4,
    problems: ['Engineer may not call it.', '2 roles could not be simulated.'],
  })
})

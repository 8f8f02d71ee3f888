import { describe, expect, it } from 'vitest'
import { evaluate, isAllowed } from '../../../../src/sandbox/services/identity/policy.ts'
import type { PolicyDescription } from '../../../../src/sandbox/world/world-types.ts'

const task = 'arn:aws:ecs:eu-west-1:111122223333:task/web/4f1c'
const execute = { action: 'ecs:ExecuteCommand', resource: task }

describe('the policy model', () => {
  it.each([
    ['nothing said', [], 'implicitDeny'],
    ['an exact action', ['ecs:ExecuteCommand'], 'allowed'],
    ['another case', ['ECS:executecommand'], 'allowed'],
    ['a pattern', ['ecs:Exec*'], 'allowed'],
    ['one unknown letter', ['ecs:ExecuteComman?'], 'allowed'],
    ['a pattern that only begins the same', ['ecs:Exec'], 'implicitDeny'],
    ['a dot is a dot', ['ecs.ExecuteCommand'], 'implicitDeny'],
    ['another resource', [statement('Allow', ['arn:aws:ecs:*:*:task/data/*'])], 'implicitDeny'],
    ['the resource', [statement('Allow', ['arn:aws:ecs:*:*:task/web/*'])], 'allowed'],
    ['a deny beats an allow', ['ecs:*', statement('Deny', ['*:task/*'])], 'explicitDeny'],
    ['a deny of something else', ['ecs:*', statement('Deny', ['*:cluster/*'])], 'allowed'],
  ] as const)('%s', (_, policy, decision) => {
    expect(evaluate(policy as PolicyDescription, execute).decision).toBe(decision)
  })

  it('asks for conditions, and names those that the request did not have', () => {
    const policy: PolicyDescription = [
      {
        effect: 'Allow',
        actions: ['ecs:ExecuteCommand'],
        conditions: { 'ecs:container-name': ['nginx', 'app-*'], 'aws:ResourceTag/owner': ['shop'] },
      },
    ]
    const tags = { 'AWS:resourcetag/owner': 'shop' }
    const ask = (context: Record<string, string>) => evaluate(policy, { ...execute, context })
    expect(ask({ ...tags, 'ecs:container-name': 'app-2' })).toMatchObject({
      decision: 'allowed',
      matched: [0],
    })
    expect(ask({ ...tags, 'ecs:container-name': 'api' }).decision).toBe('implicitDeny')
    expect(ask({ 'ecs:container-name': 'nginx' })).toEqual({
      decision: 'implicitDeny',
      matched: [],
      missing: ['aws:ResourceTag/owner'],
    })
    expect(isAllowed(policy, execute)).toBe(false)
  })
})

function statement(effect: 'Allow' | 'Deny', resources: string[]) {
  return { effect, actions: ['ecs:ExecuteCommand'], resources }
}

import { describe, expect, it } from 'vitest'
import { PortholeError } from '../../../src/contract/errors.ts'
import type { Settings } from '../../../src/contract/host.ts'
import {
  defaultProductionRules,
  type ProductionRules,
  productionRule,
  productionRulesSchema,
} from '../../../src/contract/production.ts'
import { assertPausable, assertReason } from '../../../src/core/session/production-guard.ts'

const none: ProductionRules = { accounts: [], names: [], tags: [], reasonRequired: false }
const place = {
  accountId: '111122223333',
  names: ['shared-services', 'web', 'Checkout-EU', undefined],
  tags: [{ Environment: 'production', team: 'shop' }],
}

describe('the rules of production', () => {
  it.each<[Partial<ProductionRules>, string | undefined]>([
    [{}, undefined],
    [{ accounts: ['111122223333'] }, 'account 111122223333'],
    [{ accounts: ['999999999999'] }, undefined],
    [{ names: ['checkout-*'] }, 'name checkout-*'],
    [{ names: ['check'] }, undefined],
    [{ names: ['w.b'] }, undefined],
    [{ tags: ['environment=prod*'] }, 'tag environment=prod*'],
    [{ tags: ['team=platform'] }, undefined],
  ])('%o make it %s', (rules, expected) => {
    expect(productionRule({ ...none, ...rules }, place)).toBe(expected)
  })

  it('are checked before they are kept', () => {
    expect(productionRulesSchema.safeParse(defaultProductionRules).success).toBe(true)
    for (const wrong of [{ accounts: ['1234'] }, { names: [''] }, { tags: ['environment'] }])
      expect(productionRulesSchema.safeParse({ ...none, ...wrong }).success).toBe(false)
  })
})

describe('a reason', () => {
  const container = {
    scope: { identityId: 'sso:corp', accountId: '111122223333', roleName: 'R', region: 'eu-west-1' },
    environment: 'other' as const,
    clusterArn: 'c',
    clusterName: 'web',
    taskArn: 't',
    taskId: 't',
    containerName: 'nginx',
  }
  const required = { ...none, reasonRequired: true }

  it('is asked for in production only, and only when the settings say so', () => {
    const production = { ...container, environment: 'production' as const }
    expect(() => assertReason(required, { container: production, reason: '  ' }, [])).toThrow(PortholeError)
    expect(() => assertReason({ ...required, names: ['web'] }, { container }, [])).toThrow('needs a reason')
    assertReason(required, { container }, [])
    assertReason(required, { container: production, reason: 'ticket 12' }, [])
    assertReason(none, { container: production }, [])
  })

  it('is asked for where a tag of task, service or cluster says so', () => {
    const tagged = { ...required, tags: ['environment=prod*'] }
    expect(() =>
      assertReason(tagged, { container }, [{ team: 'web' }, { Environment: 'Production' }]),
    ).toThrow('needs a reason')
    assertReason(tagged, { container }, [{ environment: 'staging' }])
  })

  it('is one thing, whether a recording may be paused another', () => {
    const production = { ...container, environment: 'production' as const }
    const settings = (recordingPause: Settings['recordingPause']) => ({
      recordingPause,
      production: { ...none, tags: ['tier=gold'] },
    })
    assertPausable(settings('allowed'), production, [])
    assertPausable(settings('not-production'), container, [{ tier: 'silver' }])
    expect(() => assertPausable(settings('not-production'), production, [])).toThrow('in production')
    expect(() => assertPausable(settings('not-production'), container, [{ tier: 'gold' }])).toThrow(
      'in production',
    )
    expect(() => assertPausable(settings('never'), container, [])).toThrow('allow nobody')
  })
})

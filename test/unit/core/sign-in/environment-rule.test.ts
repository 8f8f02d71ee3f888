import { expect, test } from 'vitest'
import { environmentOfName } from '../../../../src/core/sign-in/environment-rule.ts'

test.each([
  ['example-prod', 'production'],
  ['Production EU', 'production'],
  ['acme_prd2', 'production'],
  ['ShopLive', 'production'],
  ['prod-test', 'production'],
  ['company-pre-prod', 'staging'],
  ['shopPreProd', 'staging'],
  ['UAT', 'staging'],
  ['stage3', 'staging'],
  ['staging dev mirror', 'staging'],
  ['non-production', 'development'],
  ['nonprod', 'development'],
  ['team.sandbox', 'development'],
  ['DEV', 'development'],
  ['qa-7', 'development'],
  ['Reproduction lab', 'development'],
  ['Livestream', 'other'],
  ['Reproduction', 'other'],
  ['Deviation', 'other'],
  ['Security', 'other'],
  ['', 'other'],
])('an account named %j is %s', (name, environment) => {
  expect(environmentOfName(name)).toBe(environment)
})

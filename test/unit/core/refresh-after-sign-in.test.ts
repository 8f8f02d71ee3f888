import { expect, test } from 'vitest'
import type { IdentityList, SignInAttempt } from '../../../src/contract/identity.ts'
import { createListeners } from '../../../src/core/listeners.ts'
import { refreshAfterSignIn } from '../../../src/core/refresh-after-sign-in.ts'

const attempt: SignInAttempt = {
  attemptId: '3f0e6a52-62a5-4f7e-9d5b-0d8f6a1f7c11',
  identityId: 'sso:sample',
  flow: 'pkce',
  url: 'https://oidc.eu-west-1.amazonaws.com/authorize',
  state: 'waiting',
  startedAt: 0,
  expiresAt: 600_000,
}

test('the catalog is read anew when a sign-in succeeds, and only then', () => {
  let refreshes = 0
  const attempts = createListeners<SignInAttempt>()
  const lists = createListeners<IdentityList>()
  const subscription = refreshAfterSignIn(
    { onAttemptChanged: attempts.add, onChanged: lists.add },
    { refresh: async () => void refreshes++ },
  )
  attempts.emit(attempt)
  attempts.emit({ ...attempt, state: 'failed' })
  expect(refreshes).toBe(0)
  attempts.emit({ ...attempt, state: 'signed-in' })
  expect(refreshes).toBe(1)
  subscription[Symbol.dispose]()
  expect(attempts.size + lists.size).toBe(0)
})

test('the catalog is read anew when somebody signed in with the AWS CLI', () => {
  let refreshes = 0
  const lists = createListeners<IdentityList>()
  using _subscription = refreshAfterSignIn(
    { onAttemptChanged: () => ({ [Symbol.dispose]() {} }), onChanged: lists.add },
    { refresh: async () => void refreshes++ },
  )
  const listOf = (state: 'signed-in' | 'expired'): IdentityList => ({
    identities: [{ id: 'sso:corp', kind: 'identity-center', name: 'corp', state }],
    problems: [],
  })
  lists.emit(listOf('expired'))
  expect(refreshes).toBe(0)
  lists.emit(listOf('signed-in'))
  lists.emit(listOf('signed-in'))
  expect(refreshes).toBe(1)
  lists.emit(listOf('expired'))
  lists.emit(listOf('signed-in'))
  expect(refreshes).toBe(2)
})

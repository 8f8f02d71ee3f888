import { expect, test } from 'vitest'
import type { ErrorValue } from '../../../../src/contract/errors.ts'
import { PortholeError } from '../../../../src/contract/errors.ts'
import type { MethodHandlers } from '../../../../src/contract/methods.ts'
import { rememberFailures } from '../../../../src/core/diagnostics/collect-errors.ts'
import { createRecentErrors } from '../../../../src/core/diagnostics/recent-errors.ts'

let now = 0
const error = (message: string): ErrorValue => ({ code: 'NETWORK', message, retryable: true })

test('the latest come first, the same one is counted, and the oldest makes room', () => {
  const errors = createRecentErrors({ now: () => ++now })
  for (let index = 0; index < 30; index += 1) errors.add('reading', error(`failure ${index}`))
  errors.add('reading', error('failure 15'))
  const all = errors.list()
  expect(all).toHaveLength(20)
  expect(all[0]).toMatchObject({ error: { message: 'failure 15' }, times: 2, at: now })
  expect(all.some(({ error: { message } }) => message === 'failure 9')).toBe(false)
})

test('what a method throws is remembered and still thrown; what it gives is still given', async () => {
  const errors = createRecentErrors({ now: () => 1 })
  const refused = new PortholeError({ code: 'ACCESS_DENIED', message: 'no' })
  const methods: Pick<MethodHandlers, 'catalog.refresh' | 'signIn.cancel'> = {
    'catalog.refresh': () => Promise.reject(refused),
    'signIn.cancel': async () => ({}),
  }
  const handlers = rememberFailures(methods, errors)
  await expect(handlers['catalog.refresh']({})).rejects.toBe(refused)
  expect(await handlers['signIn.cancel']({ attemptId: 'a' })).toEqual({})
  expect(errors.list()).toMatchObject([{ during: 'catalog.refresh', error: { code: 'ACCESS_DENIED' } }])
})

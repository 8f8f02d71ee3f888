import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { paced } from '../../../src/renderer/app/paced.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('the first is heard at once, a flood of them now and then, and the last is never lost', () => {
  let calls = 0
  const call = paced(() => {
    calls += 1
  }, 1000)
  call()
  expect(calls).toBe(1)
  for (let count = 0; count < 50; count += 1) call()
  expect(calls).toBe(1)
  vi.advanceTimersByTime(1000)
  expect(calls).toBe(2)
  vi.advanceTimersByTime(5000)
  expect(calls).toBe(2)
  call()
  expect(calls).toBe(3)
})

test('after its end nothing is called', () => {
  let calls = 0
  const call = paced(() => {
    calls += 1
  }, 1000)
  call()
  call()
  call[Symbol.dispose]()
  vi.advanceTimersByTime(5000)
  expect(calls).toBe(1)
})

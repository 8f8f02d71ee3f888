import { expect, test } from 'vitest'
import { totalWords } from '../../../../src/renderer/features/task/command-chips.tsx'

test.each([
  [1, 0, ''],
  [1, 1, '1 failed'],
  [9, 0, '9 in all'],
  [1234, 2, '1,234 in all, 2 failed'],
])('of %d commands, %d failed, it is said: %s', (count, failed, words) => {
  expect(totalWords({ first: [], count, failed })).toBe(words)
})

import { expect, test } from 'vitest'
import { formatTook } from '../../../../src/renderer/features/replay/commands.ts'
import { exactMoment } from '../../../../src/renderer/ui/time.ts'

test.each([
  [0, '< 1 ms'],
  [84.4, '84 ms'],
  [6200, '6.2 s'],
  [59_960, '1 min'],
  [64_000, '1 min 4 s'],
  [3_600_000, '1 h'],
])('a command that took %d ms says so in words', (milliseconds, words) => {
  expect(formatTook(milliseconds)).toBe(words)
})

test('a moment can be compared with a clock elsewhere', () => {
  const at = new Date(2026, 10, 7, 9, 5, 3).getTime()
  expect(exactMoment(at)).toMatch(/^7 Nov 2026, 09:05:03 \S+/)
})

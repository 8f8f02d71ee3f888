import { expect, test } from 'vitest'
import { refusalWords } from '../../../../src/renderer/features/task/refusal-words.ts'

test('a refusal is one short line, with all that AWS said behind it', () => {
  const refusal = { code: 'AccessDeniedException', message: 'User lena\u202e is not authorized' }
  expect(refusalWords({ kind: 'exec', roleName: 'ReadOnly' }, refusal)).toEqual({
    short: 'AccessDenied on ecs:ExecuteCommand, role ReadOnly',
    whole: 'AccessDenied on ecs:ExecuteCommand, role ReadOnly. User lena⟨U+202E⟩ is not authorized',
  })
  expect(refusalWords({ kind: 'direct' }, { code: 'Throttling' }).short).toBe(
    'Throttling on ssm:StartSession',
  )
})

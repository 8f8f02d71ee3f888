import { expect, test } from 'vitest'
import { outputToast } from '../../../../src/renderer/features/replay/copy-from-session.ts'

test('copying output tells how much it was, and what is not in it', () => {
  expect(outputToast({ text: 'a\n', redactions: 0, isCut: false }).title).toBe('Output copied: 1 line')
  expect(outputToast({ text: 'a\nb', redactions: 1, isCut: false }).title).toBe(
    'Output copied: 2 lines, 1 secret taken out',
  )
  expect(outputToast({ text: 'a\n', redactions: 2, isCut: true })).toMatchObject({
    tone: 'warn',
    title: 'Output copied: 1 line, 2 secrets taken out',
  })
  expect(outputToast({ text: '', redactions: 0, isCut: false }).title).toBe('This command printed nothing')
})

import { expect, test } from 'vitest'
import type { CommandEntry } from '../../../../src/contract/command-marker.ts'
import { rowFrom, shownCommands } from '../../../../src/renderer/features/replay/commands.ts'
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

test('arrows lead through the rows that are shown, past those of one moment', () => {
  const at = (startedAt: number): CommandEntry => ({ kind: 'secret-prompt', startedAt })
  const shown = shownCommands([at(1), at(5), at(5), at(9)], { filter: '', failedOnly: false })
  expect(rowFrom(shown, 0, 1)).toBe(1)
  expect(rowFrom(shown, 3, 1)).toBeUndefined()
  expect(rowFrom(shown, 3, -1)).toBe(2)
  expect(rowFrom(shown, 2, -1)).toBe(0)
  expect(rowFrom(shown, 0, -1)).toBeUndefined()
  expect(rowFrom(shown, -1, 1)).toBe(0)
})

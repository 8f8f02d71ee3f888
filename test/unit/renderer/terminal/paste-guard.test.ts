import { describe, expect, it } from 'vitest'
import {
  firstLines,
  harmlessPaste,
  pasteQuestion,
} from '../../../../src/renderer/features/terminal/paste-guard.ts'

const inProduction = { guard: 'production', environment: 'production', bracketed: false } as const

describe('what is asked about before it is pasted', () => {
  it.each([
    ['ls', undefined],
    ['', undefined],
    ['ls\n', 1],
    ['ls\r\n', 1],
    ['cd /etc\nls\nreboot', 3],
    ['cd /etc\r\nls\r\n', 2],
    ['cd /etc\rls', 2],
    ['a\n\nb\n\n\n', 3],
  ])('in production, %j: %s lines', (text, lineCount) => {
    expect(pasteQuestion(text, inProduction)?.lineCount).toBe(lineCount)
  })

  it('is nothing where nothing runs by itself, elsewhere, or where nobody wants it', () => {
    const text = 'cd /etc\nls'
    expect(pasteQuestion(text, { ...inProduction, bracketed: true })).toBeUndefined()
    expect(pasteQuestion(text, { ...inProduction, environment: 'staging' })).toBeUndefined()
    expect(pasteQuestion(text, { ...inProduction, guard: 'never' })).toBeUndefined()
    expect(pasteQuestion(text, { ...inProduction, guard: 'always', environment: 'staging' })).toBeDefined()
  })

  it('is shown in part when it is long', () => {
    const many = Array.from({ length: 1000 }, (_, index) => `echo ${index}`).join('\n')
    expect(firstLines(many)).toMatchObject({ lines: { length: 12 }, more: 988 })
    expect(firstLines('one\ntwo\n')).toEqual({ lines: ['one', 'two'], more: 0 })
  })
})

describe('a paste into a program that takes it as one thing', () => {
  it('cannot end itself and go on as if it were typed', () => {
    expect(harmlessPaste('ls \u001b[201~\nreboot\n', true)).toBe('ls [201~\nreboot\n')
    expect(harmlessPaste('\u001b[A', false)).toBe('\u001b[A')
  })
})

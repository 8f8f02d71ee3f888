import { describe, expect, test } from 'vitest'
import { findSkippable } from '../../../../src/core/session/skippable-output.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (array: Uint8Array) => new TextDecoder().decode(array)
const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}\r\n`).join('')

function kept(output: string, lineCount: number): string | undefined {
  const found = findSkippable(bytes(output), lineCount)
  return found === undefined ? undefined : text(found.style) + text(bytes(output).subarray(found.length))
}

describe('findSkippable', () => {
  test('keeps exactly the last lines', () => {
    expect(kept(`${lines(5)}$ `, 3)).toBe('line 2\r\nline 3\r\nline 4\r\n$ ')
  })

  test('keeps everything when there are too few lines', () => {
    expect(kept(lines(3), 3)).toBeUndefined()
    expect(kept('no line at all', 1)).toBeUndefined()
  })

  test.each([
    ['cursor movement', '\x1b[A'],
    ['a mode', '\x1b[?1049h'],
    ['a title', '\x1b]0;title\x07'],
    ['a charset', '\x1b(0'],
    ['shift out', '\x0e'],
    ['a C1 control in UTF-8', '\u009b5A'],
    ['a sequence cut in two at the end', '\x1b[3'],
  ])('keeps everything when it holds %s', (_, sequence) => {
    expect(kept(lines(10) + sequence, 3)).toBeUndefined()
    expect(kept(sequence + lines(10), 3)).toBeUndefined()
  })

  test('keeps everything when a line does not return the cursor', () => {
    expect(kept('a\n'.repeat(10), 3)).toBeUndefined()
  })

  test('carries colours over, from the last reset on', () => {
    const output = `\x1b[31mred\r\n\x1b[0;1mbold\r\n\x1b[4m\x1b[Kunderlined\r\n${lines(3)}`
    expect(kept(output, 3)).toBe(`\x1b[0;1m\x1b[4m${lines(3)}`)
  })

  test('UTF-8 text is plain', () => {
    expect(kept(`${'grün 日本語 🚀\r\n'.repeat(5)}`, 1)).toBe('grün 日本語 🚀\r\n')
  })
})

import { describe, expect, test } from 'vitest'
import { readCommandOutput } from '../../../../../src/core/audit/recording/command-output.ts'

const mark = (text: string) => `\x1b]133;${text}\x07`

/** A recording of these events; `$`, `≈` and `exit` lines are markers, as the recorder writes them. */
function recordingOf(events: readonly string[]): string {
  const lines = events.map((each) => {
    const isMarker = /^[$≈»…] |^(exit|ended) /.test(each)
    return `[0.010, "${isMarker ? 'm' : 'o'}", ${JSON.stringify(each)}]`
  })
  return ['{"version":3}', ...lines, ''].join('\n')
}

/** Read in pages of one line, as slowly as it can be. */
function outputOf(events: readonly string[], index: number) {
  const lines = recordingOf(events).split('\n')
  return readCommandOutput(
    async (offset) => ({
      text: lines[offset] ?? '',
      ...(offset + 1 < lines.length && { nextOffset: offset + 1 }),
    }),
    index,
  )
}

describe('what a command printed', () => {
  test('is what lies between the marks of the shell, without colours and without a prompt', async () => {
    const events = [
      `${mark('A')}root@web:/# ${mark('B')}`,
      'ls',
      `\r\n${mark('C')}\x1b[31ma\x1b[0m  b\r\n`,
      '$ ls',
      `c\r\n${mark('D;0')}${mark('A')}root@web:/# `,
      'exit 0 after 3 ms',
      `pwd\r\n${mark('C')}/\r\n${mark('D;0')}root@web:/# `,
      '$ pwd',
      'exit 0 after 1 ms',
    ]
    expect(await outputOf(events, 0)).toEqual({ text: 'a  b\nc\n', redactions: 0, isCut: false })
    expect(await outputOf(events, 1)).toMatchObject({ text: '/\n' })
    expect(await outputOf(events, 2)).toBeUndefined()
  })

  test('is known of each of several that were pasted together', async () => {
    const run = (command: string, output: string) =>
      `${command}\r\n${mark('C')}${output}${mark('D;0')}root@web:/# `
    const events = [
      'root@web:/# ',
      run('echo one', 'one\r\n') + run('true', '') + run('echo two', 'two\r\n'),
      '$ echo one',
      'exit 0 after 1 ms',
      '$ true',
      'exit 0 after 1 ms',
      '$ echo two',
      'exit 0 after 1 ms',
    ]
    const texts = await Promise.all([0, 1, 2].map(async (index) => (await outputOf(events, index))?.text))
    expect(texts).toEqual(['one\n', '', 'two\n'])
  })

  test('is, read from the screen, what stands between its line and the next one', async () => {
    const events = [
      '# ',
      'cat a\r\n\x1b[?2004l\rfirst\r\n',
      '≈ cat a',
      'second\r\n# ',
      '\r\n# ',
      'cat b\r\nthird\r\n# ',
      'ended after 9 ms',
      '≈ cat b',
      'ended after 9 ms',
    ]
    expect((await outputOf(events, 0))?.text).toBe('first\nsecond\n')
    expect((await outputOf(events, 1))?.text).toBe('third\n')
  })

  test('holds no secret, and tells how many were taken out', async () => {
    const events = [
      '# ',
      'cat .env\r\nDB_PASSWORD=hunter2-is-none\r\nPORT=80\r\n',
      '≈ cat .env',
      '# ',
      'export TOKEN=abcdefgh12345678\r\n# ',
      '≈ export TOKEN=‹redacted:assignment:16›',
    ]
    const output = await outputOf(events, 0)
    expect(output?.text).not.toContain('hunter2')
    expect(output?.text).toMatch(/^DB_PASSWORD=‹redacted:[^›]+›\nPORT=80\n$/)
    expect(output?.redactions).toBe(1)
  })

  test('is cut where it would be too much to hand over', async () => {
    const flood = 'x'.repeat(99).concat('\r\n').repeat(10_000)
    const events = ['# ', 'yes\r\n', '≈ yes', ...new Array<string>(6).fill(flood)]
    const output = await outputOf(events, 0)
    expect(output?.isCut).toBe(true)
    expect(output?.text.startsWith('xxx')).toBe(true)
  })

  test('cannot be moved by signs that a program prints', async () => {
    const events = ['# ', 'cat x\r\nbefore\ufdd1after\ufdd3\r\n', '≈ cat x', '# ']
    expect((await outputOf(events, 0))?.text).toBe('beforeafter\n')
  })
})

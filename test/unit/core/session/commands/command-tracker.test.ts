import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TrackedStream } from '../../../../fixtures/tracked-shell.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const mark = (text: string) => `\x1b]133;${text}\x07`
const prompt = `${mark('A')}root@web:/# ${mark('B')}`

/** What a shell with marks prints: a command, its output, and the next prompt. */
const run = (text: string, output: string, exit: number) =>
  `${text}\r\n${mark('C')}${output}${mark(`D;${exit}`)}${prompt}`

async function commandsOf(pieces: Uint8Array[]) {
  using stream = new TrackedStream()
  for (const piece of pieces) stream.output(piece)
  await stream.screen()
  return stream.list.entries.map((entry) =>
    entry.kind === 'command' ? [entry.text, entry.exitCode, entry.source] : [entry.kind],
  )
}

describe('marks of a shell', () => {
  const story = `${prompt}${run('ls', 'a  b\r\n', 0)}${run('false', '', 1)}${run('cat x', 'no\r\n', 2)}`
  const expected = [
    ['ls', 0, 'marks'],
    ['false', 1, 'marks'],
    ['cat x', 2, 'marks'],
  ]

  test('give text and exit code of each command', async () => {
    expect(await commandsOf([bytes(story)])).toEqual(expected)
  })

  test('are found however the output is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 1, max: story.length - 1 }), { maxLength: 40 }),
        async (cuts) => {
          const all = bytes(story)
          const borders = [0, ...cuts.sort((left, right) => left - right), all.length]
          const pieces = borders.slice(1).map((end, index) => all.subarray(borders[index], end))
          expect(await commandsOf(pieces)).toEqual(expected)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('byte by byte, ended by ST instead of BEL', async () => {
    const all = bytes(story.replaceAll('\x07', '\x1b\\'))
    const pieces = Array.from(all, (_, index) => all.subarray(index, index + 1))
    expect(await commandsOf(pieces)).toEqual(expected)
  })

  test('keep every letter of a command, wide, joined or cut', async () => {
    const command = "echo '… “日本” 👩🏽‍🚀'"
    const all = bytes(`${prompt}${run(command, '', 0)}`)
    const pieces = Array.from(all, (_, index) => all.subarray(index, index + 1))
    expect(await commandsOf(pieces)).toEqual([[command, 0, 'marks']])
  })

  test('an end without a beginning, an empty line and Ctrl-C are no commands', async () => {
    expect(
      await commandsOf([
        bytes(`${mark('D;0')}${prompt}\r\n${mark('D')}${prompt}^C\r\n${mark('D;130')}${prompt}`),
      ]),
    ).toEqual([])
  })

  test('said twice by two integrations, a command is one', async () => {
    const twice = `${prompt}ls\r\n${mark('C')}${mark('C')}a\r\n${mark('D;0')}${mark('D;0')}${mark('A')}${prompt}`
    expect(await commandsOf([bytes(twice)])).toEqual([['ls', 0, 'marks']])
  })

  test('exit has no end of its own: the session ends it', async () => {
    using stream = new TrackedStream()
    stream.output(bytes(`${prompt}exit\r\n${mark('C')}`))
    await stream.screen()
    expect(stream.list.entries[0]).not.toHaveProperty('endedAt')
    stream.tracker.end()
    expect(stream.list.entries).toMatchObject([{ text: 'exit', endedAt: expect.any(Number) }])
  })

  test("inside a full-screen program are not this shell's", async () => {
    const nested = `${prompt}tmux\r\n${mark('C')}\x1b[?1049h${prompt}${run('ls', '', 0)}\x1b[?1049l${mark('D;0')}${prompt}`
    expect(await commandsOf([bytes(nested)])).toEqual([['tmux', 0, 'marks']])
  })

  test('VS Code announces the text itself', async () => {
    const announced = `${prompt}x\r\n\x1b]633;E;echo a\\x3b echo b\x07\x1b]633;C\x07${mark('D;0')}`
    expect(await commandsOf([bytes(announced)])).toEqual([['echo a; echo b', 0, 'marks']])
  })

  test('secrets are taken out of the text, and counted', async () => {
    using stream = new TrackedStream()
    stream.output(bytes(`${prompt}${run('export DB_PASSWORD=hunter2hunter2', '', 0)}`))
    await stream.screen()
    expect(stream.list.entries).toMatchObject([{ redactions: 1 }])
    expect(stream.labels.join()).not.toContain('hunter2')
  })
})

describe('the echo', () => {
  test('of a line that wraps is one command, and what was typed elsewhere none', async () => {
    using stream = new TrackedStream({ cols: 20, rows: 10 })
    const command = 'echo one two three four five six'
    stream.output(bytes('root@web:/# '))
    stream.typed('e')
    await stream.screen()
    stream.output(bytes(command))
    stream.typed('\r')
    stream.output(bytes('\r\none two three\r\nroot@web:/# '))
    await stream.screen()
    stream.output(bytes('\x1b[?1049h'))
    stream.typed('i')
    stream.typed('x\r')
    stream.output(bytes('x\r\n'))
    await stream.screen()
    expect(stream.commands).toEqual([command])
  })

  test('that never comes leaves a mark and no text', async () => {
    using stream = new TrackedStream()
    stream.output(bytes('Enter password: '))
    stream.typed('geheim')
    stream.typed('\r')
    await stream.screen()
    stream.output(bytes('\r\nroot@web:/# '))
    await stream.screen()
    expect(stream.labels).toEqual(['Password prompt'])
  })

  test('of a prompt that is answered on the same row is one mark', async () => {
    using stream = new TrackedStream()
    stream.output(bytes('root@web:/# '))
    stream.typed('x')
    stream.output(bytes('x'))
    stream.typed('\r')
    stream.output(bytes('\r\nPassword: '))
    await stream.screen()
    // As long as the first Enter is watched for, the secret is still being typed.
    stream.typed('geheim')
    await new Promise((resolve) => setTimeout(resolve, 350))
    expect(stream.labels).toEqual(['≈ x'])
    stream.typed('\r')
    await expect.poll(() => stream.labels).toEqual(['≈ x', 'Password prompt'])
  })
})

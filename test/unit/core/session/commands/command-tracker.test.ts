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

/** Somebody at a shell, who types when it asks and sends lines off with Enter. */
class Typist implements Disposable {
  readonly tracked = new TrackedStream({ cols: 60, rows: 12 })

  async shows(output: string): Promise<void> {
    this.tracked.output(bytes(output))
    await this.tracked.screen()
  }

  /** @param answer what comes after the new line that answers Enter */
  async types(line: string, answer: string): Promise<void> {
    for (const key of line) {
      this.tracked.typed(key)
      await this.shows(key)
    }
    this.tracked.typed('\r')
    await this.shows(`\r\n${answer}`)
  }

  /** Text, exit code and source of each command. */
  commands() {
    this.tracked.tracker.end()
    return this.tracked.list.entries.map((entry) =>
      entry.kind === 'command' ? [entry.text, entry.exitCode, entry.source] : [entry.kind],
    )
  }

  [Symbol.dispose](): void {
    this.tracked[Symbol.dispose]()
  }
}

describe('a shell that marks, and another within', () => {
  test.each([
    ['su -', 'root@db:~# '],
    ['ssh db1', 'ann@db1:/srv$ '],
    ['exec bash', 'bash-5.2# '],
    ['sudo -s', 'whatever> '],
    ['./enter.sh', '/ # '],
  ])('%s: its commands are read until marks come again', async (command, inner) => {
    using typist = new Typist()
    await typist.shows(prompt)
    await typist.types(command, `${mark('C')}${inner}`)
    await typist.types('id', `uid=0\r\n${inner}`)
    await typist.types('exit', `exit\r\n${mark('D;3')}${prompt}`)
    await typist.types('ls', `${mark('C')}a\r\n${mark('D;0')}${prompt}`)
    expect(typist.commands()).toEqual([
      [command, 3, 'marks'],
      ['id', undefined, 'echo'],
      ['exit', undefined, 'echo'],
      ['ls', 0, 'marks'],
    ])
  })

  test('of a POSIX shell, whose first command it is', async () => {
    using typist = new Typist()
    const posix = `${mark('A')}web:~# ${mark('B')}`
    await typist.shows(posix)
    await typist.types('su -', 'root@web:~# ')
    await typist.types('id', 'uid=0\r\nroot@web:~# ')
    await typist.types('exit', `${mark('D;0')}${posix}`)
    expect(typist.commands()).toEqual([
      ['su -', 0, 'marks'],
      ['id', undefined, 'echo'],
      ['exit', undefined, 'echo'],
    ])
  })

  test.each(['mysql> ', 'shop=# ', '>>> ', 'MariaDB [shop]> ', '127.0.0.1:6379> ', ' 45% '])(
    '%s is no shell',
    async (inner) => {
      using typist = new Typist()
      await typist.shows(prompt)
      await typist.types('./run', `${mark('C')}${inner}`)
      await typist.types('select 1', `1\r\n${inner}`)
      await typist.types('quit', `${mark('D;0')}${prompt}`)
      expect(typist.commands()).toEqual([['./run', 0, 'marks']])
    },
  )
})

describe('marks that are not what they should be', () => {
  test.each(['D', 'D;', 'D;$?', 'D;err', 'D;-1', 'D;99999999999'])('%s ends a command', async (end) => {
    using typist = new Typist()
    await typist.shows(prompt)
    await typist.types('ls', `${mark('C')}a\r\n${mark(end)}${prompt}`)
    await typist.types('pwd', `${mark('C')}/\r\n${mark('D;0')}${prompt}`)
    expect(typist.commands()).toEqual([
      ['ls', undefined, 'marks'],
      ['pwd', 0, 'marks'],
    ])
  })

  test.each(['', mark('D'), mark('D;$?')])('a prompt after %j alone ends one too', async (end) => {
    using typist = new Typist()
    await typist.shows(prompt)
    await typist.types('ls', `a\r\n${end}${prompt}`)
    await typist.types('', `${end}${prompt}`)
    await typist.types('pwd', `/\r\n${end}${prompt}`)
    expect(typist.commands()).toEqual([
      ['ls', undefined, 'marks'],
      ['pwd', undefined, 'marks'],
    ])
  })

  test('a shell that says no more than that commands begin', async () => {
    using typist = new Typist()
    await typist.shows(prompt)
    await typist.types('PS1="x> "', `${mark('C')}x> `)
    await typist.types('ls', `${mark('C')}a\r\nx> `)
    await typist.types('pwd', `${mark('C')}/\r\nx> `)
    expect(typist.commands().map(([text]) => text)).toEqual(['PS1="x> "', 'ls', 'pwd'])
  })

  test('a shell that does not say where its prompt ends lists nothing twice', async () => {
    using typist = new Typist()
    const half = `${mark('A')}web:~# `
    await typist.shows(half)
    await typist.types('ls', `${mark('C')}a\r\n${mark('D;0')}${half}`)
    await typist.types('false', `${mark('C')}${mark('D;1')}${half}`)
    expect(typist.commands().map(([text, exit]) => [text, exit])).toEqual([
      ['ls', 0],
      ['false', 1],
    ])
  })

  test('a line that the shell refuses changes nothing for the next', async () => {
    using typist = new Typist()
    await typist.shows(prompt)
    await typist.types('ls', `${mark('C')}${mark('D;0')}${prompt}`)
    await typist.types('fi', `syntax error\r\n${mark('D;2')}${prompt}`)
    await typist.types('x', `\x1b]633;E;x --all\x07${mark('C')}${mark('D;0')}${prompt}`)
    expect(typist.commands()).toEqual([
      ['ls', 0, 'marks'],
      ['fi', 2, 'marks'],
      ['x --all', 0, 'marks'],
    ])
  })

  test('no call stands for a text, and no text hides what was typed', async () => {
    using typist = new Typist()
    await typist.shows(prompt)
    for (const text of ['', '$({ __porthole_text; } 2>/dev/null)'])
      await typist.types('ls', `\x1b]633;E;${text}\x07${mark('C')}${mark('D;0')}${prompt}`)
    expect(typist.commands().map(([text]) => text)).toEqual(['ls', 'ls'])
  })

  test('control characters are no part of a command', async () => {
    const announced = `${prompt}x\r\n\x1b]633;E;a\\x1b[2Jb\\x0ac\x07${mark('C')}${mark('D;0')}`
    expect(await commandsOf([bytes(announced)])).toEqual([['a\ufffd[2Jb\nc', 0, 'marks']])
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

  test('is read in its order when somebody types faster than the screen is parsed', async () => {
    using stream = new TrackedStream()
    const types = (line: string, answer: string) => {
      stream.typed(`${line}\r`)
      stream.output(bytes(`${line}\r\n${answer}`))
    }
    stream.output(bytes('root@web:/# '))
    types('cd /usr', 'root@web:/usr# ')
    types('ls', 'bin lib\r\nroot@web:/usr# ')
    types('PS1="$PWD $ "', '/usr $ ')
    types('passwd', 'New password: ')
    stream.typed('geheim\r')
    stream.output(bytes('\r\nRetype new password: '))
    stream.typed('geheim\r')
    stream.output(bytes('\r\n/usr $ '))
    types('pwd', '/usr\r\n/usr $ ')
    await stream.screen()
    expect(stream.commands).toEqual([
      'cd /usr',
      'ls',
      'PS1="$PWD $ "',
      'passwd',
      '(secret)',
      '(secret)',
      'pwd',
    ])
  })

  test('that was typed ahead hides no later command', async () => {
    using typist = new Typist()
    await typist.shows('root@web:/# ')
    await typist.types('cat', '')
    // Nothing that looks like a prompt answers these.
    await typist.types('some text', 'some text\r\n')
    await typist.shows('\r\nroot@web:/# ')
    await typist.types('ls', 'a\r\nroot@web:/# ')
    expect(typist.commands().map(([text]) => text)).toEqual(['cat', 'ls'])
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

  const readSecret = './ask-without-echo'
  /** What a shell answers `read -s` and a command after it with, on the row of the question. */
  const answers: Record<string, { begins: string; asks: string; ends: string; next: string }> = {
    'without marks': { begins: '', asks: 'root@web:/# ', ends: '', next: '' },
    'with marks': { begins: mark('C'), asks: prompt, ends: mark('D;0'), next: mark('C') },
  }

  test.each(Object.entries(answers))('leaves the command typed at once behind it, %s', async (_, shell) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 30 }), { maxLength: 6 }),
        fc.stringMatching(/^[a-z]{3,12}$/),
        fc.boolean(),
        async (cuts, word, isAhead) => {
          using stream = new TrackedStream()
          const shows = async (text: string) => {
            const borders = [
              0,
              ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b),
              text.length,
            ]
            for (const [index, border] of borders.entries())
              stream.output(bytes(text.slice(border, borders[index + 1])))
            if (!isAhead) await stream.screen()
          }
          await shows(shell.asks)
          stream.typed(`${readSecret}\r`)
          await shows(`${readSecret}\r\n${shell.begins}Password: `)
          await stream.screen()
          stream.typed('geheim\r')
          if (isAhead) stream.typed(`echo ${word}\r`)
          await shows(`${shell.ends}${shell.asks}`)
          if (!isAhead) stream.typed(`echo ${word}\r`)
          await shows(`echo ${word}\r\n${shell.next}${word}\r\n${shell.ends}${shell.asks}`)
          await stream.screen()
          expect(stream.commands).toEqual([readSecret, '(secret)', `echo ${word}`])
        },
      ),
      { numRuns: 40 },
    )
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

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PtyProcess } from '../../fixtures/pty-process.ts'
import { TrackedStream } from '../../fixtures/tracked-shell.ts'

/** A script that asks for a password as sudo and mysql do: echo off, a new line afterwards. */
const askForPassword = `#!/bin/sh
stty -echo
printf 'Enter password: '
read -r secret
stty echo
printf '\\n'
[ -n "$secret" ]
`
const password = 'Corr3ct-h0rse-battery'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'porthole-commands-'))
  writeFileSync(join(folder, 'ask'), askForPassword, { mode: 0o755 })
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A shell on a real pty, with somebody who looks at the screen before going on. */
class Shell implements Disposable {
  readonly tracked = new TrackedStream()
  readonly #pty: PtyProcess
  #output = Promise.withResolvers<void>()

  constructor(program: string, args: string[], prompt: string) {
    this.#pty = new PtyProcess({ program, args, prompt })
    this.#pty.onOutput((bytes) => {
      this.tracked.output(bytes)
      this.#output.resolve()
      this.#output = Promise.withResolvers()
    })
  }

  type(text: string): void {
    this.#pty.write(new TextEncoder().encode(text))
    this.tracked.typed(text)
  }

  /** Resolves when the last row that is not empty fits. */
  sees(pattern: RegExp): Promise<void> {
    return this.until((rows) => pattern.test(lastRow(rows)))
  }

  async until(fits: (rows: string[]) => boolean): Promise<void> {
    for (;;) {
      const { promise } = this.#output
      if (fits(await this.tracked.screen())) return
      await promise
    }
  }

  /** Types key by key, each answered before the next, then Enter, and waits for the prompt. */
  async run(typed: string, shown = typed): Promise<void> {
    this.type(typed)
    await this.sees(new RegExp(`${escaped(shown)}$`))
    this.type('\r')
    await this.sees(atPrompt)
  }

  [Symbol.dispose](): void {
    this.#pty[Symbol.dispose]()
    this.tracked[Symbol.dispose]()
  }
}

const prompt = 'web:~# '
const atPrompt = /^web:~#$/

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/** What a person does in an hour, in a shell with a line editor. */
async function editedStory(shell: Shell): Promise<string[]> {
  await shell.sees(atPrompt)
  await shell.run('echo one')
  await shell.run('false')
  // History, and history with an edit.
  await shell.run('\x1b[A\x1b[A', 'echo one')
  await shell.run('\x1b[A two', 'echo one two')
  // Search backwards in the history.
  shell.type('\x12')
  await shell.sees(/i-search/)
  await shell.run('fal', 'false')
  // Completion, with a list of possibilities in between.
  await shell.run('cd /us\t', 'cd /usr/')
  shell.type('ls -d /usr/l\t\t')
  await shell.sees(/^web:~# ls -d \/usr\/l/)
  await shell.run('oc\t', '/usr/local/')
  // Longer than the screen is wide.
  const long = `echo ${'abcdefghij '.repeat(12)}end`
  await shell.run(long, 'end')
  // Several lines.
  shell.type('for x in 1 2\r')
  await shell.sees(/^>$/)
  shell.type('do echo $x\r')
  await shell.sees(/^>$/)
  await shell.run('done')
  // Ctrl-C at an empty prompt and in the middle of a line, Enter alone.
  shell.type('echo never')
  await shell.sees(/never$/)
  shell.type('\x03')
  await shell.sees(atPrompt)
  // Ctrl-C throws away what was typed behind it, so its echo has to be awaited.
  shell.type('\x03')
  await shell.until(
    (rows) => rows.filter((row) => row.includes('^C')).length === 2 && atPrompt.test(lastRow(rows)),
  )
  // A full-screen editor.
  shell.type(`vi -u NONE ${folder}/notes`)
  await shell.sees(/notes$/)
  shell.type('\r')
  await shell.sees(/\[New\]|0L, 0B|"/)
  shell.type('ihello\x1b:wq\r')
  await shell.sees(atPrompt)
  // A password.
  shell.type(`${folder}/ask`)
  await shell.sees(/ask$/)
  shell.type('\r')
  await shell.sees(/^Enter password:/)
  shell.type(password)
  shell.type('\r')
  await shell.sees(atPrompt)
  await shell.run('echo $?')
  return [
    'echo one',
    'false',
    'echo one',
    'echo one two',
    'false',
    'cd /usr/',
    'ls -d /usr/local/',
    long,
    'for x in 1 2\ndo echo $x\ndone',
    `vi -u NONE ${folder}/notes`,
    `${folder}/ask`,
    '(secret)',
    'echo $?',
  ]
}

/** The same without a line editor: the kernel echoes. */
async function plainStory(shell: Shell): Promise<string[]> {
  await shell.sees(atPrompt)
  await shell.run('echo one')
  await shell.run('false')
  const long = `echo ${'abcdefghij '.repeat(12)}end`
  await shell.run(long, 'end')
  shell.type('if true\r')
  await shell.sees(/^>$/)
  shell.type('then echo yes; fi')
  await shell.sees(/fi$/)
  shell.type('\r')
  await shell.sees(atPrompt)
  shell.type(`${folder}/ask`)
  await shell.sees(/ask$/)
  shell.type('\r')
  await shell.sees(/^Enter password:/)
  shell.type(password)
  shell.type('\r')
  await shell.sees(atPrompt)
  await shell.run('echo last')
  return ['echo one', 'false', long, 'if true\nthen echo yes; fi', `${folder}/ask`, '(secret)', 'echo last']
}

function shareFound(found: string[], wanted: string[]): number {
  const left = [...found]
  const hits = wanted.filter((text) => {
    const index = left.indexOf(text)
    if (index !== -1) left.splice(index, 1)
    return index !== -1
  })
  // What was made up counts as much as what was missed.
  return (hits.length - left.length) / wanted.length
}

const marked = {
  bash: [
    '-u',
    'HISTFILE',
    'PS0=\\[\\e]133;C\\a\\]',
    'PROMPT_COMMAND=printf \'\\033]133;D;%s\\007\\033]133;A\\007\' "$?"',
    `PS1=${prompt}\\[\\e]133;B\\a\\]`,
    'bash',
    '--norc',
    '--noprofile',
    '-i',
  ],
  dash: [`PS1=\x1b]133;D;$?\x07\x1b]133;A\x07${prompt}\x1b]133;B\x07`, 'dash', '-i'],
}

describe('real shells', () => {
  test.each([
    {
      name: 'bash, from the echo',
      program: 'bash',
      args: ['--norc', '--noprofile', '-i'],
      story: editedStory,
      least: 0.9,
    },
    { name: 'dash, from the echo', program: 'dash', args: ['-i'], story: plainStory, least: 0.9 },
    { name: 'bash with marks', program: 'env', args: marked.bash, story: editedStory, least: 0.99 },
    { name: 'dash with marks', program: 'env', args: marked.dash, story: plainStory, least: 0.99 },
  ])(
    '$name',
    async ({ program, args, story, least }) => {
      using shell = new Shell(program, args, prompt)
      const wanted = await story(shell)
      shell.tracked.tracker.end()
      expect(shell.tracked.commands).toEqual(wanted)
      expect(shareFound(shell.tracked.commands, wanted)).toBeGreaterThanOrEqual(least)
      expect(shell.tracked.labels.join('\n')).not.toContain(password)
      const exits = shell.tracked.list.entries.map((entry) => entry.kind === 'command' && entry.exitCode)
      if (least === 0.99) expect(exits.slice(0, 2)).toEqual([0, 1])
    },
    8000,
  )
})

function lastRow(rows: string[]): string {
  return (rows.findLast((row) => row.trim() !== '') ?? '').trimEnd()
}

import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { splitCommand } from '../../../resources/sandbox/agent/command-line.ts'
import { shellCommand } from '../../../src/contract/shell-command.ts'
import {
  editedStory,
  layOutShellFolder,
  nestedStory,
  password,
  plainStory,
  replacedStory,
} from '../../fixtures/shell-stories.ts'
import { prompt, TypedShell } from '../../fixtures/typed-shell.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'porthole-commands-'))
  layOutShellFolder(folder)
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A BusyBox with ash: this computer's, or the one that is named. Debian has it in `busybox-static`. */
const busybox = [
  process.env.PORTHOLE_BUSYBOX,
  resolve('.cache/container-tools/busybox'),
  resolve('.cache/containers/busybox'),
  '/usr/bin/busybox',
  '/bin/busybox',
].find((path) => path !== undefined && existsSync(path) && hasAsh(path))

function hasAsh(path: string): boolean {
  return execFileSync(path, ['--list'], { encoding: 'utf8' }).split('\n').includes('ash')
}

/** What the agent would run for a shell with integration; `shell` is this computer's name for it. */
function integrated(program: 'bash' | 'ash' | 'sh', shell: string): string[] {
  const words = splitCommand(shellCommand({ kind: 'program', program }, 'linux', true))
  return words.map((word) => word.replaceAll(`/bin/${program}`, shell))
}

const automatic = splitCommand(shellCommand({ kind: 'automatic' }, 'linux', true))
const asInHistory = { loop: 'for x in 1 2; do echo $x; done' }
/** As Debian builds BusyBox. */
const noSearch = { search: '' }

/** Shells that mark by themselves, as an image may set them up. */
const marked = {
  bash: [
    'env',
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
  dash: ['env', `PS1=\x1b]133;D;$?\x07\x1b]133;A\x07${prompt}\x1b]133;B\x07`, 'dash', '-i'],
}

function start(words: string[], environment: Record<string, string> = {}): TypedShell {
  const [program = '', ...args] = words
  return new TypedShell({ program, args, prompt, environment: { HOME: folder, ...environment } })
}

interface ShellCase {
  name: string
  words: string[]
  story: typeof editedStory | typeof plainStory
  options?: Parameters<typeof editedStory>[2]
  /** The shell marks its commands: all of them have to be found, with how they ended. */
  marks?: boolean
}

const shells: ShellCase[] = [
  { name: 'bash, from the echo', words: ['bash', '--norc', '--noprofile', '-i'], story: editedStory },
  { name: 'dash, from the echo', words: ['dash', '-i'], story: plainStory },
  { name: 'bash with marks', words: marked.bash, story: editedStory, marks: true },
  { name: 'dash with marks', words: marked.dash, story: plainStory, marks: true },
  {
    name: 'the best shell with integration',
    words: automatic,
    story: editedStory,
    options: asInHistory,
    marks: true,
  },
  {
    name: 'bash with integration',
    words: integrated('bash', 'bash'),
    story: editedStory,
    options: asInHistory,
    marks: true,
  },
  { name: 'dash with integration', words: integrated('sh', 'dash'), story: plainStory, marks: true },
]

const ashes: ShellCase[] = [
  { name: 'ash, from the echo', words: [`${busybox}`, 'ash', '-i'], story: editedStory, options: noSearch },
  {
    name: 'ash with integration',
    words: [`${busybox}`, 'ash', ...integrated('ash', `${busybox} ash`).slice(1)],
    story: editedStory,
    options: noSearch,
    marks: true,
  },
]

async function tellsTheStory({ words, story, options, marks = false }: ShellCase): Promise<void> {
  using shell = start(words)
  const wanted = await story(shell, folder, options)
  shell.tracked.tracker.end()
  expect(shell.tracked.commands).toEqual(wanted)
  expect(shell.tracked.labels.join('\n')).not.toContain(password)
  expect(shell.tracked.rawText).not.toContain(password)
  if (!marks) return
  const commands = shell.tracked.list.entries.filter((entry) => entry.kind === 'command')
  expect(commands.map(({ exitCode }) => exitCode).slice(0, 2)).toEqual([0, 1])
  for (const { source, exitCode, endedAt } of commands)
    expect({ source, exitCode, endedAt }).toEqual({
      source: 'marks',
      exitCode: expect.any(Number),
      endedAt: expect.any(Number),
    })
}

/** Shells that mark, with others within that do not. */
const outerShells = [
  { name: 'bash with marks', words: marked.bash },
  { name: 'dash with marks', words: marked.dash },
  { name: 'bash with integration', words: integrated('bash', 'bash') },
  { name: 'dash with integration', words: integrated('sh', 'dash') },
]

/** What the marks gave is exact and has its exit code, also where the echo was read in between. */
async function tellsOfShellsWithin(words: string[], story: typeof nestedStory): Promise<void> {
  using shell = start(words)
  const wanted = await story(shell, folder)
  const before = [...shell.tracked.list.entries]
  shell.tracked.tracker.end()
  expect(shell.tracked.commands).toEqual(wanted)
  expect(shell.tracked.labels.join('\n')).not.toContain(password)
  const exits = before.flatMap((entry) =>
    entry.kind === 'command' && entry.source === 'marks' && entry.endedAt !== undefined
      ? [[entry.text.split('/').at(-1), entry.exitCode]]
      : [],
  )
  const inPlace = story === replacedStory
  expect(exits).toEqual([
    ['echo one', 0],
    ['false', 1],
    ...(inPlace
      ? []
      : [
          ['ssh db1', 3],
          ['echo back', 0],
          ['su -', 0],
          ['echo $?', 0],
        ]),
  ])
}

describe('shells within a shell', () => {
  test.each(outerShells)('$name: ssh and su', ({ words }) => tellsOfShellsWithin(words, nestedStory))
  test.each(outerShells)('$name: exec', ({ words }) => tellsOfShellsWithin(words, replacedStory))
})

describe('real shells', () => {
  test.each(shells)('$name', tellsTheStory)
  // Debian's package of BusyBox is downloaded for nobody's test run.
  test.skipIf(busybox === undefined).each(ashes)('$name', tellsTheStory)
})

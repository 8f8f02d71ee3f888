import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { splitCommand } from '../../../resources/sandbox/agent/command-line.ts'
import { shellCommand } from '../../../src/contract/shell-command.ts'
import { TypedShell } from '../../fixtures/typed-shell.ts'

/** What somebody may have in `~/.bashrc`; each of it shows on the screen or changes what the history says. */
const busyStartup = `
[ -z "$PS1" ] && return
PROMPT_COMMAND='echo "prompt command: $?" # and a comment'
PS0='PS0 speaks\\n'
PS1='P:$? \\W> '
trap 'echo "trap: $?"' ERR
HISTCONTROL=ignorespace
HISTTIMEFORMAT='%Y '
HISTFILE=~/history
`

/** Each of them would show something of an integration that is careless. */
const bashLines = [
  'false',
  'echo $?',
  '',
  ' echo not in the history',
  'echo "a;b" \\\\ c',
  'echo -e "\\x1b[1mbold\\x1b[0m"',
  'trap \'echo "debug: $BASH_COMMAND"\' DEBUG',
  'true',
  'trap - DEBUG',
  'set -x',
  'true',
  'set +x',
  'set -u',
  'set -e; true; set +e',
  'PS1="P:new> "',
  'true',
  'PS0=',
  'true',
  'shopt -u promptvars',
  'true',
  'shopt -s promptvars',
  'PROMPT_COMMAND=',
  'true',
  'shopt -u promptvars',
  'true',
  'PS1="P:no marks> "',
  'true',
  'shopt -s promptvars',
  'PS0=',
  'true',
  'history',
  'env | grep -i porthole',
  'ls /proc/$$/fd | grep 63',
  'exec 2>&1',
  'env -i TERM=dumb PS1="P:inner> " bash --norc --noprofile',
  'echo inside',
  'exit 3',
  'echo $?',
]
const dashLines = ['false', 'echo $?', '', 'set -x', 'true', 'set +x', 'PS1="P:new> "', 'true', 'echo $?']

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'porthole-integration-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function start(program: 'bash' | 'sh', integration: boolean): TypedShell {
  const home = join(folder, 'home')
  rmSync(home, { recursive: true, force: true })
  mkdirSync(home)
  writeFileSync(join(home, '.bashrc'), busyStartup)
  const [file = '', ...args] = splitCommand(shellCommand({ kind: 'program', program }, 'linux', integration))
  const size = { cols: 100, rows: 200 }
  return new TypedShell({ program: file, args, prompt: 'P:$? > ', environment: { HOME: home }, size })
}

/** Types each line when the prompt has come back, and answers with what stands on the screen in the end. */
async function screenAfter(shell: TypedShell, lines: readonly string[]): Promise<string[]> {
  const prompts = (count: number) =>
    shell.until((rows) => rows.filter((row) => row.startsWith('P:')).length === count)
  for (const [index, line] of lines.entries()) {
    await prompts(index + 1)
    shell.type(`${line}\r`)
  }
  await prompts(lines.length + 1)
  return shell.tracked.screen()
}

describe('Shell integration', () => {
  test.each([
    ['bash', bashLines],
    ['sh', dashLines],
  ] as const)('shows nothing of itself in %s, whatever one has set up', async (program, lines) => {
    using plain = start(program, false)
    const wanted = await screenAfter(plain, lines)
    using integrated = start(program, true)
    expect(await screenAfter(integrated, lines)).toEqual(wanted)
    expect(plain.tracked.rawText).not.toContain('\x1b]133')
    expect(integrated.tracked.rawText).toContain('\x1b]133;D;1')
  })
})

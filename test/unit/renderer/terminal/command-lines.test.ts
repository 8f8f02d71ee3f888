import headless from '@xterm/headless'
import { afterEach, describe, expect, it } from 'vitest'
import {
  type CommandLine,
  CommandLines,
  type CommandScreen,
} from '../../../../src/renderer/features/terminal/command-marks/command-lines.ts'

const osc = (text: string) => `\x1b]${text}\x07`
const markedPrompt = `${osc('133;A')}web:~# ${osc('133;B')}`
const open: Shell[] = []
afterEach(() => {
  for (const shell of open.splice(0)) shell.dispose()
})

/** A screen, what a person types on it, and what the far end then shows. */
class Shell {
  readonly terminal = new headless.Terminal({ allowProposedApi: true, cols: 40, rows: 8, scrollback: 200 })
  readonly told: CommandLine[] = []
  readonly lines = new CommandLines(this.terminal as unknown as CommandScreen, (line) => this.told.push(line))

  constructor() {
    open.push(this)
  }

  show(text: string): Promise<void> {
    return new Promise((resolve) => this.terminal.write(text, resolve))
  }

  /** Types key by key, each echoed before the next. */
  async type(text: string): Promise<void> {
    for (const key of text) {
      this.lines.typed(key)
      await this.show(key === '\r' ? '\r\n' : key)
    }
  }

  get found(): string[] {
    return this.lines.all.map(({ marker, outcome }) => {
      const text = this.terminal.buffer.active.getLine(marker.line)?.translateToString(true)
      return `${text} ${outcome}`
    })
  }

  dispose(): void {
    this.lines[Symbol.dispose]()
    this.terminal.dispose()
  }
}

describe('a shell that marks', () => {
  it('tells the end of a command that was typed ahead of the mark of its prompt', async () => {
    const shell = new Shell()
    await shell.show(`${osc('133;A')}web:~# `)
    for (const key of 'ls x\r') shell.lines.typed(key)
    await shell.show(osc('133;B'))
    await shell.show(`ls x\r\n${osc('133;C')}no such file\r\n${osc('133;D;2')}${markedPrompt}`)
    expect(shell.found).toEqual(['web:~# ls x failed'])
    expect(shell.lines.all[0]?.exitCode).toBe(2)
  })
})

describe('without marks', () => {
  it('finds what was entered behind a prompt', async () => {
    const shell = new Shell()
    await shell.show('Welcome\r\nweb:~# ')
    await shell.type('ls\r')
    await shell.show('a  b\r\nweb:~# ')
    await shell.type('\r')
    await shell.show('web:~# ')
    await shell.type('cat a\r')
    expect(shell.found).toEqual(['web:~# ls unknown', 'web:~# cat a unknown'])
  })

  it('finds a command that was fetched from the history, and one that was pasted with its Enter', async () => {
    const shell = new Shell()
    await shell.show('web:~# ')
    shell.lines.typed('\x1b[A')
    await shell.show('make')
    await shell.type('\r')
    await shell.show('web:~# ')
    shell.lines.typed('id\r')
    await shell.show('id\r\nweb:~# ')
    expect(shell.found).toEqual(['web:~# make unknown', 'web:~# id unknown'])
  })

  it('counts a line once when its echo comes late', async () => {
    const shell = new Shell()
    await shell.show('web:~# ')
    for (const key of 'ls\rls\r') shell.lines.typed(key)
    await shell.show('ls\r\nweb:~# ls\r\n')
    expect(shell.found).toEqual(['web:~# ls unknown'])
  })

  it.each([
    ['a line that was given up', '$ ', 'rm -rf x\x03\r'],
    ['what a program asks', 'Password: ', 'secret\r'],
    ['the further lines of a command', '> ', 'done\r'],
    ['an empty line', 'web:~# ', '\r'],
  ])('takes no %s', async (_, shown, typed) => {
    const shell = new Shell()
    await shell.show(shown)
    for (const key of typed) shell.lines.typed(key)
    expect(shell.found).toEqual([])
  })

  it('leaves programs with a screen of their own alone', async () => {
    const shell = new Shell()
    await shell.show('\x1b[?1049hweb:~# ')
    await shell.type('x\r')
    await shell.show('\x1b[?1049l')
    expect(shell.found).toEqual([])
  })
})

describe('with marks', () => {
  it('tells how each command ended', async () => {
    const shell = new Shell()
    await shell.show(markedPrompt)
    await shell.type('true\r')
    await shell.show(osc('133;C'))
    expect(shell.found).toEqual(['web:~# true unknown'])
    await shell.show(osc('133;D;0') + markedPrompt)
    await shell.type('false\r')
    await shell.show(osc('133;C') + osc('133;D;1') + markedPrompt)
    expect(shell.found).toEqual(['web:~# true succeeded', 'web:~# false failed'])
    expect(shell.told.at(-1)?.exitCode).toBe(1)
  })

  it('needs neither keys nor a mark for the beginning', async () => {
    const shell = new Shell()
    await shell.show(`${osc('133;D;0')}${markedPrompt}grep x y\r\n${osc('133;D;2')}${markedPrompt}`)
    await shell.show(`\r\n${osc('133;D;2')}${markedPrompt}`)
    expect(shell.found).toEqual(['web:~# grep x y failed'])
  })

  it('gives the exit code to the command of the shell, not to one within it', async () => {
    const shell = new Shell()
    await shell.show(markedPrompt)
    await shell.type('ssh db1\r')
    await shell.show(`${osc('133;C')}db1$ `)
    await shell.type('ls\r')
    await shell.show(`db1$ `)
    await shell.type('exit\r')
    await shell.show(osc('133;D;130') + markedPrompt)
    expect(shell.found).toEqual(['web:~# ssh db1 failed', 'db1$ ls unknown', 'db1$ exit unknown'])
  })
})

describe('finding the way', () => {
  it('goes by rows, and forgets what has left the scrollback', async () => {
    const shell = new Shell()
    for (let number = 0; number < 60; number++) {
      await shell.show('$ ')
      await shell.type(`${number}\r`)
      await shell.show('\r\n'.repeat(9))
    }
    const lines = shell.lines.all
    // 208 rows are kept, and every command took ten of them.
    expect(lines.length).toBe(20)
    const second = lines[1]
    expect(second).toBeDefined()
    if (second === undefined) return
    expect(shell.lines.before(second.marker.line)).toBe(lines[0])
    expect(shell.lines.after(second.marker.line)).toBe(lines[2])
    expect(shell.lines.before(lines[0]?.marker.line ?? 0)).toBeUndefined()
  })

  it('keeps no more than 500, and no markers of a flood of prompts', async () => {
    const shell = new Shell()
    shell.terminal.options.scrollback = 5000
    for (let number = 0; number < 520; number++) await shell.show(`${markedPrompt}x\r\n${osc('133;D;0')}`)
    await shell.show(osc('133;B').repeat(10_000))
    expect(shell.lines.all.length).toBe(500)
    expect(shell.terminal.markers.length).toBe(501)
  })
})

import { describe, expect, test } from 'vitest'
import { splitCommand } from '../../../resources/sandbox/agent/command-line.ts'
import {
  automaticChoice,
  type ShellChoice,
  shellCommand,
  shellPrograms,
  takesIntegration,
} from '../../../src/contract/shell-command.ts'
import { hasShellIntegration } from '../../../src/contract/shell-integration.ts'
import { runsShell } from '../../../src/core/session/commands/runs-shell.ts'

const posixChoices: ShellChoice[] = [
  automaticChoice,
  ...shellPrograms('linux').map((program) => ({ kind: 'program' as const, program })),
]

describe('The command of a shell with integration', () => {
  test.each(posixChoices)('for %j reaches sh in one piece, and says what it is', (choice) => {
    const command = shellCommand(choice, 'linux', true)
    const [program, option, script = '', ...startup] = splitCommand(command)
    expect([program, option]).toEqual(['/bin/sh', '-c'])
    expect(script).toMatch(/^: Porthole shell integration; /)
    expect(startup.length).toBeLessThanOrEqual(1)
    // It stands in CloudTrail for every session; ECS fills its documents where it finds two braces.
    expect(command.length).toBeLessThan(1200)
    expect(command).toMatch(/^[\x20-\x7e]+$/)
    expect(command).not.toContain('{{')
    expect(hasShellIntegration(command)).toBe(true)
    expect(runsShell(command)).toBe(true)
  })

  test.each(posixChoices)('for %j is the plain one without it', (choice) => {
    const command = shellCommand(choice, 'linux')
    expect(hasShellIntegration(command)).toBe(false)
    expect(command).not.toContain('PS1')
  })

  test.each<[ShellChoice, 'linux' | 'windows']>([
    [{ kind: 'custom', command: '/bin/bash' }, 'linux'],
    [automaticChoice, 'windows'],
    [{ kind: 'program', program: 'powershell' }, 'windows'],
    [{ kind: 'program', program: 'cmd' }, 'windows'],
  ])('is never made for %j on %s', (choice, system) => {
    expect(takesIntegration(choice, system)).toBe(false)
    expect(shellCommand(choice, system, true)).toBe(shellCommand(choice, system))
  })
})

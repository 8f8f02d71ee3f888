import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitCommand } from '../../../resources/sandbox/agent/command-line.ts'
import {
  automaticChoice,
  needsShell,
  shellChoiceSchema,
  shellCommand,
  shellPrograms,
  systemOf,
} from '../../../src/contract/shell-command.ts'

describe('The command of a session', () => {
  test('looks for the best shell with one program that every image with a shell has', () => {
    const command = shellCommand(automaticChoice, 'linux')
    expect(splitCommand(command)).toEqual([
      '/bin/sh',
      '-c',
      'exec $(command -v bash || command -v ash || echo sh)',
    ])
    // It is what people read in CloudTrail for every session.
    expect(command.length).toBeLessThan(80)
    expect(shellCommand(automaticChoice, 'windows')).toBe('powershell.exe')
  })

  test('is one plain program for a shell that was named', () => {
    for (const system of ['linux', 'windows'] as const)
      for (const program of shellPrograms(system))
        expect(splitCommand(shellCommand({ kind: 'program', program }, system))).toHaveLength(1)
  })

  test('is what somebody typed, as they typed it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 200 }), (command) => {
        const choice = shellChoiceSchema.parse({ kind: 'custom', command })
        expect(shellCommand(choice, 'linux')).toBe(command.trim())
      }),
    )
  })
})

test.each([
  ['ls -la /', undefined],
  ["sh -c 'a && b | c > $D'", undefined],
  ['echo "a; b"', undefined],
  ['rails console', undefined],
  ['echo \\$HOME', undefined],
  ['cd /app && ls', '&, | and ;'],
  ['ps | grep java', '&, | and ;'],
  ['echo a > /tmp/a', '< and >'],
  ['echo $HOME', 'variables'],
  ['ls *.log', 'file patterns'],
])('%j: what would need a shell is %s', (command, word) => {
  expect(needsShell(command)).toBe(word)
})

test.each([
  [undefined, 'linux'],
  ['LINUX', 'linux'],
  ['Linux', 'linux'],
  ['WINDOWS_SERVER_2022_CORE', 'windows'],
  ['Windows_Server_2019_Full', 'windows'],
])('a task of %s runs on %s', (platformFamily, system) => {
  expect(systemOf(platformFamily)).toBe(system)
})

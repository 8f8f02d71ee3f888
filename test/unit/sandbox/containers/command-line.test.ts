import fc from 'fast-check'
import { expect, test } from 'vitest'
import { resolveProgram, splitCommand } from '../../../../resources/sandbox/agent/command-line.ts'

test.each([
  ['/bin/sh', ['/bin/sh']],
  ['  ls   -la\t/ ', ['ls', '-la', '/']],
  [`sh -c 'ls && pwd'`, ['sh', '-c', 'ls && pwd']],
  [`echo "a \\"b\\" c" d\\ e`, ['echo', 'a "b" c', 'd e']],
  [`echo '' "" x''y`, ['echo', '', '', 'xy']],
  [`echo 'it'\\''s'`, ['echo', "it's"]],
  ['echo $HOME | cat', ['echo', '$HOME', '|', 'cat']],
  ['ls # not this', ['ls']],
  ['ls a#b', ['ls', 'a#b']],
])('%s is split like a shell does', (command, words) => {
  expect(splitCommand(command)).toEqual(words)
})

test.each([
  [`sh 'open`, 'closing quote'],
  ['sh "open', 'closing quote'],
  ['sh \\', 'escape'],
  ['', 'empty'],
  ['# nothing', 'empty'],
])('%j is refused', (command, message) => {
  expect(() => splitCommand(command)).toThrow(message)
})

test('quoted words come back whole', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (words) => {
      const quoted = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`)
      expect(splitCommand(quoted.join(' '))).toEqual(words)
    }),
  )
})

test('a program is found on the path or named as the agent names it', () => {
  expect(resolveProgram(process.execPath, '')).toBe(process.execPath)
  expect(() => resolveProgram('/nowhere/sh', '')).toThrow('fork/exec /nowhere/sh: no such file or directory')
  expect(() => resolveProgram('/', '')).toThrow('fork/exec /: permission denied')
  expect(() => resolveProgram('nope', '/nowhere:/')).toThrow(
    'exec: "nope": executable file not found in $PATH',
  )
})

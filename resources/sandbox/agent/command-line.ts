import { accessSync, constants, statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Splits a command as the exec agent does: quotes and backslashes as in a
 * shell, no variables, no pipes, `#` starts a comment at the start of a word.
 * @throws {Error} when a quote is not closed or nothing is left to run
 */
export function splitCommand(command: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let index = 0; index < command.length; index++) {
    const character = command.charAt(index)
    if (quote === "'") {
      if (character === quote) quote = ''
      else word = (word ?? '') + character
    } else if (character === '\\') {
      index++
      if (index === command.length) throw new Error('EOF found after escape character')
      word = (word ?? '') + command.charAt(index)
    } else if (quote === '"') {
      if (character === quote) quote = ''
      else word = (word ?? '') + character
    } else if (character === "'" || character === '"') {
      quote = character
      word ??= ''
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (character === '#' && word === undefined) {
      break
    } else {
      word = (word ?? '') + character
    }
  }
  if (quote) throw new Error('EOF found when expecting closing quote')
  if (word !== undefined) words.push(word)
  if (words.length === 0) throw new Error('the command is empty')
  return words
}

/**
 * Where the program is, as execvp would find it.
 * @throws {Error} with the words of the agent's own runtime when there is none
 */
export function resolveProgram(name: string, searchPath: string): string {
  if (name.includes('/')) {
    const problem = whyNotExecutable(name)
    if (problem) throw new Error(`fork/exec ${name}: ${problem}`)
    return name
  }
  for (const folder of searchPath.split(':')) {
    const candidate = join(folder || '.', name)
    if (!whyNotExecutable(candidate)) return candidate
  }
  throw new Error(`exec: "${name}": executable file not found in $PATH`)
}

function whyNotExecutable(path: string): string | undefined {
  try {
    if (!statSync(path).isFile()) return 'permission denied'
  } catch {
    return 'no such file or directory'
  }
  try {
    accessSync(path, constants.X_OK)
    return undefined
  } catch {
    return 'permission denied'
  }
}

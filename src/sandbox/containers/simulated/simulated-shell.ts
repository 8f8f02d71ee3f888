import { FileError } from './memory-files.ts'
import {
  absolute,
  CommandError,
  type CommandResult,
  commands,
  type ShellState,
  withPath,
} from './simulated-commands.ts'

interface Word {
  text: string
  /** `|`, `>`, `>>`, `;`, `&&`, `||` outside quotes. */
  operator: boolean
}

/**
 * Runs one line in the way of a very small shell: quotes, variables, `;`, `&&`,
 * `||`, pipes and output into files.
 */
export function runLine(line: string, state: ShellState): CommandResult {
  let words: Word[]
  try {
    words = splitLine(line, state.environment)
  } catch (error) {
    return { output: `sh: ${error instanceof Error ? error.message : error}\n`, code: 2 }
  }
  let result: CommandResult = { output: '', code: 0 }
  let output = ''
  for (const { joint, pipeline } of splitAt(words, [';', '&&', '||'])) {
    if (
      pipeline.length === 0 ||
      (joint === '&&' && result.code !== 0) ||
      (joint === '||' && result.code === 0)
    )
      continue
    result = runPipeline(pipeline, state)
    output += result.output
    if (state.exitCode !== undefined) break
  }
  return { output, code: result.code }
}

function runPipeline(words: Word[], state: ShellState): CommandResult {
  let result: CommandResult = { output: '', code: 0 }
  let shown = ''
  for (const { pipeline } of splitAt(words, ['|'])) {
    const { output, shown: message, code } = runCommand(pipeline, result.output, state)
    shown += message
    result = { output, code }
  }
  return { output: shown + result.output, code: result.code }
}

/** `shown` is what goes to the terminal past any pipe, as standard error does. */
function runCommand(words: Word[], input: string, state: ShellState): CommandResult & { shown: string } {
  const redirection = words.findIndex((word) => word.operator)
  const [name = '', ...args] = (redirection < 0 ? words : words.slice(0, redirection)).map(
    (word) => word.text,
  )
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) return { output: '', shown: `sh: ${name}: not found\n`, code: 127 }
  try {
    const result = command(args, input, state)
    if (redirection < 0) return { ...result, shown: '' }
    const append = words[redirection]?.text === '>>'
    writeOutput(words[redirection + 1]?.text ?? '', result.output, append, state)
    return { output: '', shown: '', code: result.code }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    return { output: '', shown: `${name}: ${error.message}\n`, code: 1 }
  }
}

function writeOutput(path: string, text: string, append: boolean, state: ShellState): void {
  const target = absolute(state, path)
  withPath(path, () => {
    const before = append && state.files.kind(target) === 'file' ? state.files.readText(target) : ''
    if (path === '') throw new FileError('No such file or directory')
    state.files.write(target, new TextEncoder().encode(before + text))
  })
}

function splitAt(words: Word[], operators: string[]): { joint: string; pipeline: Word[] }[] {
  const parts: { joint: string; pipeline: Word[] }[] = [{ joint: ';', pipeline: [] }]
  for (const word of words) {
    if (word.operator && operators.includes(word.text)) parts.push({ joint: word.text, pipeline: [] })
    else parts.at(-1)?.pipeline.push(word)
  }
  return parts
}

/** @throws {Error} when a quote is not closed */
function splitLine(line: string, environment: Record<string, string>): Word[] {
  const words: Word[] = []
  const token = /\s+|#.*$|(>>|&&|\|\||[|>;])|((?:\\.|'[^']*'|"(?:\\.|[^"\\])*"|[^\s'"\\|>;&]|&(?!&))+)|(.)/gy
  for (const match of line.matchAll(token)) {
    const [, operator, word, stray] = match
    if (stray !== undefined) throw new Error(`syntax error near ${stray}`)
    if (operator !== undefined) words.push({ text: operator, operator: true })
    else if (word !== undefined) words.push({ text: expand(word, environment), operator: false })
  }
  return words
}

/** Takes the quotes off a word and puts variables in. */
function expand(word: string, environment: Record<string, string>): string {
  const variables = (text: string) =>
    text.replace(
      /\$(?:(\w+)|\{(\w+)\})/g,
      (_, plain?: string, braced?: string) => environment[plain ?? braced ?? ''] ?? '',
    )
  return word.replace(
    /\\(.)|'([^']*)'|"((?:\\.|[^"\\])*)"|([^\\'"]+)/g,
    (_, escaped?: string, single?: string, double?: string, plain?: string) =>
      escaped ??
      single ??
      (double !== undefined ? variables(double.replace(/\\(["\\$])/g, '$1')) : variables(plain ?? '')),
  )
}

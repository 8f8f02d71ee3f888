import { posix } from 'node:path'
import { FileError, type MemoryFiles } from './memory-files.ts'

/** What a command can see and change. */
export interface ShellState {
  files: MemoryFiles
  environment: Record<string, string>
  hostname: string
  /** The main process as a line for `ps`. */
  main: string
  folder: string
  /** Set by `exit`: the shell ends with this code. */
  exitCode?: number
}

export interface CommandResult {
  output: string
  code: number
}

export type Command = (args: string[], input: string, state: ShellState) => CommandResult

/** A mistake of the user; the shell shows it after the command's name. */
export class CommandError extends Error {}

const done = (output = ''): CommandResult => ({ output, code: 0 })

export const commands: Record<string, Command> = {
  cat: (args, input, state) =>
    done(args.length === 0 ? input : args.map((path) => read(state, path)).join('')),
  cd: (args, _input, state) => {
    const folder = absolute(state, args[0] ?? '/root')
    const kind = state.files.kind(folder)
    if (kind === undefined) throw new CommandError(`${args[0]}: No such file or directory`)
    if (kind === 'file') throw new CommandError(`${args[0]}: Not a directory`)
    state.folder = folder
    return done()
  },
  clear: () => done('\x1b[H\x1b[2J\x1b[3J'),
  date: () => done(`${new Date().toUTCString()}\n`),
  echo: (args) => {
    const [first, ...rest] = args
    return first === '-n' ? done(rest.join(' ')) : done(`${args.join(' ')}\n`)
  },
  env: (_args, _input, { environment }) =>
    done(
      Object.entries(environment)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    ),
  exit: (args, _input, state) => {
    state.exitCode = Number(args[0] ?? 0) & 0xff
    return done()
  },
  false: () => ({ output: '', code: 1 }),
  grep: (args, input, state) => {
    const [pattern, ...paths] = args.filter((word) => !word.startsWith('-'))
    if (pattern === undefined) throw new CommandError('a pattern is needed')
    const flags = args.filter((word) => word.startsWith('-')).join('')
    const needle = flags.includes('i') ? pattern.toLowerCase() : pattern
    const matches = linesOf(paths, input, state).filter((line) => {
      const hay = flags.includes('i') ? line.toLowerCase() : line
      return hay.includes(needle) !== flags.includes('v')
    })
    return { output: matches.map((line) => `${line}\n`).join(''), code: matches.length > 0 ? 0 : 1 }
  },
  head: (args, input, state) => {
    const { count, paths } = lineCount(args)
    return done(joined(linesOf(paths, input, state).slice(0, count)))
  },
  help: () => done(`Commands: ${Object.keys(commands).sort().join(' ')}\n`),
  hostname: (_args, _input, { hostname }) => done(`${hostname}\n`),
  id: () => done('uid=0(root) gid=0(root) groups=0(root)\n'),
  ls: (args, _input, state) => {
    const options = args.filter((word) => word.startsWith('-')).join('')
    const paths = args.filter((word) => !word.startsWith('-'))
    return done((paths.length === 0 ? ['.'] : paths).map((path) => listing(state, path, options)).join(''))
  },
  mkdir: (args, _input, state) => {
    for (const path of args.filter((word) => !word.startsWith('-'))) {
      withPath(path, () => state.files.makeFolder(absolute(state, path)))
    }
    return done()
  },
  ps: (_args, _input, { main }) =>
    done(`    PID TTY          TIME CMD\n      1 ?        00:00:00 ${main}\n     23 pts/0    00:00:00 sh\n`),
  pwd: (_args, _input, { folder }) => done(`${folder}\n`),
  rm: (args, _input, state) => {
    const options = args.filter((word) => word.startsWith('-')).join('')
    for (const path of args.filter((word) => !word.startsWith('-'))) {
      if (options.includes('f') && !state.files.kind(absolute(state, path))) continue
      withPath(path, () => state.files.remove(absolute(state, path), /[rR]/.test(options)))
    }
    return done()
  },
  sleep: () => done(),
  tail: (args, input, state) => {
    const { count, paths } = lineCount(args)
    return done(joined(linesOf(paths, input, state).slice(-count)))
  },
  true: () => done(),
  uname: (args, _input, { hostname }) =>
    done(args.length === 0 ? 'Linux\n' : `Linux ${hostname} simulated x86_64\n`),
  wc: (args, input, state) => {
    const text = args.filter((word) => !word.startsWith('-')).map((path) => read(state, path))
    return done(`${(text.length === 0 ? input : text.join('')).split('\n').length - 1}\n`)
  },
  whoami: () => done('root\n'),
}

export function absolute(state: ShellState, path: string): string {
  return posix.resolve(state.folder, path)
}

/** @throws {CommandError} naming the path */
export function withPath<T>(path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (error instanceof FileError) throw new CommandError(`${path}: ${error.message}`)
    throw error
  }
}

function read(state: ShellState, path: string): string {
  return withPath(path, () => state.files.readText(absolute(state, path)))
}

function linesOf(paths: string[], input: string, state: ShellState): string[] {
  const text = paths.length === 0 ? input : paths.map((path) => read(state, path)).join('')
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

function joined(lines: string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}

/** `-n 5`, `-n5` and `-5`; ten lines by default. */
function lineCount(args: string[]): { count: number; paths: string[] } {
  const paths = [...args]
  const option = paths[0]?.startsWith('-') ? paths.shift() : undefined
  if (option === undefined) return { count: 10, paths }
  const digits = option.replace(/^-n?/, '') || paths.shift() || ''
  const count = Number(digits)
  if (!Number.isInteger(count) || count < 0) throw new CommandError(`invalid number of lines: '${digits}'`)
  return { count, paths }
}

function listing(state: ShellState, path: string, options: string): string {
  const target = absolute(state, path)
  const kind = state.files.kind(target)
  if (kind === undefined) throw new CommandError(`cannot access '${path}': No such file or directory`)
  const all = kind === 'file' ? [path] : state.files.list(target)
  const names = options.includes('a') ? all : all.filter((name) => !name.startsWith('.') || kind === 'file')
  if (!options.includes('l')) return names.length > 0 ? `${names.join('  ')}\n` : ''
  return joined(
    names.map((name) => {
      const entry = kind === 'file' ? target : posix.join(target, name)
      if (state.files.kind(entry) === 'folder') return `drwxr-xr-x root root ${'4096'.padStart(8)} ${name}`
      return `-rw-r--r-- root root ${String(state.files.read(entry).byteLength).padStart(8)} ${name}`
    }),
  )
}

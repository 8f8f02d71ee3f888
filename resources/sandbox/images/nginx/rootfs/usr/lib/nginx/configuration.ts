import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** What this server understands of an nginx configuration. */
export interface ServerConfiguration {
  port: number
  root: string
  index: string[]
  locations: Location[]
  /** Page by status. */
  errorPages: Map<number, string>
}

export interface Location {
  /** `=` matches the whole path, otherwise the longest prefix wins. */
  exact: boolean
  path: string
  root?: string
  index?: string[]
  answer?: { status: number; body: string }
  accessLog: boolean
}

interface Directive {
  name: string
  values: string[]
  block?: Directive[]
  /** `file:line`, for messages. */
  at: string
}

/** Directives that take a block, and where they may stand. */
const blocks = new Map([
  ['events', 'main'],
  ['http', 'main'],
  ['server', 'http'],
  ['location', 'server'],
])

const understood = new Set(['include', 'listen', 'root', 'index', 'error_page', 'return', 'access_log'])

/** Real directives that change nothing here. */
const withoutEffect = new Set(
  `add_header client_max_body_size default_type error_log expires gzip gzip_types keepalive_timeout log_format pid
  sendfile server_name server_tokens tcp_nopush try_files types_hash_max_size user worker_connections worker_processes
  proxy_pass proxy_read_timeout proxy_set_header autoindex charset`.split(/\s+/),
)

/** A mistake in a configuration, in nginx's words. */
export class ConfigurationError extends Error {}

/** @throws {ConfigurationError} */
export function loadConfiguration(file: string): ServerConfiguration[] {
  const directives = parseFile(file, 'main')
  const http = directives.find((directive) => directive.name === 'http')
  return (http?.block ?? [])
    .filter(({ name }) => name === 'server')
    .map((server) => readServer(server.block ?? []))
}

function readServer(directives: Directive[]): ServerConfiguration {
  const errorPages = new Map<number, string>()
  for (const { values } of all(directives, 'error_page')) {
    for (const status of values.slice(0, -1)) errorPages.set(Number(status), values.at(-1) ?? '')
  }
  return {
    port: readPort(all(directives, 'listen')[0]),
    root: all(directives, 'root')[0]?.values[0] ?? '/usr/share/nginx/html',
    index: all(directives, 'index')[0]?.values ?? ['index.html'],
    locations: all(directives, 'location').map(readLocation),
    errorPages,
  }
}

function readPort(listen: Directive | undefined): number {
  if (!listen) return 80
  const port = Number(/(?:^|:)(\d+)$/.exec(listen.values[0] ?? '')?.[1])
  if (port >= 1 && port <= 65535) return port
  throw new ConfigurationError(
    `invalid port in "${listen.values[0] ?? ''}" of the "listen" directive in ${listen.at}`,
  )
}

function readLocation({ values, block = [] }: Directive): Location {
  const answer = all(block, 'return')[0]?.values
  return {
    exact: values[0] === '=',
    path: values.at(-1) ?? '/',
    root: all(block, 'root')[0]?.values[0],
    index: all(block, 'index')[0]?.values,
    answer: answer && { status: Number(answer[0]), body: answer[1] ?? '' },
    accessLog: all(block, 'access_log')[0]?.values[0] !== 'off',
  }
}

function all(directives: Directive[], name: string): Directive[] {
  return directives.filter((directive) => directive.name === name)
}

function parseFile(file: string, context: string): Directive[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    throw new ConfigurationError(`open() "${file}" failed (2: No such file or directory)`)
  }
  return new Parser(file, text).directives(context, false)
}

interface Token {
  text: string
  quoted: boolean
  line: number
}

class Parser {
  readonly #file: string
  readonly #tokens: Token[]
  readonly #lastLine: number
  #position = 0

  constructor(file: string, text: string) {
    this.#file = file
    this.#tokens = tokenize(text)
    this.#lastLine = text.split('\n').length
  }

  directives(context: string, inBlock: boolean): Directive[] {
    const directives: Directive[] = []
    for (;;) {
      const token = this.#tokens[this.#position++]
      if (!token) {
        if (inBlock) this.#fail('unexpected end of file, expecting "}"', this.#lastLine)
        return directives
      }
      if (isMark(token, '}')) {
        if (!inBlock) this.#fail('unexpected "}"', token.line)
        return directives
      }
      const directive = this.#directive(token, context)
      if (directive.name === 'include') directives.push(...included(directive, context))
      else directives.push(directive)
    }
  }

  #directive(name: Token, context: string): Directive {
    const at = `${this.#file}:${name.line}`
    const values: string[] = []
    for (;;) {
      const token = this.#tokens[this.#position++]
      if (!token) this.#fail('unexpected end of file, expecting ";" or "}"', this.#lastLine)
      if (isMark(token, '}')) this.#fail('unexpected "}"', token.line)
      const opensBlock = isMark(token, '{')
      if (!opensBlock && !isMark(token, ';')) {
        values.push(token.text)
        continue
      }
      const place = blocks.get(name.text)
      if (!place && !understood.has(name.text) && !withoutEffect.has(name.text)) {
        this.#fail(`unknown directive "${name.text}"`, name.line)
      }
      if (place && place !== context) this.#fail(`"${name.text}" directive is not allowed here`, name.line)
      if (place && !opensBlock) this.#fail(`directive "${name.text}" has no opening "{"`, name.line)
      if (!place && opensBlock) this.#fail(`directive "${name.text}" is not terminated by ";"`, name.line)
      return { name: name.text, values, at, block: place ? this.directives(name.text, true) : undefined }
    }
  }

  #fail(message: string, line: number): never {
    throw new ConfigurationError(`${message} in ${this.#file}:${line}`)
  }
}

function isMark(token: Token, mark: string): boolean {
  return token.text === mark && !token.quoted
}

function included({ values }: Directive, context: string): Directive[] {
  const pattern = values[0] ?? ''
  if (!pattern.includes('*')) return parseFile(pattern, context)
  const [start = '', end = ''] = basename(pattern).split('*')
  const names = readdirSync(dirname(pattern)).filter((name) => name.startsWith(start) && name.endsWith(end))
  return names.sort().flatMap((name) => parseFile(join(dirname(pattern), name), context))
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  const pattern = /#[^\n]*|"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|[{};]|(?:\\.|[^\s{};\\]|\$\{[^}]*\})+|\n/g
  let line = 1
  for (const match of text.matchAll(pattern)) {
    const quoted = match[1] ?? match[2]
    if (match[0] !== '\n' && !match[0].startsWith('#')) {
      tokens.push({
        text: quoted === undefined ? match[0] : withoutEscapes(quoted),
        quoted: quoted !== undefined,
        line,
      })
    }
    line += match[0].split('\n').length - 1
  }
  return tokens
}

function withoutEscapes(text: string): string {
  return text.replace(
    /\\(.)/g,
    (_, character: string) => ({ n: '\n', r: '\r', t: '\t' })[character] ?? character,
  )
}

/**
 * The sandbox's nginx: a small server of our own with the real one's command
 * line, configuration syntax, messages and log format.
 */
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { ConfigurationError, loadConfiguration } from './configuration.ts'
import { PageServer } from './page-server.ts'

/** Set by init: a socket that listens outside, as a task's port mapping does. `PORT` is the port that it leads to. */
const { PAGE_SOCKET: pageSocket, PORT: mappedPort } = process.env

const version = 'nginx/1.27.3'
const pidFile = '/run/nginx.pid'
const logFolder = '/var/log/nginx'
const errorLog = `${logFolder}/error.log`
const signals: Record<string, NodeJS.Signals> = {
  reload: 'SIGHUP',
  stop: 'SIGTERM',
  quit: 'SIGQUIT',
  reopen: 'SIGUSR1',
}

interface CommandLine {
  configuration: string
  showVersion: boolean
  test: boolean
  signal?: string
}

function parseCommandLine(words: string[]): CommandLine {
  const parsed: CommandLine = { configuration: '/etc/nginx/nginx.conf', showVersion: false, test: false }
  for (let index = 0; index < words.length; index++) {
    const option = words[index] ?? ''
    if (option === '-v' || option === '-V') parsed.showVersion = true
    else if (option === '-t') parsed.test = true
    else if (option === '-g') index++
    else if (option === '-c') parsed.configuration = words[++index] ?? ''
    else if (option === '-s') {
      parsed.signal = words[++index] ?? ''
      if (!(parsed.signal in signals)) refuse(`invalid option: "-s ${parsed.signal}"`)
    } else refuse(`invalid option: "${option}"`)
  }
  return parsed
}

function refuse(message: string): never {
  console.error(`nginx: ${message}`)
  process.exit(1)
}

function testConfiguration(file: string): void {
  try {
    loadConfiguration(file)
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    console.error(`nginx: [emerg] ${error.message}`)
    refuse(`configuration file ${file} test failed`)
  }
  console.error(`nginx: the configuration file ${file} syntax is ok`)
  console.error(`nginx: configuration file ${file} test is successful`)
}

function sendSignal(name: string): void {
  console.error(logLine('notice', 'signal process started'))
  let pid: number
  try {
    pid = Number(readFileSync(pidFile, 'utf8'))
  } catch {
    refuse(`[error] open() "${pidFile}" failed (2: No such file or directory)`)
  }
  try {
    process.kill(pid, signals[name])
  } catch {
    refuse(`[alert] kill(${pid}, ${name}) failed (3: No such process)`)
  }
}

function logLine(level: string, message: string): string {
  const time = new Date().toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ')
  return `${time} [${level}] ${process.pid}#${process.pid}: ${message}`
}

function log(level: string, message: string): void {
  const line = logLine(level, message)
  console.error(line)
  try {
    appendFileSync(errorLog, `${line}\n`)
  } catch {
    // As with the access log: the container's own log still has it.
  }
}

class Master {
  readonly #configurationFile: string
  #servers: PageServer[] = []

  constructor(configurationFile: string) {
    this.#configurationFile = configurationFile
  }

  async run(): Promise<void> {
    createLogs()
    await this.#apply()
    if (pageSocket !== undefined) this.#servePortMapping(Number(pageSocket))
    writeFileSync(pidFile, `${process.pid}\n`)
    process.on('SIGHUP', () => this.#reload())
    process.on('SIGTERM', () => this.#stop())
    process.on('SIGINT', () => this.#stop())
    process.on('SIGQUIT', () => this.#stop())
    // Log files are opened for each line, so there is nothing to reopen.
    process.on('SIGUSR1', () => log('notice', 'reopening logs'))
    log('notice', `${version}, ${this.#servers.length} server(s) ready`)
  }

  /** It stays through reloads: a server may leave the mapped port and come back to it. */
  #servePortMapping(descriptor: number): void {
    const outside = createServer((connection) => {
      const server = this.#servers.find(({ port }) => port === Number(mappedPort))
      if (server) server.take(connection)
      else connection.destroy()
    })
    outside.listen({ fd: descriptor })
  }

  /** A server whose port stays goes on without a gap. */
  async #apply(): Promise<void> {
    const configurations = loadConfiguration(this.#configurationFile)
    const next: PageServer[] = []
    for (const configuration of configurations) {
      const same = this.#servers.find((server) => server.port === configuration.port)
      const server = same ?? new PageServer(configuration)
      server.configure(configuration)
      if (!same) await server.listen()
      next.push(server)
    }
    const dropped = this.#servers.filter((server) => !next.includes(server))
    this.#servers = next
    await Promise.all(dropped.map((server) => server.close()))
  }

  /** As in nginx, a configuration with a mistake leaves the old one in force. */
  async #reload(): Promise<void> {
    log('notice', 'signal 1 (SIGHUP) received, reconfiguring')
    try {
      await this.#apply()
      log('notice', 'reconfigured')
    } catch (error) {
      log('emerg', problemText(error))
    }
  }

  #stop(): void {
    log('notice', 'exiting')
    rmSync(pidFile, { force: true })
    process.exit(0)
  }
}

function problemText(error: unknown): string {
  const { code, message, port } = error as NodeJS.ErrnoException & { port?: number }
  if (code === 'EADDRINUSE') return `bind() to 127.0.0.1:${port} failed (98: Address already in use)`
  if (code === 'EACCES') return `bind() to 127.0.0.1:${port} failed (13: Permission denied)`
  return message
}

/** So that `tail -f` finds them before the first request. */
function createLogs(): void {
  mkdirSync(logFolder, { recursive: true })
  for (const name of ['access.log', 'error.log']) appendFileSync(`${logFolder}/${name}`, '')
}

/** `ps` and `pgrep nginx` show what they show for the real one. */
function takeName(): void {
  process.title = 'nginx: master process nginx -g daemon off;'
  writeFileSync('/proc/self/comm', 'nginx')
}

const commandLine = parseCommandLine(process.argv.slice(2))
if (commandLine.showVersion) console.error(`nginx version: ${version}`)
else if (commandLine.test) testConfiguration(commandLine.configuration)
else if (commandLine.signal) sendSignal(commandLine.signal)
else {
  takeName()
  await new Master(commandLine.configuration).run().catch((error) => refuse(`[emerg] ${problemText(error)}`))
}

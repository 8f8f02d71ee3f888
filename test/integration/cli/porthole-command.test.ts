import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const program = path.resolve(import.meta.dirname, '../../../src/cli/porthole.ts')

let folder: string
const running = new Set<ChildProcess>()

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'porthole-cli-test-'))
})
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL')
  running.clear()
  await rm(folder, { recursive: true, force: true })
})

interface Run {
  child: ChildProcess
  /** Resolves with the first line on standard output. */
  firstLine: Promise<string>
  /** Standard error so far. */
  messages: () => string
  ended: Promise<{ code: number | null; output: string; messages: string }>
}

/** The command as a person would run it, with a home of its own. */
function run(args: string[], environment: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env.PATH, HOME: folder, TMPDIR: folder, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  let output = ''
  let messages = ''
  const { promise: firstLine, resolve } = Promise.withResolvers<string>()
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
    if (output.includes('\n')) resolve(output.slice(0, output.indexOf('\n')))
  })
  child.stderr.on('data', (chunk: Buffer) => {
    messages += chunk.toString()
  })
  const ended = once(child, 'close').then(([code]) => {
    running.delete(child)
    return { code: code as number | null, output, messages }
  })
  return { child, firstLine, messages: () => messages, ended }
}

describe('porthole web', () => {
  it('prints one JSON line when it can be used, and ends cleanly when told to', async () => {
    const { child, firstLine, ended } = run(['web', '--no-open'])
    const ready: unknown = JSON.parse(await firstLine)
    expect(ready).toEqual({
      event: 'ready',
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/),
    })
    child.kill('SIGTERM')
    const { code, output } = await ended
    expect(code).toBe(0)
    expect(output.trim().split('\n')).toHaveLength(1)
  })

  it('keeps its data in the given folder, readable by its owner only', async () => {
    const data = path.join(folder, 'data')
    const { child, firstLine, ended } = run(['web', '--no-open', '--data-folder', data])
    await firstLine
    await expect.poll(() => readdir(data).catch(() => [])).toContain('audit')
    expect((await stat(path.join(data, 'audit'))).mode & 0o077).toBe(0)
    child.kill('SIGTERM')
    await ended
  })

  it.each([
    [['web', '--port', '70000'], '--port takes a whole number from 0 to 65535, not "70000".'],
    [['web', '--prot', '1'], "Unknown option '--prot'."],
    [['start', '--tasks', 'many'], '--tasks takes a whole number from 1 to 100000, not "many".'],
  ])('refuses %j and says why', async (args, message) => {
    const { code, output, messages } = await run(args).ended
    expect(code).toBe(1)
    expect(messages).toContain(message)
    expect(messages).not.toContain('    at ')
    expect(output).toBe('')
  })

  it('names a port that is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    const { code, messages } = await run(['web', '--no-open', '--port', String(port)]).ended
    other.close()
    expect(code).toBe(1)
    expect(messages).toContain(`Port ${port} is in use by another program. Choose another with --port`)
  })

  it('says so when its data folder cannot be used, and goes on without a history', async () => {
    const file = path.join(folder, 'not-a-folder')
    await writeFile(file, '')
    const { child, firstLine, messages, ended } = run(['web', '--no-open', '--data-folder', file])
    const started = await Promise.race([firstLine.then(() => 'ready'), ended.then(() => messages())])
    expect(started).toBe('ready')
    await expect.poll(messages).toContain(`The audit history could not be written to ${file}/audit.`)
    expect(messages()).toContain('Check that the folder exists and that you may write to it.')
    child.kill('SIGTERM')
    expect((await ended).code).toBe(0)
  })

  it('lists its commands for a name it does not know', async () => {
    const { code, messages } = await run(['shell']).ended
    expect(code).toBe(2)
    expect(messages).toContain('porthole demo')
  })
})

describe('porthole web --demo', () => {
  it('brings its own AWS, and leaves neither process nor folder behind', { timeout: 90_000 }, async () => {
    const { child, firstLine, ended } = run(['web', '--demo', '--no-open'])
    expect(JSON.parse(await firstLine)).toMatchObject({ event: 'ready' })
    const during = await readdir(folder)
    expect(during.some((name) => name.startsWith('porthole-demo-'))).toBe(true)
    child.kill('SIGTERM')
    const { code } = await ended
    expect(code).toBe(0)
    expect((await readdir(folder)).filter((name) => name.startsWith('porthole-'))).toEqual([])
  })
})

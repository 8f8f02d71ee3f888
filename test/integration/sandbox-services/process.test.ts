import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, watch } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SandboxReady } from '../../../src/sandbox/sandbox.ts'

const run = promisify(execFile)
const hasAwsCli = spawnSync('aws', ['--version']).status === 0

let folder: string
let children: ChildProcess[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-process-'))
  children = []
})
afterEach(async () => {
  for (const child of children) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  }
  await rm(folder, { recursive: true, force: true })
})

/** The sandbox as `npm run sandbox` starts it; its temporary folders land in the test's own. */
function start(...flags: string[]) {
  const child = spawn(process.execPath, ['src/sandbox/main.ts', ...flags], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  children.push(child)
  const errors: Buffer[] = []
  child.stderr.on('data', (chunk) => errors.push(chunk))
  child.stdout.resume()
  const ended = once(child, 'exit').then(([code]) => ({ code, errors: Buffer.concat(errors).toString() }))
  return { child, ended }
}

async function startReady(...flags: string[]) {
  const readyFile = join(folder, 'ready.json')
  const watcher = watch(folder)
  const started = start('--port', '0', '--ready-file', readyFile, ...flags)
  const failed = started.ended.then(({ errors }) => {
    throw new Error(`The sandbox ended before it was ready: ${errors}`)
  })
  failed.catch(() => undefined)
  while (!existsSync(readyFile)) await Promise.race([once(watcher, 'change'), failed])
  watcher.close()
  const ready: SandboxReady = JSON.parse(await readFile(readyFile, 'utf8'))
  return { ...started, ready }
}

describe('the sandbox process', () => {
  it('says how to reach it, and leaves nothing behind after SIGTERM', async () => {
    const { child, ended, ready } = await startReady()
    expect(Object.keys(ready)).toEqual([
      'endpoint',
      'region',
      'startUrl',
      'accessKeyId',
      'secretAccessKey',
      'sample',
    ])
    expect(ready.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(ready.sample).toMatchObject({ cluster: 'web', service: 'storefront', container: 'nginx' })
    child.kill('SIGTERM')
    expect(await ended).toEqual({ code: 0, errors: '' })
    expect(await readdir(folder)).toEqual([])
  })

  it('that is killed leaves a folder, which the next one removes', async () => {
    const killed = await startReady()
    const leftOf = async (pid: number | undefined) =>
      (await readdir(folder)).filter((name) => name.includes(`-${pid}-`))
    expect(await leftOf(killed.child.pid)).toHaveLength(1)
    killed.child.kill('SIGKILL')
    await once(killed.child, 'exit')
    expect(await leftOf(killed.child.pid)).toHaveLength(1)
    await rm(join(folder, 'ready.json'))
    const next = await startReady()
    expect(await leftOf(killed.child.pid)).toEqual([])
    expect(await leftOf(next.child.pid)).toHaveLength(1)
  })

  it('two that start at once with no cache share what they make', async () => {
    const cache = join(folder, 'cache')
    const names = ['one.json', 'two.json'].map((name) => join(folder, name))
    const started = names.map((readyFile) =>
      start('--port', '0', '--ready-file', readyFile, '--cache', cache),
    )
    const failed = Promise.race(started.map(({ ended }) => ended)).then(({ errors }) => {
      throw new Error(`A sandbox ended before it was ready: ${errors}`)
    })
    failed.catch(() => undefined)
    const watcher = watch(folder)
    while (!names.every((name) => existsSync(name))) await Promise.race([once(watcher, 'change'), failed])
    watcher.close()
    const made = await readdir(cache)
    expect(made.filter((name) => name.includes('.'))).toEqual([])
    expect(made.length).toBe(new Set(made.map((name) => name.replace(/-[0-9a-f]{16}$/, ''))).size)
  })

  it('ends when its parent lets go of it', async () => {
    const { child, ended } = await startReady('--stay-with-parent')
    child.stdout?.destroy()
    child.stderr?.destroy()
    child.stdin?.end()
    expect((await ended).code).toBe(0)
    expect(await readdir(folder)).toEqual([])
  })

  it('ends when told to, although its parent holds on to it', async () => {
    const { child, ended } = await startReady('--stay-with-parent')
    child.kill('SIGTERM')
    expect(await ended).toEqual({ code: 0, errors: '' })
  })

  it('ends when the npm that started it was ended', async () => {
    const readyFile = join(folder, 'ready.json')
    const npm = spawn('npm', ['run', '--silent', 'sandbox', '--', '--port', '0', '--ready-file', readyFile], {
      env: { ...process.env, TMPDIR: folder },
      stdio: 'ignore',
    })
    children.push(npm)
    await expect.poll(() => existsSync(readyFile)).toBe(true)
    await expect.poll(() => readFile(readyFile, 'utf8')).toMatch(/}\s*$/)
    const { endpoint }: SandboxReady = JSON.parse(await readFile(readyFile, 'utf8'))
    npm.kill('SIGTERM')
    const answers = () =>
      fetch(endpoint).then(
        () => true,
        () => false,
      )
    await expect.poll(answers).toBe(false)
    // npm and Node may leave caches of theirs there.
    const sandboxFolders = async () => (await readdir(folder)).filter((name) => /-\d+-\w+$/.test(name))
    await expect.poll(sandboxFolders).toEqual([])
  })

  it('says which port is in use', async () => {
    const blocker = createServer().listen(0, '127.0.0.1')
    await once(blocker, 'listening')
    const address = blocker.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const { code, errors } = await start('--port', String(port)).ended
    blocker.close()
    expect(code).toBe(1)
    expect(errors).toBe(
      `Port ${port} on 127.0.0.1 is in use. Choose another with --port, or 0 for a free one.\n`,
    )
    expect(await readdir(folder)).toEqual([])
  })

  it.each([
    [['--port', 'x'], '--port takes a number from 0 to 65535, not "x".'],
    [['--tasks', '-1'], "Option '--tasks"],
    [['--colour'], "Unknown option '--colour'"],
    [
      ['--port', '0', '--ready-file', '/nowhere/at/all.json'],
      'The ready file /nowhere/at/all.json cannot be written',
    ],
  ])('refuses %j with a sentence', async (flags, sentence) => {
    const { code, errors } = await start(...flags).ended
    expect(code).toBe(1)
    expect(errors).toContain(sentence)
    expect(errors).not.toContain('    at ')
  })
})

describe('the AWS CLI', () => {
  it('lists clusters, services and tasks, and says who it is', async (context) => {
    if (!hasAwsCli) context.skip('There is no AWS CLI on the PATH.')
    const { ready } = await startReady('--tasks', '120')
    const env = {
      ...process.env,
      AWS_ACCESS_KEY_ID: ready.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ready.secretAccessKey,
      AWS_DEFAULT_REGION: ready.region,
      AWS_CONFIG_FILE: join(folder, 'no-config'),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'no-credentials'),
      AWS_EC2_METADATA_DISABLED: 'true',
    }
    const aws = async (...words: string[]) => {
      const { stdout } = await run('aws', ['--endpoint-url', ready.endpoint, '--output', 'json', ...words], {
        env,
      })
      return JSON.parse(stdout)
    }
    const [clusters, services, tasks, caller] = [
      await aws('ecs', 'list-clusters'),
      await aws('ecs', 'list-services', '--cluster', 'web'),
      await aws('ecs', 'list-tasks', '--cluster', 'fleet'),
      await aws('sts', 'get-caller-identity'),
    ]
    expect(clusters.clusterArns).toHaveLength(3)
    expect(services.serviceArns).toContain('arn:aws:ecs:eu-west-1:111122223333:service/web/storefront')
    expect(tasks.taskArns).toHaveLength(120)
    expect(caller.Arn).toBe('arn:aws:iam::111122223333:user/sandbox-operator')
  })
})

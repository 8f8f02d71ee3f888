import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningContainer } from '../../../src/sandbox/containers/container-runtime.ts'
import { cacheFolder, containerSpec, createNamespaceRuntime, run, script } from './containers.ts'

let runtime: Awaited<ReturnType<typeof createNamespaceRuntime>>
let container: RunningContainer

beforeAll(async () => {
  process.env.PORTHOLE_TEST_SECRET = 'secret-of-the-host'
  runtime = await createNamespaceRuntime()
  container = await runtime.start(containerSpec({ environment: { GREETING: 'hello' } }))
})

afterAll(async () => {
  delete process.env.PORTHOLE_TEST_SECRET
  await runtime[Symbol.asyncDispose]()
})

test('the root is one of its own, with the host detached', async () => {
  await expectOwnRoot(container)
  const { output } = await script(container, 'cat /proc/self/mountinfo; ls -A /')
  expect(output).not.toContain('/.host')
  expect(output).not.toContain(cacheFolder)
  expect(output).not.toContain(dirname(process.execPath))
  expect(output).not.toContain('ext4')
})

test('root inside is nobody outside', async () => {
  const { output } = await run(container, 'cat /proc/self/uid_map')
  const [inside, outside, count] = output.trim().split(/\s+/).map(Number)
  expect([inside, count]).toEqual([0, 1])
  expect(outside).toBe(process.getuid?.() === 0 ? 2_000_000_000 : process.getuid?.())
})

test('nothing of the host shows: home, root, this repository, credentials, environment', async () => {
  const paths = [homedir(), resolve('.'), dirname(process.execPath), '/etc/shadow', join(homedir(), '.aws')]
  const outside = paths.filter((path) => path !== '/root')
  const listed = await script(
    container,
    `ls -d ${outside.join(' ')}; ls -A /home /root /usr/local/* /sys /tmp; env`,
  )
  expect(listed.output.match(/No such file or directory/g)).toHaveLength(outside.length)
  expect(listed.output).toContain('GREETING=hello')
  expect(listed.output).not.toContain('secret-of-the-host')
  const environments = await script(container, 'cat /proc/[0-9]*/environ | tr "\\0" "\\n"')
  expect(environments.output).toContain('GREETING=hello')
  expect(environments.output).not.toContain('secret-of-the-host')
  expect(environments.output).not.toContain(process.cwd())
})

test('no file of the host is open in a session, nor the terminal of another session', async () => {
  const other = await container.exec('/bin/bash', { cols: 80, rows: 24 })
  const { output } = await script(
    container,
    'readlink /proc/$$/fd/* >/tmp/open; sort -u /tmp/open; readlink /proc/*/cwd /proc/*/root >/tmp/places; sort -u /tmp/places',
  )
  expect(output.trim().split('\n')).toEqual([expect.stringMatching(/^\/dev\/pts\/\d+$/), '/'])
  other.kill()
  await new Promise((done) => other.onExit(done))
})

test('the host runs on unseen: none of its processes can be found or signalled', async () => {
  const { output } = await script(container, `ps -ef; kill -0 ${process.pid}; kill -9 ${process.ppid}; true`)
  expect(output).not.toContain('vitest')
  expect(output).toMatch(/1 .*\/init/)
  expect(output.match(/No such process/g)).toHaveLength(2)
  // The runtime's own side is still there to say so.
  expect((await run(container, 'true')).code).toBe(0)
})

test('no device of the host can be mounted or made, no kernel setting changed, no namespace entered', async () => {
  const attempts = [
    'mkdir -p /mnt',
    'mount -t tmpfs none /mnt',
    'mount --bind / /mnt',
    'mount -t proc proc /mnt',
    'mount /dev/vda /mnt',
    'mount /dev/sda1 /mnt',
    'mknod /tmp/disk b 254 0',
    'umount /proc',
    'hostname elsewhere',
    'nsenter -t 1 -m true',
    'echo "|/bin/true" >/proc/sys/kernel/core_pattern',
    'echo 1 >/proc/sys/kernel/panic',
    'cat /proc/kcore',
    'chroot /proc/1/root ls /host /lost+found',
  ]
  const corePattern = await readFile('/proc/sys/kernel/core_pattern', 'utf8')
  for (const attempt of attempts.slice(1)) {
    const { code, output } = await script(container, `${attempts[0]}; ${attempt}`)
    expect(code, `${attempt}: ${output}`).not.toBe(0)
  }
  expect(await readFile('/proc/sys/kernel/core_pattern', 'utf8')).toBe(corePattern)
  expect((await run(container, 'cat /proc/sys/user/max_user_namespaces')).output.trim()).toBe('0')
  expect((await run(container, 'grep NoNewPrivs /proc/self/status')).output).toMatch(/1/)
})

test('what a container writes goes with it', async () => {
  const first = await runtime.start(containerSpec())
  await script(first, 'echo changed >/etc/motd; rm /usr/bin/less; echo x >>/etc/passwd; mkdir /srv')
  expect((await run(first, 'cat /etc/motd')).output).toBe('changed\n')
  await first.stop()
  await first.exited
  const second = await runtime.start(containerSpec())
  const { output } = await script(second, 'ls /etc/motd /srv; ls /usr/bin/less; tail -1 /etc/passwd')
  expect(output).toMatch(/motd.*No such file[\s\S]*srv.*No such file[\s\S]*^\/usr\/bin\/less$[\s\S]*nobody/m)
  await second.stop()
})

test('a container that has stopped says so', async () => {
  const stopped = await runtime.start(containerSpec({ id: 'gone' }))
  const shell = await stopped.exec('/bin/bash', { cols: 80, rows: 24 })
  const ended = new Promise((done) => shell.onExit(done))
  await stopped.stop()
  await ended
  await expect(stopped.exec('/bin/bash', { cols: 80, rows: 24 })).rejects.toThrow(
    'The container gone has stopped.',
  )
})

test("the host's local servers and abstract sockets are out of reach, and so is every other network", async () => {
  const name = `porthole-canary-${randomUUID()}`
  const local = createServer().listen(0, '127.0.0.1')
  const abstract = createServer().listen(`\0${name}`)
  await Promise.all([once(local, 'listening'), once(abstract, 'listening')])
  try {
    const address = local.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const connect = (target: string) => script(container, `exec 3<>/dev/tcp/${target}`)
    expect((await connect(`127.0.0.1/${port}`)).output).toContain('Connection refused')
    // Where a machine at AWS hands out its role's credentials.
    expect((await connect('169.254.169.254/80')).output).toContain('Network is unreachable')
    expect(await readFile('/proc/net/unix', 'utf8')).toContain(name)
    expect((await run(container, 'cat /proc/net/unix')).output).not.toContain(name)
    expect((await run(container, 'readlink /proc/self/ns/net')).output.trim()).not.toBe(
      await readlink('/proc/self/ns/net'),
    )
  } finally {
    local.close()
    abstract.close()
  }
})

test('no file of the agent, and no program that the cache holds, can be changed from inside', async () => {
  const files = await sharedFiles()
  const before = await Promise.all(files.map(fingerprint))
  const { output } = await script(
    container,
    'for file in /ecs-execute-command-*/*; do echo x >>"$file" || chmod 777 "$file" || rm -f "$file" || echo refused; done; ' +
      'echo x >>/usr/bin/true; chmod 4777 /usr/bin/false; rm /usr/bin/yes; ln /usr/bin/id /tmp/id; echo x >>/tmp/id',
  )
  expect(output.match(/^refused$/gm)?.length).toBeGreaterThan(5)
  expect(await Promise.all(files.map(fingerprint))).toEqual(before)
})

test('two containers do not see each other', async () => {
  const other = await runtime.start(containerSpec({ hostname: 'ip-10-0-9-9.internal' }))
  await script(other, 'echo mine >/tmp/mine; exec -a neighbour sleep 1000 >/dev/null 2>&1 </dev/null &')
  const { output } = await script(container, 'ls /tmp; ps -ef; hostname')
  expect(output).not.toMatch(/mine|neighbour|10-0-9-9/)
  await other.stop()
})

test('rm -rf / --no-preserve-root destroys nothing outside', async () => {
  const name = `.porthole-canary-${randomUUID()}`
  const temporary = await mkdtemp(join(tmpdir(), 'porthole-canary-'))
  const canaries = [
    join(temporary, name),
    join(homedir(), name),
    join(cacheFolder, name),
    resolve('test', name),
  ]
  try {
    for (const canary of canaries) await writeFile(canary, 'alive', { mode: 0o666 })
    const victim = await runtime.start(containerSpec())
    await expectOwnRoot(victim)
    await script(victim, 'rm -rf / --no-preserve-root')
    // Inside it was thorough.
    await expect(victim.exec('/bin/ls', { cols: 80, rows: 24 })).rejects.toThrow(/no such file or directory/)
    await victim.stop()
    for (const canary of canaries) expect(await readFile(canary, 'utf8')).toBe('alive')
    for (const path of [process.execPath, '/usr/bin/rm', '/dev/null', '/etc/passwd']) await stat(path)
    const fresh = await runtime.start(containerSpec())
    expect((await run(fresh, 'ls /')).output).toContain('etc')
    await fresh.stop()
  } finally {
    await rm(temporary, { recursive: true, force: true })
    for (const canary of canaries) await rm(canary, { force: true })
  }
})

/** The Node that runs this, which the agent's may be a hard link of, and what containers are made of. */
async function sharedFiles(): Promise<string[]> {
  // A name with a dot is the draft of another test process, and may go at any time.
  const folders = (await readdir(cacheFolder)).filter((name) => /^(agent|base|image)-[^.]+$/.test(name))
  const listed = await Promise.all(
    folders.map((folder) => readdir(join(cacheFolder, folder), { recursive: true, withFileTypes: true })),
  )
  const files = listed.flat().filter((entry) => entry.isFile())
  return [process.execPath, ...files.map((entry) => join(entry.parentPath, entry.name))]
}

async function fingerprint(file: string): Promise<string> {
  const { size, mode, uid, mtimeMs } = await stat(file)
  return `${file} ${size} ${mode} ${uid} ${mtimeMs}`
}

/** Comes before anything that destroys. */
async function expectOwnRoot(checked: RunningContainer): Promise<void> {
  const { output } = await script(
    checked,
    'stat -c %d /; grep " / / " /proc/self/mountinfo; readlink /proc/self/ns/mnt',
  )
  const [device, mount, namespace] = output.trim().split('\n')
  if (device === String((await stat('/')).dev)) throw new Error('The container has the root of the host')
  expect(mount).toContain(' porthole ')
  expect(namespace).not.toBe(await readlink('/proc/self/ns/mnt'))
}

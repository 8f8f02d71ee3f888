import { execFileSync } from 'node:child_process'
import { cp, mkdtemp, readdir, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureContainerTools, expectedTools } from '../../../src/sandbox/containers/container-tools.ts'
import { createContainerRuntime } from '../../../src/sandbox/containers/create-runtime.ts'
import { NamespaceRuntime } from '../../../src/sandbox/containers/namespace-runtime.ts'
import {
  cacheFolder,
  containerSpec,
  createNamespaceRuntime as createRealRuntime,
  imagesFolder,
  run,
  script,
  TerminalDriver,
} from './containers.ts'

/** The programs of this system without the tools that a small Debian lacks. */
let bareSystem: string

beforeAll(async () => {
  bareSystem = await mkdtemp(join(tmpdir(), 'porthole-bare-'))
  for (const folder of ['/usr/bin', '/usr/sbin']) {
    for (const name of await readdir(folder)) {
      if ([...expectedTools, 'vim', 'more', 'free'].includes(name)) continue
      await symlink(await realpath(join(folder, name)).catch(() => '/nowhere'), join(bareSystem, name)).catch(
        () => {},
      )
    }
  }
})

afterAll(() => rm(bareSystem, { recursive: true, force: true }))

test('a system that has the tools needs nothing else', async () => {
  const report = await ensureContainerTools({ cacheFolder, log: () => {}, programFolders: ['/usr/bin'] })
  expect([...report.fromHost, ...report.fromBusybox].sort()).toEqual([...expectedTools].sort())
  expect(report.missing).toEqual([])
})

test('on a system without them, vi, top, less and ps come from BusyBox and work', async () => {
  const programFolders = [bareSystem]
  const report = await ensureContainerTools({ cacheFolder, log: console.log, programFolders })
  expect(report).toMatchObject({ fromHost: [], fromBusybox: expectedTools, missing: [] })
  // A second time there is nothing to download.
  const again = await ensureContainerTools({ cacheFolder, log: (line) => expect.fail(line), programFolders })
  expect(again.busybox).toBe(report.busybox)

  const options = {
    imagesFolder,
    cacheFolder,
    log: () => {},
    now: Date.now,
    programFolders,
    busybox: report.busybox,
  }
  await using runtime = await NamespaceRuntime.create(options)
  const container = await runtime.start(containerSpec())
  expect(
    (await run(container, 'readlink -f /usr/bin/vi /usr/bin/top /usr/bin/less /usr/bin/ps')).output,
  ).toBe('/usr/bin/busybox\n'.repeat(4))
  expect((await run(container, 'ps')).output).toMatch(/sleep infinity/)

  const vi = await TerminalDriver.open(container, 'vi /tmp/note')
  await vi.until(/~[\s\S]*~/)
  vi.type('ihello\x1b')
  // A key that comes with the escape would be read as one with Alt.
  await vi.until(/- \/tmp\/note \[modified\]/i)
  vi.type(':wq\r')
  await vi.exited
  expect((await run(container, 'cat /tmp/note')).output).toBe('hello\n')

  const top = await TerminalDriver.open(container, 'top')
  await top.until(/PID.*COMMAND/)
  top.type('q')
  await top.exited

  const less = await TerminalDriver.open(container, `sh -c 'seq 1 1000 | less'`)
  await less.until(/\b20\n/)
  less.type('G')
  await less.until(/1000/)
  less.type('q')
  await less.exited
})

test('where BusyBox cannot be had, the report says what is missing and what to do', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'porthole-no-apt-'))
  const path = process.env.PATH
  try {
    process.env.PATH = empty
    const report = await ensureContainerTools({
      cacheFolder: empty,
      log: () => {},
      programFolders: [bareSystem],
    })
    // A static BusyBox of this system would do as well.
    if (report.busybox === undefined) {
      expect(report.missing).toEqual(expectedTools)
      expect(report.summary).toMatch(
        /^Containers will have no vi, top, less, ps: .*sudo apt-get install busybox-static$/,
      )
    }
    expect(await readdir(empty)).toEqual(report.busybox === undefined ? [] : ['busybox'])
  } finally {
    process.env.PATH = path
    await rm(empty, { recursive: true, force: true })
  }
})

test('on Linux the real runtime is chosen, with no word of simulation', async () => {
  const workFolder = await mkdtemp(join(tmpdir(), 'porthole-runtime-'))
  const log: string[] = []
  try {
    await using runtime = await createContainerRuntime({
      imagesFolder,
      workFolder,
      cacheFolder,
      log: (line) => log.push(line),
    })
    expect(runtime.kind).toBe('namespaces')
    expect(log).toEqual([])
  } finally {
    await rm(workFolder, { recursive: true, force: true })
  }
})

test('where namespaces are refused, containers are simulated and the log says why', async () => {
  const workFolder = await mkdtemp(join(tmpdir(), 'porthole-refused-'))
  const log: string[] = []
  try {
    await cp(dirname(imagesFolder), workFolder, { recursive: true })
    await writeFile(
      join(workFolder, 'namespaces/stage-sources.sh'),
      'echo "mount: permission denied" >&2; exit 1',
    )
    await using runtime = await createContainerRuntime({
      imagesFolder: join(workFolder, 'images'),
      workFolder,
      cacheFolder,
      log: (line) => log.push(line),
    })
    expect(runtime.kind).toBe('simulated')
    expect(log.join()).toMatch(/^Containers are simulated on this system: .*mount: permission denied$/)
    const container = await runtime.start(containerSpec())
    expect((await run(container, 'uname')).output).toBe('Linux\n')
  } finally {
    await rm(workFolder, { recursive: true, force: true })
  }
})

test('the unprivileged runtime works too', async () => {
  if (process.getuid?.() !== 0) return expect((await stat(cacheFolder)).uid).toBe(process.getuid?.())
  const folder = await mkdtemp(join(tmpdir(), 'porthole-unprivileged-'))
  try {
    execFileSync('chown', ['-R', '12345:12345', folder])
    const program = `
      import { NamespaceRuntime } from ${JSON.stringify(new URL('../../../src/sandbox/containers/namespace-runtime.ts', import.meta.url).href)}
      const runtime = await NamespaceRuntime.create(${JSON.stringify({ imagesFolder, cacheFolder: join(folder, 'cache') }).slice(0, -1)}, log: () => {}, now: Date.now })
      const container = await runtime.start({ id: 'x', hostname: 'x', image: 'tools', environment: {}, onLog: console.error })
      const process_ = await container.exec('cat /proc/self/uid_map', { cols: 80, rows: 24 })
      process_.onOutput((bytes) => process.stdout.write(bytes))
      await new Promise((done) => process_.onExit(done))
      await container.stop()
    `
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      uid: 12345,
      gid: 12345,
      cwd: '/',
      encoding: 'utf8',
      env: { PATH: process.env.PATH },
    })
    expect(output.trim().split(/\s+/)).toEqual(['0', '12345', '1'])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('a package is installed with apt, offline, and is gone with its container', async () => {
  await using runtime = await createRealRuntime()
  const container = await runtime.start(containerSpec())
  const installed = await script(container, 'apt-get update && apt-get install -y figurehead')
  expect(installed).toMatchObject({ code: 0, output: expect.stringContaining('Setting up figurehead') })
  expect((await run(container, 'figurehead land ahoy')).output).toContain('| land ahoy |')
  expect((await run(container, 'dpkg-query -W figurehead')).output).toMatch(/figurehead\s+1\.4\.0/)

  const fresh = await runtime.start(containerSpec())
  expect((await script(fresh, 'command -v figurehead || echo none')).output).toBe('none\n')
})

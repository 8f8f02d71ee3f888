import { execFileSync } from 'node:child_process'
import { access, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ErrorCode } from '../../../src/contract/errors.ts'
import { createSigningKey } from '../../../src/sandbox/services/plugin-site/signing-key.ts'
import { debWith, gzippedTar, type TarEntry } from '../../fixtures/archives.ts'
import {
  newerVersion,
  PluginFixture,
  packageFile,
  programOf,
  type TestPorthole,
  version,
} from './plugin-fixture.ts'

let fixture: PluginFixture
beforeEach(async () => {
  fixture = await PluginFixture.start()
})
afterEach(() => fixture[Symbol.asyncDispose]())

const failed = (code: ErrorCode, message: RegExp) =>
  expect.objectContaining({
    phase: 'failed',
    error: expect.objectContaining({ code, message: expect.stringMatching(message) }),
  })
const debPath = `${version}/${packageFile}`

/** Puts a signed package with these entries on the site, beside a good program. */
async function publishEntries(entries: TarEntry[], name = version): Promise<void> {
  const program: TarEntry = {
    name: './usr/local/sessionmanagerplugin/bin/session-manager-plugin',
    text: programOf(name).toString(),
  }
  const deb = debWith(await gzippedTar([program, ...entries]))
  fixture.site.put(`${name}/${packageFile}`, deb)
  fixture.site.put(`${name}/${packageFile}.sig`, await fixture.key.sign(deb))
}

/** Nothing was left of an install: no download, nothing unpacked. */
async function expectNoLeftovers({ own }: TestPorthole): Promise<void> {
  expect(await readdir(path.join(own.folder, 'staging'))).toEqual([])
  expect(await readdir(path.join(own.folder, 'downloads'))).toEqual([])
}

test('an offer, consent, and a plugin that sessions find', async () => {
  await fixture.publish(version)
  const porthole = fixture.porthole()
  expect((await porthole.finder.find()).status).toBe('missing')
  const offer = await porthole.service.offer()
  expect(offer).toMatchObject({
    version,
    isNews: true,
    proof: 'openpgp',
    folder: porthole.own.folderOf(version),
  })
  expect(offer.source).toMatch(/\/1\.2\.896\.0\/ubuntu_64bit\/session-manager-plugin\.deb$/)
  expect(fixture.site.requests.map(({ method }) => method)).toEqual(['HEAD'])

  expect(await porthole.install()).toEqual({ phase: 'installed', version })
  expect(porthole.steps).toEqual(['downloading', 'verifying', 'unpacking', 'trying', 'installed'])
  const last = porthole.states.findLast((state) => state.phase === 'running')
  expect(last).toMatchObject({ receivedBytes: offer.bytes, totalBytes: offer.bytes })
  expect(await porthole.finder.find()).toEqual({
    status: 'supported',
    path: porthole.own.programOf(version),
    version,
  })
  expect((await stat(porthole.own.programOf(version))).mode & 0o777).toBe(0o700)
  await expectNoLeftovers(porthole)
})

test('all that was found is shown with a verdict, and what is used', async () => {
  await fixture.publish(version)
  const bin = path.join(fixture.folder, 'bin')
  await mkdir(bin)
  await writeFile(path.join(bin, 'session-manager-plugin'), programOf('1.2.500.0'), { mode: 0o755 })
  const porthole = fixture.porthole({ environment: { PATH: `${bin}:/usr/bin:/bin` } })
  expect(await porthole.service.find()).toMatchObject({
    candidates: [
      {
        place: 'path',
        version: '1.2.500.0',
        verdict: 'too-old',
        reason: expect.stringMatching(/older than/),
      },
    ],
  })
  await porthole.install()
  expect(await porthole.service.find()).toMatchObject({
    candidates: [{ place: 'own', version, verdict: 'supported' }, { place: 'path' }],
    used: porthole.own.programOf(version),
    ownVersion: version,
  })
  expect(await porthole.service.remove()).toMatchObject({ candidates: [{ place: 'path' }] })
  expect(await porthole.service.find()).not.toHaveProperty('ownVersion', version)
  await expect(access(porthole.own.programOf(version))).rejects.toThrow()
})

describe('refusals name the reason and leave nothing behind', () => {
  test('a bad signature', async () => {
    await fixture.publish(version, programOf(version), await createSigningKey())
    const porthole = fixture.porthole()
    expect(await porthole.install()).toEqual(failed('PLUGIN_REFUSED', /not signed with the key/))
    await expectNoLeftovers(porthole)
    expect((await porthole.finder.find()).status).toBe('missing')
  })

  test('a package with one bit turned', async () => {
    await fixture.publish(version)
    const porthole = fixture.porthole()
    const { bytes = 0 } = await porthole.service.offer()
    fixture.site.setFaults({ path: debPath, bytes: Buffer.alloc(bytes, 1) })
    expect(await porthole.install()).toEqual(failed('PLUGIN_REFUSED', /not signed with the key/))
    await expectNoLeftovers(porthole)
  })

  test('another size than agreed to', async () => {
    await fixture.publish(version)
    const porthole = fixture.porthole()
    await porthole.service.offer()
    fixture.site.setFaults({ path: debPath, bytes: Buffer.alloc(1234) })
    expect(await porthole.install()).toEqual(failed('PLUGIN_REFUSED', /has 1234 bytes, not the \d+ that/))
    await expectNoLeftovers(porthole)
  })

  test('a file larger than a plugin can be', async () => {
    await fixture.publish(version)
    fixture.site.setFaults({ path: debPath, bytes: Buffer.alloc(65 * 1024 * 1024) })
    expect(await fixture.porthole().install()).toEqual(failed('PLUGIN_REFUSED', /larger than it may be/))
  })

  test.each<[string, TarEntry]>([
    ['a path that leads out', { name: '../../../../.bashrc', text: 'x' }],
    ['an absolute path', { name: '/etc/cron.d/x', text: 'x' }],
    ['a link that leads out', { name: 'usr/x', type: 'symlink', linkname: '/etc/passwd' }],
    ['a device', { name: 'dev/sda', type: 'block-device' }],
  ])('%s in a well signed archive', async (_, entry) => {
    await publishEntries([entry])
    const porthole = fixture.porthole()
    expect(await porthole.install()).toEqual(failed('PLUGIN_REFUSED', /is not unpacked/))
    await expectNoLeftovers(porthole)
  })

  test('an archive without the plugin in it', async () => {
    const deb = debWith(await gzippedTar([{ name: 'usr/other', text: 'x' }]))
    fixture.site.put(debPath, deb)
    fixture.site.put(`${debPath}.sig`, await fixture.key.sign(deb))
    expect(await fixture.porthole().install()).toEqual(failed('PLUGIN_REFUSED', /is not unpacked/))
  })

  test('an older plugin under a newer one’s name, well signed', async () => {
    await fixture.publish(version, programOf('1.2.800.0'))
    expect(await fixture.porthole().install()).toEqual(
      failed('PLUGIN_REFUSED', /is version 1\.2\.800\.0, not 1\.2\.896\.0/),
    )
  })

  test('a plugin that does not run here', async () => {
    await fixture.publish(version, Buffer.from('\x7fELF of another machine'))
    expect(await fixture.porthole().install()).toEqual(
      failed('PLUGIN_REFUSED', /does not run on this computer/),
    )
  })

  test('403', async () => {
    await fixture.publish(newerVersion)
    expect(await fixture.porthole().install()).toEqual(
      failed('PLUGIN_DOWNLOAD_FAILED', /no such file, or does not give it/),
    )
  })

  test('a version that must not be used, before anything is asked', async () => {
    await expect(fixture.porthole().service.install('1.2.889.0')).rejects.toThrow('must not be used')
    expect(fixture.site.requests).toEqual([])
  })
})

describe('an update', () => {
  async function installed(): Promise<TestPorthole> {
    await fixture.publish(version)
    const porthole = fixture.porthole()
    expect(await porthole.install()).toMatchObject({ phase: 'installed' })
    return porthole
  }

  test('is offered when VERSION names a newer one, and takes its place; the old one goes at the next start', async () => {
    const porthole = await installed()
    expect(await porthole.service.offer()).toMatchObject({ version, isNews: false })
    await fixture.publish(newerVersion)
    expect(await porthole.service.offer()).toMatchObject({
      version: newerVersion,
      isNews: true,
      replaces: version,
    })
    expect(await porthole.install(newerVersion)).toMatchObject({ phase: 'installed' })
    expect(await porthole.finder.find()).toMatchObject({ version: newerVersion })
    await access(porthole.own.programOf(version))

    const next = fixture.porthole()
    await next.service[Symbol.asyncDispose]()
    await expect(access(next.own.programOf(version))).rejects.toThrow()
    await access(next.own.programOf(newerVersion))
  })

  test.each([
    ['withdrawn', '1.2.889.0'],
    ['older than what is there', '1.2.800.0'],
    ['below the floor', '1.2.100.0'],
  ])('to a version that is %s is not offered', async (_, named) => {
    const porthole = await installed()
    fixture.site.put('latest/VERSION', `${named}\n`)
    expect(await porthole.service.offer()).toMatchObject({ version, isNews: false })
  })

  test('says so when VERSION is not one', async () => {
    const porthole = await installed()
    fixture.site.put('latest/VERSION', '<html>Sign in to the airport</html>')
    await expect(porthole.service.offer()).rejects.toThrow('does not say which version is the newest')
  })

  test.each([
    [
      'a bad signature',
      async () => fixture.publish(newerVersion, programOf(newerVersion), await createSigningKey()),
    ],
    ['a program that fails', () => fixture.publish(newerVersion, Buffer.from('#!/bin/sh\nexit 7\n'))],
    ['a path that leads out', () => publishEntries([{ name: '../x', text: '' }], newerVersion)],
  ])('with %s keeps what worked', async (_, publish) => {
    const porthole = await installed()
    await publish()
    expect(await porthole.install(newerVersion)).toMatchObject({ phase: 'failed' })
    expect(await porthole.finder.find()).toEqual({
      status: 'supported',
      path: porthole.own.programOf(version),
      version,
    })
    expect(execFileSync(porthole.own.programOf(version), { encoding: 'utf8' })).toBe(`${version}\n`)
  })
})

test('AWS has taken the pinned version back: the newest is offered instead', async () => {
  await fixture.publish(newerVersion)
  expect(await fixture.porthole().service.offer()).toMatchObject({ version: newerVersion, isNews: true })
})

test('cancelled: nothing is installed, and the next try goes on where it stopped', async () => {
  await fixture.publish(version)
  const porthole = fixture.porthole()
  await porthole.service.offer()
  fixture.site.setFaults({ path: debPath, pauseMilliseconds: 400, answers: 1 })
  const underWay = porthole.until((state) => state.phase === 'running' && state.receivedBytes > 0)
  await porthole.service.install(version)
  await underWay
  await porthole.service.cancel()
  expect(porthole.service.installation()).toEqual({ phase: 'none' })
  expect((await porthole.finder.find()).status).toBe('missing')
  expect(await porthole.install()).toEqual({ phase: 'installed', version })
  expect(fixture.site.requests.findLast(({ path: asked }) => asked === debPath)?.range).toMatch(
    /^bytes=[1-9]\d*-$/,
  )
})

test('cancelled when all had arrived: it is not downloaded once more', async () => {
  await fixture.publish(version, programOf(version, 'sleep 2'))
  const porthole = fixture.porthole()
  await porthole.service.offer()
  const trying = porthole.until((state) => state.phase === 'running' && state.step === 'trying')
  await porthole.service.install(version)
  await trying
  await porthole.service.cancel()
  expect(porthole.service.installation()).toEqual({ phase: 'none' })
  expect(await porthole.install()).toEqual({ phase: 'installed', version })
  const downloads = fixture.site.requests.filter(
    ({ method, path: asked }) => method === 'GET' && asked === debPath,
  )
  expect(downloads).toHaveLength(1)
})

test('what a crash left is gone after the next start, and what worked is not', async () => {
  await fixture.publish(version)
  const before = fixture.porthole()
  await before.install()
  await before.service[Symbol.asyncDispose]()
  const { folder } = before.own
  await mkdir(path.join(folder, 'staging', 'half'))
  await writeFile(path.join(folder, 'staging', 'half', 'session-manager-plugin'), 'half')
  await writeFile(path.join(folder, 'downloads', 'half.deb'), 'half')
  await mkdir(path.join(folder, 'versions', newerVersion))
  const after = fixture.porthole()
  await after.service[Symbol.asyncDispose]()
  await expectNoLeftovers(after)
  expect(await readdir(path.join(folder, 'versions'))).toEqual([version])
  expect((await readFile(path.join(folder, 'current'), 'utf8')).trim()).toBe(version)
})

test('two at once: the second waits for the first and then has nothing to do', async () => {
  await fixture.publish(version)
  const [one, other] = [fixture.porthole(), fixture.porthole()]
  fixture.site.setFaults({ path: debPath, pauseMilliseconds: 10, answers: 1 })
  const underWay = one.until((state) => state.phase === 'running' && state.receivedBytes > 0)
  const first = one.install()
  await underWay
  const second = other.install()
  expect(await first).toEqual({ phase: 'installed', version })
  expect(await second).toEqual({ phase: 'installed', version })
  expect(other.steps).toContain('waiting')
  expect(fixture.site.requests.filter(({ path: asked }) => asked === debPath)).toHaveLength(1)
})

describe('a folder that cannot be written', () => {
  test('says so and names it', async () => {
    await fixture.publish(version)
    const blocked = path.join(fixture.folder, 'blocked')
    await writeFile(blocked, 'a file where a folder should be')
    expect(await fixture.porthole({ dataFolder: blocked }).install()).toEqual(
      failed('STORAGE_UNWRITABLE', /The plugin could not be written to .*blocked/),
    )
  })

  test('because the disk is full', async ({ skip }) => {
    await fixture.publish(version)
    const disk = path.join(fixture.folder, 'disk')
    await mkdir(disk)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', disk], { stdio: 'ignore' })
    } catch {
      skip('This test mounts a small disk, which needs to be root.')
    }
    try {
      const porthole = fixture.porthole({ dataFolder: disk })
      expect(await porthole.install()).toEqual(failed('STORAGE_FULL', /no room is left/))
      await porthole.service[Symbol.asyncDispose]()
    } finally {
      execFileSync('umount', [disk])
    }
  })
})

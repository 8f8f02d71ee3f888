import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createPluginFinder } from '../../../src/core/plugin/find-plugin.ts'

let folder: string
let environment: { PATH: string }

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'porthole-find-plugin-'))
  environment = { PATH: '/usr/bin:/bin' }
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function install(name: string, script: string, mode = 0o755): Promise<string> {
  const bin = path.join(folder, name)
  await mkdir(bin, { recursive: true })
  const file = path.join(bin, 'session-manager-plugin')
  await writeFile(file, `#!/bin/sh\n${script}\n`)
  await chmod(file, mode)
  environment = { PATH: `${environment.PATH}:${bin}` }
  return file
}

const find = () => createPluginFinder({ environment, platform: 'linux' }).find()

describe('find', () => {
  test('a supported plugin on PATH', async () => {
    const file = await install('a', '[ "$1" = --version ] && echo 1.2.896.0')
    expect(await find()).toEqual({ status: 'supported', path: file, version: '1.2.896.0' })
  })

  test('passes over an old one for a newer one further down', async () => {
    await install('old', 'echo 1.2.500.0')
    const file = await install('new', 'echo 1.2.835.0')
    expect(await find()).toMatchObject({ status: 'supported', path: file })
  })

  test('names the first that is refused, and why', async () => {
    const file = await install('old', 'echo 1.2.688.0')
    await install('older', 'echo 1.0.0.0')
    expect(await find()).toEqual({
      status: 'unsupported',
      path: file,
      version: '1.2.688.0',
      reason: 'AWS withdrew version 1.2.688.0.',
    })
  })

  test.each([
    ['prints something else', 'echo hello', 'It does not print a version as the plugin does.'],
    ['fails', 'exit 3', 'It could not be started (3).'],
    ['floods', 'while :; do echo 0123456789abcdef; done', /could not be started|did not print/],
  ])('refuses a program that %s', async (_, script, reason) => {
    const file = await install('wrong', script)
    const search = await find()
    expect(search).toMatchObject({ status: 'unsupported', path: file })
    expect(search.status === 'unsupported' && search.reason).toMatch(reason)
  })

  test('a file that may not be run is no plugin', async () => {
    await install('plain', 'echo 1.2.896.0', 0o644)
    expect(await find()).toMatchObject({ status: 'missing' })
  })

  test('without any, says where it looked', async () => {
    const search = await find()
    expect(search.status === 'missing' && search.searched).toContain('/usr/local/sessionmanagerplugin/bin')
  })

  test('notices one that is installed or removed meanwhile, and asks it for its version once', async () => {
    const finder = createPluginFinder({ environment: { PATH: path.join(folder, 'late') }, platform: 'linux' })
    expect((await finder.find()).status).toBe('missing')
    const asked = path.join(folder, 'asked')
    const file = await install('late', `echo x >> ${asked}; echo 1.2.896.0`)
    await Promise.all([finder.find(), finder.find()])
    expect(await finder.find()).toMatchObject({ status: 'supported', path: file })
    expect(await readFile(asked, 'utf8')).toBe('x\n')
    await rm(file)
    expect((await finder.find()).status).toBe('missing')
  })
})

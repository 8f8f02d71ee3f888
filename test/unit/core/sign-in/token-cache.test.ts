import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../../src/core/clock.ts'
import {
  createTokenCache,
  type SsoToken,
  type TokenCache,
  tokenFileName,
} from '../../../../src/core/sign-in/token-cache.ts'

const token: SsoToken = {
  startUrl: 'https://corp.awsapps.com/start',
  region: 'us-east-1',
  accessToken: 'access-1',
  expiresAt: Date.UTC(2026, 10, 23, 12, 30, 15, 606),
  clientId: 'client',
  clientSecret: 'secret',
  registrationExpiresAt: Date.UTC(2027, 0, 1),
  refreshToken: 'refresh-1',
}

let folder: string
let cache: TokenCache
const file = () => join(folder, 'sso', 'cache', tokenFileName('corp'))

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'porthole-tokens-'))
  cache = createTokenCache(join(folder, 'sso', 'cache'), systemClock)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function writeToken(content: string): Promise<void> {
  await mkdir(join(folder, 'sso', 'cache'), { recursive: true })
  await writeFile(file(), content)
}

describe('Token cache', () => {
  test('uses the CLI’s file names', () => {
    expect(tokenFileName('my-sso')).toBe('0ad374308c5a4e22f723adf10145eafad7c4031c.json')
    expect(tokenFileName('https://my-sso-portal.awsapps.com/start')).toBe(
      'c7aaaf71fcc8777ae2475525ed049d39fe16c484.json',
    )
  })

  test('writes the CLI’s format, readable by nobody else, and leaves no other file', async () => {
    await cache.save('corp', token)
    expect(JSON.parse(await readFile(file(), 'utf8'))).toEqual({
      startUrl: 'https://corp.awsapps.com/start',
      region: 'us-east-1',
      accessToken: 'access-1',
      expiresAt: '2026-11-23T12:30:15Z',
      clientId: 'client',
      clientSecret: 'secret',
      registrationExpiresAt: '2027-01-01T00:00:00Z',
      refreshToken: 'refresh-1',
    })
    expect((await stat(file())).mode & 0o777).toBe(0o600)
    expect((await stat(join(folder, 'sso', 'cache'))).mode & 0o777).toBe(0o700)
    expect(await readdir(join(folder, 'sso', 'cache'))).toEqual([tokenFileName('corp')])
  })

  test('keeps fields of other tools, and no field of ours that is gone', async () => {
    await writeToken(JSON.stringify({ ...token, expiresAt: 'x', scopes: ['a'], '': 1 }))
    await cache.save('corp', { ...token, refreshToken: undefined })
    const content = JSON.parse(await readFile(file(), 'utf8'))
    expect(content).toMatchObject({ scopes: ['a'], '': 1, accessToken: 'access-1' })
    expect(content).not.toHaveProperty('refreshToken')
  })

  test.each(['2026-11-23T12:30:15Z', '2026-11-23T12:30:15.000Z', '2026-11-23T12:30:15UTC'])(
    'reads a time as %s',
    async (expiresAt) => {
      await writeToken(JSON.stringify({ startUrl: 'u', region: 'r', accessToken: 'a', expiresAt }))
      const reading = await cache.read('corp')
      expect(reading).toMatchObject({ token: { expiresAt: Date.UTC(2026, 10, 23, 12, 30, 15) } })
    },
  )

  test.each([
    ['torn', '{"startUrl": "https://corp", "accessToken": "very-sec'],
    ['empty', ''],
    ['something else', '[]'],
    ['without a token', '{"startUrl":"u","region":"r","expiresAt":"2026-11-23T12:30:15Z"}'],
    ['with a time that is none', '{"startUrl":"u","region":"r","accessToken":"very-sec","expiresAt":"soon"}'],
  ])('a file that is %s is a problem that names it and the step, without its content', async (_, content) => {
    await writeToken(content)
    const reading = await cache.read('corp')
    expect(reading).toMatchObject({
      state: 'unreadable',
      problem: { code: 'TOKEN_CACHE_UNREADABLE', action: expect.stringContaining('Sign in again') },
    })
    expect(JSON.stringify(reading)).toContain(file())
    expect(JSON.stringify(reading)).not.toContain('very-sec')
    await cache.save('corp', token)
    expect(await cache.read('corp')).toMatchObject({ state: 'present' })
  })

  test('a folder in its place is a problem, a missing folder is nobody signed in', async () => {
    expect(await cache.read('corp')).toEqual({ state: 'absent' })
    await mkdir(file(), { recursive: true })
    expect(await cache.read('corp')).toMatchObject({ state: 'unreadable' })
    await expect(cache.save('corp', token)).rejects.toMatchObject({ value: { code: 'STORAGE_UNWRITABLE' } })
    await expect(cache.remove('corp')).rejects.toMatchObject({ value: { code: 'STORAGE_UNWRITABLE' } })
    expect(await readdir(join(folder, 'sso', 'cache'))).toEqual([tokenFileName('corp')])
  })

  test('removes, also what is not there', async () => {
    await cache.save('corp', token)
    await chmod(file(), 0o400)
    await cache.remove('corp')
    await cache.remove('corp')
    expect(await cache.read('corp')).toEqual({ state: 'absent' })
  })
})

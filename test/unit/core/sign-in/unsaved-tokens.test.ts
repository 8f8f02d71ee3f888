import { beforeEach, describe, expect, test } from 'vitest'
import { PortholeError } from '../../../../src/contract/errors.ts'
import type { SsoToken, TokenCache, TokenReading } from '../../../../src/core/sign-in/token-cache.ts'
import { keepingUnsaved } from '../../../../src/core/sign-in/unsaved-tokens.ts'

const token = (accessToken: string): SsoToken => ({
  startUrl: 'https://corp.awsapps.com/start',
  region: 'us-east-1',
  accessToken,
  expiresAt: 1,
})

let file: TokenReading
let writable: boolean
let cache: TokenCache

beforeEach(() => {
  file = { state: 'absent' }
  writable = false
  cache = keepingUnsaved({
    read: async () => file,
    async save(_, saved) {
      if (!writable) throw new PortholeError({ code: 'STORAGE_FULL', message: 'The disk is full.' })
      file = { state: 'present', token: saved }
    },
    async remove() {
      file = { state: 'absent' }
    },
    removeFile: async () => {},
    locked: (_, work) => work(),
  })
})

describe('Tokens that could not be written', () => {
  test('serve from memory, and say so', async () => {
    file = { state: 'present', token: token('old') }
    await cache.save('corp', token('new'))
    expect(await cache.read('corp')).toMatchObject({
      token: { accessToken: 'new' },
      problem: { code: 'STORAGE_FULL', message: expect.stringContaining('until Porthole is closed') },
    })
  })

  test('give way to whoever signs in or out with the file meanwhile', async () => {
    await cache.save('corp', token('new'))
    file = { state: 'present', token: token('of the CLI') }
    expect(await cache.read('corp')).toEqual({ state: 'present', token: token('of the CLI') })
    file = { state: 'absent' }
    expect(await cache.read('corp')).toEqual({ state: 'absent' })
  })

  test('are forgotten at a sign-out, and when the file can be written again', async () => {
    await cache.save('corp', token('one'))
    await cache.remove('corp')
    expect(await cache.read('corp')).toEqual({ state: 'absent' })
    await cache.save('corp', token('two'))
    writable = true
    await cache.save('corp', token('three'))
    expect(await cache.read('corp')).toEqual({ state: 'present', token: token('three') })
  })
})

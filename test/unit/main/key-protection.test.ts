import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { protectKeys } from '../../../src/main/key-protection.ts'
import { temporaryFolder } from '../core/audit/audit-fixtures.ts'

type Keychain = Parameters<typeof protectKeys>[1]['keychain']

/** Turns every byte over, so that nothing of the text shows; as `secret` says, which is another in a keychain made anew. */
function keychainOf(
  secret: number,
  facts: Partial<{
    available: boolean
    backend: ReturnType<Keychain['getSelectedStorageBackend']>
    rotated: boolean
  }> = {},
) {
  const turned = (bytes: Buffer) => Buffer.from(bytes.map((byte) => byte ^ secret))
  return {
    isAsyncEncryptionAvailable: vi.fn(async () => facts.available ?? true),
    encryptStringAsync: vi.fn(async (text: string) => turned(Buffer.from(`keychain:${text}`))),
    decryptStringAsync: vi.fn(async (encrypted: Buffer) => {
      const text = turned(encrypted).toString('utf8')
      if (!text.startsWith('keychain:')) throw new Error('Error while decrypting')
      return { result: text.slice('keychain:'.length), shouldReEncrypt: facts.rotated ?? false }
    }),
    getSelectedStorageBackend: () => facts.backend ?? ('gnome_libsecret' as const),
  } satisfies Keychain
}

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => {
  folder[Symbol.dispose]()
  vi.useRealTimers()
})

const file = () => join(folder.path, 'wrapping-key')
const protect = (
  keychain: Keychain,
  { platform = 'linux', inFiles = false }: { platform?: NodeJS.Platform; inFiles?: boolean } = {},
) => protectKeys(folder.path, { keychain, platform, inFiles, log: () => {} })

it('makes a key once, which only the keychain can read', async () => {
  const first = await protect(keychainOf(0x55))
  expect(first).toMatchObject({ store: 'keychain', wrappingKey: expect.stringMatching(/^[\w+/]{43}=$/) })
  if (first.store !== 'keychain') return expect.fail('not in the keychain')
  expect(readFileSync(file(), 'utf8')).not.toContain(first.wrappingKey)
  expect(await protect(keychainOf(0x55))).toEqual(first)
})

it.each([
  ['there is no keychain', keychainOf(1, { available: false }), 'darwin'],
  ['Linux has none that deserves the name', keychainOf(1, { backend: 'basic_text' }), 'linux'],
  ['Electron does not know yet', keychainOf(1, { backend: 'unknown' }), 'linux'],
] as const)('leaves keys in files when %s', async (_case, keychain, platform) => {
  expect(await protect(keychain, { platform })).toEqual({ store: 'file' })
  expect(existsSync(file())).toBe(false)
})

it('asks for no backend where there is only one', async () => {
  expect(await protect(keychainOf(1, { backend: 'unknown' }), { platform: 'darwin' })).toMatchObject({
    store: 'keychain',
  })
})

it('gives the key for turning sealed files into plain ones, when a person wants files', async () => {
  expect(await protect(keychainOf(1), { inFiles: true })).toEqual({ store: 'file' })
  const made = await protect(keychainOf(1))
  expect(await protect(keychainOf(1), { inFiles: true })).toEqual({ ...made, store: 'file' })
})

it('never puts a new key in the place of one that the keychain does not open', async () => {
  await protect(keychainOf(0x55))
  const before = readFileSync(file(), 'utf8')
  expect(await protect(keychainOf(0x66))).toMatchObject({
    store: 'locked',
    action: expect.stringContaining(folder.path),
  })
  expect(readFileSync(file(), 'utf8')).toBe(before)
  writeFileSync(file(), 'torn')
  expect(await protect(keychainOf(0x55))).toMatchObject({ store: 'locked' })
  writeFileSync(file(), before)
  expect(await protect(keychainOf(0x55))).toMatchObject({ store: 'keychain' })
})

it('stores the key anew when the keychain has changed its own', async () => {
  const made = await protect(keychainOf(0x55))
  const rotated = keychainOf(0x55, { rotated: true })
  expect(await protect(rotated)).toEqual(made)
  expect(rotated.encryptStringAsync).toHaveBeenCalledOnce()
  expect(await protect(keychainOf(0x55))).toEqual(made)
})

it('uses files when a keychain cannot keep a first key, and does not wait for one that hangs', async () => {
  const failing = { ...keychainOf(1), encryptStringAsync: async () => Promise.reject(new Error('no')) }
  expect(await protect(failing)).toEqual({ store: 'file' })
  vi.useFakeTimers()
  const hanging = { ...keychainOf(1), isAsyncEncryptionAvailable: () => new Promise<boolean>(() => {}) }
  const protection = protect(hanging)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(await protection).toEqual({ store: 'file' })
})

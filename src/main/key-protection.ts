import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { SafeStorage } from 'electron'
import type { KeyProtection } from '../core/audit/integrity/key-files.ts'
import { writeAtomically } from '../core/files/write-atomically.ts'

/** A keychain may ask a person for a password; one that hangs must not keep shells from opening for ever. */
const keychainLimitMilliseconds = 60_000

/** For AES-256. */
const wrappingKeyBytes = 32

type Keychain = Pick<
  SafeStorage,
  'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync' | 'getSelectedStorageBackend'
>

/**
 * How the keys of the audit history are kept: under a key that Electron's
 * safeStorage has encrypted with the system's keychain, which lies beside them.
 * Where there is no keychain they stay files; where there was one, they are
 * never taken out of it unasked. After `app` is ready. Never rejects.
 *
 * On Linux without a keychain Electron encrypts under a password that everybody
 * knows (`basic_text`); that would only look like protection.
 */
export async function protectKeys(
  keyFolder: string,
  options: {
    keychain: Keychain
    platform: NodeJS.Platform
    inFiles: boolean
    log: (message: string) => void
  },
): Promise<KeyProtection> {
  const { keychain, inFiles, log } = options
  const file = path.join(keyFolder, 'wrapping-key')
  const exists = existsSync(file)
  try {
    if (exists) {
      const wrappingKey = await inTime(unwrap(keychain, file))
      return { store: inFiles ? 'file' : 'keychain', wrappingKey }
    }
    if (inFiles || !(await inTime(isKeychain(options)))) return { store: 'file' }
    return { store: 'keychain', wrappingKey: await inTime(makeKey(keychain, file)) }
  } catch (thrown) {
    log(`The keychain cannot be used: ${String(thrown)}`)
    // Nothing was sealed yet, so nothing is lost.
    if (!exists) return { store: 'file' }
    return {
      store: 'locked',
      message: 'This computer’s keychain does not give out the key of the audit history.',
      action: `Unlock the keychain, then start Porthole again. If the keychain was made anew, move ${keyFolder} away: the record can still be checked, but recordings made so far stay unreadable.`,
    }
  }
}

async function isKeychain(options: { keychain: Keychain; platform: NodeJS.Platform }): Promise<boolean> {
  const { keychain, platform } = options
  if (!(await keychain.isAsyncEncryptionAvailable())) return false
  if (platform !== 'linux') return true
  return !['basic_text', 'unknown'].includes(keychain.getSelectedStorageBackend())
}

async function makeKey(keychain: Keychain, file: string): Promise<string> {
  const wrappingKey = randomBytes(wrappingKeyBytes).toString('base64')
  await store(keychain, file, wrappingKey)
  // What cannot be read back must not seal anything.
  return unwrap(keychain, file)
}

async function store(keychain: Keychain, file: string, wrappingKey: string): Promise<void> {
  const encrypted = await keychain.encryptStringAsync(wrappingKey)
  await writeAtomically(file, `${encrypted.toString('base64')}\n`)
}

async function unwrap(keychain: Keychain, file: string): Promise<string> {
  const encrypted = Buffer.from(await readFile(file, 'utf8'), 'base64')
  const { result, shouldReEncrypt } = await keychain.decryptStringAsync(encrypted)
  if (Buffer.from(result, 'base64').length !== wrappingKeyBytes) throw new Error(`${file} is damaged.`)
  if (shouldReEncrypt) await store(keychain, file, result)
  return result
}

function inTime<Value>(work: Promise<Value>): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>()
  const late = setTimeout(
    () => reject(new Error('It did not answer in a minute.')),
    keychainLimitMilliseconds,
  )
  return Promise.race([work, promise]).finally(() => clearTimeout(late))
}

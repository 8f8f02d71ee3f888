import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { join } from 'node:path'
import { PortholeError } from '../../../contract/errors.ts'
import type { KeyStore } from '../../../contract/integrity.ts'
import { type Checkpoint, checkpointSchema } from './checkpoint.ts'
import { type KeyFiles, SealedFileBrokenError } from './key-files.ts'

/**
 * What is kept apart from the record, so that the record alone cannot be
 * exchanged: the key that signs, and how far the chain was known to reach.
 */
export interface CheckpointKeeper {
  /** Where all of it lies. */
  readonly store: KeyStore
  /** Made at first use. @throws {PortholeError} STORAGE_* */
  signingKey(): KeyObject
  /** 32 bytes; wraps the keys of recordings. Made at first use. @throws {PortholeError} STORAGE_*, AUDIT_UNAVAILABLE when damaged */
  masterKey(): Uint8Array
  /** Where the chain was last known to be; `unreadable` when something is there that is no checkpoint. */
  latest(): Checkpoint | 'unreadable' | undefined
  /** Takes the place of the one before. @throws {PortholeError} STORAGE_* */
  keep(checkpoint: Checkpoint): void
}

/** Where the key and the latest checkpoint of an audit folder are when nobody says otherwise: beside it. */
export function keyFolderBeside(auditFolder: string): string {
  return `${auditFolder.replace(/[/\\]+$/, '')}-keys`
}

/** For AES-256. */
const masterKeyBytes = 32

/** In the folder of the keys. */
export const signingKeyName = 'signing-key.pem'
const masterKeyName = 'master-key'
const checkpointName = 'latest-checkpoint.json'

/** In files, plain or sealed. All that throws also throws AUDIT_UNAVAILABLE when they are sealed and cannot be opened. */
export class FileCheckpointKeeper implements CheckpointKeeper {
  readonly #files: KeyFiles
  #key: KeyObject | undefined

  constructor(files: KeyFiles) {
    this.#files = files
  }

  get store(): KeyStore {
    return this.#files.store
  }

  signingKey(): KeyObject {
    this.#key ??= this.#storedKey() ?? this.#makeKey()
    return this.#key
  }

  masterKey(): Uint8Array {
    const text = this.#files.read(masterKeyName)
    if (text !== undefined) {
      const stored = Buffer.from(text, 'base64')
      if (stored.length === masterKeyBytes) return stored
      // A new one in its place would make every recording unreadable for good, also with a copy of the old one at hand.
      throw damagedMasterKey(join(this.#files.folder, masterKeyName))
    }
    const made = randomBytes(masterKeyBytes)
    this.#files.write(masterKeyName, `${made.toString('base64')}\n`)
    return made
  }

  latest(): Checkpoint | 'unreadable' | undefined {
    try {
      const text = this.#files.read(checkpointName)
      return text === undefined ? undefined : checkpointSchema.parse(JSON.parse(text))
    } catch (thrown) {
      if (thrown instanceof PortholeError && !(thrown instanceof SealedFileBrokenError)) throw thrown
      return 'unreadable'
    }
  }

  keep(checkpoint: Checkpoint): void {
    this.#files.write(checkpointName, `${JSON.stringify(checkpoint)}\n`)
  }

  /** A plain key that cannot be read any more is as good as none: the record then says that it changed. */
  #storedKey(): KeyObject | undefined {
    const text = this.#files.read(signingKeyName)
    if (text === undefined) return undefined
    try {
      const key = createPrivateKey(text)
      return key.asymmetricKeyType === 'ed25519' ? key : undefined
    } catch {
      return undefined
    }
  }

  #makeKey(): KeyObject {
    const { privateKey } = generateKeyPairSync('ed25519')
    this.#files.write(signingKeyName, privateKey.export({ type: 'pkcs8', format: 'pem' }) as string)
    return privateKey
  }
}

function damagedMasterKey(file: string): PortholeError {
  return new PortholeError({
    code: 'AUDIT_UNAVAILABLE',
    message: `The key of the recordings, ${file}, is damaged.`,
    action:
      'Put it back from a copy. If there is none, move the file away: recordings made so far stay unreadable.',
  })
}

/** The key that checks what `key` signed: SPKI in base64, as the ledger names it. */
export function publicKeyText(key: KeyObject): string {
  return createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64')
}

/** @returns `undefined` for what is no key */
export function publicKeyOf(text: string): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(text, 'base64'), type: 'spki', format: 'der' })
  } catch {
    return undefined
  }
}

/** SHA-256 of a public key, hexadecimal: short enough to compare by eye. */
export function keyFingerprint(publicKeyText: string): string {
  return createHash('sha256').update(Buffer.from(publicKeyText, 'base64')).digest('hex')
}

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PortholeError } from '../../../contract/errors.ts'
import { replaceFile } from '../../files/replace-file.ts'
import { storageProblem } from '../../files/storage-problem.ts'
import { type Checkpoint, checkpointSchema } from './checkpoint.ts'

/**
 * What is kept apart from the record, so that the record alone cannot be
 * exchanged: the key that signs, and how far the chain was known to reach.
 */
export interface CheckpointKeeper {
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

/** Files that only their owner can read. */
export class FileCheckpointKeeper implements CheckpointKeeper {
  readonly #folder: string
  readonly #keyFile: string
  readonly #checkpointFile: string
  #key: KeyObject | undefined

  constructor(folder: string) {
    this.#folder = folder
    this.#keyFile = join(folder, 'signing-key.pem')
    this.#checkpointFile = join(folder, 'latest-checkpoint.json')
  }

  signingKey(): KeyObject {
    this.#key ??= this.#storedKey() ?? this.#makeKey()
    return this.#key
  }

  masterKey(): Uint8Array {
    const file = join(this.#folder, 'master-key')
    if (existsSync(file)) {
      const stored = Buffer.from(readFileSync(file, 'utf8'), 'base64')
      if (stored.length === masterKeyBytes) return stored
      // A new one in its place would make every recording unreadable for good, also with a copy of the old one at hand.
      throw damagedMasterKey(file)
    }
    const made = randomBytes(masterKeyBytes)
    this.#write(file, `${made.toString('base64')}\n`)
    return made
  }

  latest(): Checkpoint | 'unreadable' | undefined {
    if (!existsSync(this.#checkpointFile)) return undefined
    try {
      return checkpointSchema.parse(JSON.parse(readFileSync(this.#checkpointFile, 'utf8')))
    } catch {
      return 'unreadable'
    }
  }

  keep(checkpoint: Checkpoint): void {
    this.#write(this.#checkpointFile, `${JSON.stringify(checkpoint)}\n`)
  }

  /** A key that cannot be read any more is as good as none: the record then says that it changed. */
  #storedKey(): KeyObject | undefined {
    try {
      const key = createPrivateKey(readFileSync(this.#keyFile))
      return key.asymmetricKeyType === 'ed25519' ? key : undefined
    } catch {
      return undefined
    }
  }

  #makeKey(): KeyObject {
    const { privateKey } = generateKeyPairSync('ed25519')
    this.#write(this.#keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }) as string)
    return privateKey
  }

  #write(file: string, text: string): void {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
      replaceFile(file, text)
    } catch (thrown) {
      throw storageProblem(thrown, 'The key and the checkpoint of the audit history', this.#folder)
    }
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

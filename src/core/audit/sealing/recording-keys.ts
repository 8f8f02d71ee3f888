import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import Database from 'better-sqlite3'
import { createPrivateFile } from '../../files/private-file.ts'

const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16

const schema = `
  CREATE TABLE IF NOT EXISTS recording_key(
    session_id TEXT PRIMARY KEY,
    -- Nonce, the key under the master key (AES-256-GCM), tag.
    wrapped BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;
`

/** The master key is not the one that these keys were wrapped with, or somebody changed them. */
export class KeyUnusableError extends Error {
  override readonly name = 'KeyUnusableError'
  readonly code = 'EBADMSG'

  constructor(sessionId: string) {
    super(`The key of recording ${sessionId} cannot be opened with the master key`)
  }
}

/**
 * One key per recording, wrapped by a master key that is kept elsewhere. A
 * destroyed key makes its recording unreadable for good, wherever copies of the
 * file are.
 */
export class RecordingKeys implements Disposable {
  readonly #database: Database.Database
  readonly #masterKey: Uint8Array

  /** @param masterKey 32 bytes */
  constructor(options: { file: string; masterKey: Uint8Array }) {
    createPrivateFile(options.file)
    this.#database = new Database(options.file)
    // No log beside the file that would keep what was deleted; deleted rows are overwritten with zeros.
    this.#database.pragma('journal_mode = TRUNCATE')
    this.#database.pragma('secure_delete = ON')
    // A recording whose key is lost with the power is lost too.
    this.#database.pragma('synchronous = FULL')
    this.#database.exec(schema)
    this.#masterKey = options.masterKey
  }

  /** A new key, on the disk when this returns. Throws SQLITE_CONSTRAINT when the recording has one. */
  create(sessionId: string): Uint8Array {
    const key = randomBytes(keyBytes)
    this.#database
      .prepare('INSERT INTO recording_key(session_id, wrapped) VALUES (?, ?)')
      .run(sessionId, this.#wrap(sessionId, key))
    return key
  }

  /** `undefined` when there is none. @throws {KeyUnusableError} */
  get(sessionId: string): Uint8Array | undefined {
    const wrapped = this.#database
      .prepare('SELECT wrapped FROM recording_key WHERE session_id = ?')
      .pluck()
      .get(sessionId)
    return Buffer.isBuffer(wrapped) ? this.#unwrap(sessionId, wrapped) : undefined
  }

  /** Does nothing when there is none. */
  destroy(sessionId: string): void {
    this.#database.prepare('DELETE FROM recording_key WHERE session_id = ?').run(sessionId)
  }

  [Symbol.dispose](): void {
    this.#database.close()
  }

  #wrap(sessionId: string, key: Uint8Array): Buffer {
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', this.#masterKey, nonce).setAAD(Buffer.from(sessionId))
    return Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()])
  }

  #unwrap(sessionId: string, wrapped: Buffer): Uint8Array {
    try {
      const nonce = wrapped.subarray(0, nonceBytes)
      const decipher = createDecipheriv('aes-256-gcm', this.#masterKey, nonce)
        .setAAD(Buffer.from(sessionId))
        .setAuthTag(wrapped.subarray(-tagBytes))
      return Buffer.concat([decipher.update(wrapped.subarray(nonceBytes, -tagBytes)), decipher.final()])
    } catch {
      throw new KeyUnusableError(sessionId)
    }
  }
}

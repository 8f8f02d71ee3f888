/// <reference path="./multiple-ciphers.d.ts" />
import type Database from 'better-sqlite3'
import EncryptedDatabase from 'better-sqlite3-multiple-ciphers'
import { createPrivateFile } from './private-file.ts'

/**
 * SQLite's cache of one such file, in KiB: a page that fell out of it is read
 * and decrypted again.
 */
const cacheKibibytes = 32 * 1024

/**
 * Opens an SQLite file of which every page is encrypted and authenticated
 * (ChaCha20-Poly1305), its log beside it too; made when absent, for its owner alone.
 *
 * @param key 32 bytes
 * @throws SQLITE_NOTADB when the file is no database, not encrypted, or under another key
 */
export function openEncryptedDatabase(
  file: string,
  key: Uint8Array,
  options: Database.Options = {},
): Database.Database {
  createPrivateFile(file)
  const database = new EncryptedDatabase(file, options)
  try {
    database.key(rawKey(key))
    database.pragma(`cache_size = -${cacheKibibytes}`)
    // Nothing has been read so far: a wrong key would show at the first statement of somebody else.
    database.pragma('schema_version')
    return database
  } catch (thrown) {
    database.close()
    throw thrown
  }
}

/** A key as the cipher takes it without deriving another from it. */
export function rawKey(key: Uint8Array): Buffer {
  return Buffer.from(`raw:${Buffer.from(key).toString('hex')}`)
}

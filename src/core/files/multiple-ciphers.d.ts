/** The package's own types cannot be reached through its `exports`; it is better-sqlite3 and two methods more. */
declare module 'better-sqlite3-multiple-ciphers' {
  import type Plain from 'better-sqlite3'

  export interface EncryptedDatabase extends Plain.Database {
    /** Must come before anything else is asked of the file. `raw:` and 64 hex digits: no key derivation. */
    key(key: Buffer): number
    /** Encrypts the whole file under another key, or a plain one for the first time. */
    rekey(key: Buffer): number
  }

  const Database: new (file: string, options?: Plain.Options) => EncryptedDatabase
  export default Database
}

import Database from 'better-sqlite3'
import { errorCode } from './error-code.ts'
import { createPrivateFile } from './private-file.ts'

/**
 * Takes what `file` stands for, for this holder alone, until disposed; undefined
 * while another one has it, in this process or any other.
 *
 * The lock is an exclusive transaction on an empty database: the operating
 * system lets go of it when the process dies, however it dies, so it can never
 * be stale.
 *
 * @throws whatever the file system says when the file cannot be made
 */
export function tryProcessLock(file: string): Disposable | undefined {
  let database: Database.Database | undefined
  try {
    createPrivateFile(file)
    database = new Database(file, { timeout: 0 })
    database.exec('BEGIN EXCLUSIVE')
  } catch (thrown) {
    database?.close()
    if (errorCode(thrown)?.startsWith('SQLITE_BUSY')) return undefined
    throw thrown
  }
  const held = database
  return { [Symbol.dispose]: () => void held.close() }
}

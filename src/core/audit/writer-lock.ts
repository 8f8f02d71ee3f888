import Database from 'better-sqlite3'
import { PortholeError } from '../../contract/errors.ts'
import { errorCode } from '../files/error-code.ts'
import { createPrivateFile } from './private-file.ts'
import { storageProblem } from './storage-problem.ts'

/**
 * Makes this the only process that writes to an audit folder, until disposed.
 *
 * The lock is an exclusive transaction on an empty database beside the ledger:
 * the operating system lets go of it when the process dies, however it dies, so
 * it can never be stale, and the ledger itself stays readable for others.
 *
 * @throws {PortholeError} AUDIT_UNAVAILABLE when another process has it,
 *   STORAGE_UNWRITABLE or STORAGE_FULL when the file cannot be made.
 */
export function acquireWriterLock(file: string): Disposable {
  let database: Database.Database | undefined
  try {
    createPrivateFile(file)
    database = new Database(file, { timeout: 0 })
    database.exec('BEGIN EXCLUSIVE')
  } catch (thrown) {
    database?.close()
    if (errorCode(thrown)?.startsWith('SQLITE_BUSY')) throw heldElsewhere(file, thrown)
    throw storageProblem(thrown, 'The audit history', file)
  }
  const held = database
  return { [Symbol.dispose]: () => void held.close() }
}

function heldElsewhere(file: string, cause: unknown): PortholeError {
  return new PortholeError(
    {
      code: 'AUDIT_UNAVAILABLE',
      message: 'The audit history is in use by another Porthole.',
      detail: file,
      action: 'Close the other Porthole, then try again.',
      retryable: true,
    },
    { cause },
  )
}

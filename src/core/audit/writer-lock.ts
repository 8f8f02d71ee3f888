import { PortholeError } from '../../contract/errors.ts'
import { tryProcessLock } from '../files/process-lock.ts'
import { storageProblem } from '../files/storage-problem.ts'

/**
 * Makes this the only process that writes to an audit folder, until disposed.
 * The lock is beside the ledger, which stays readable for others.
 *
 * @throws {PortholeError} AUDIT_UNAVAILABLE when another process has it,
 *   STORAGE_UNWRITABLE or STORAGE_FULL when the file cannot be made.
 */
export function acquireWriterLock(file: string): Disposable {
  const lock = lockOrExplain(file)
  if (lock !== undefined) return lock
  throw new PortholeError({
    code: 'AUDIT_UNAVAILABLE',
    message: 'The audit history is in use by another Porthole.',
    detail: file,
    action: 'Close the other Porthole, then try again.',
    retryable: true,
  })
}

function lockOrExplain(file: string): Disposable | undefined {
  try {
    return tryProcessLock(file)
  } catch (thrown) {
    throw storageProblem(thrown, 'The audit history', file)
  }
}

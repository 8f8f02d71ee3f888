import { type ErrorValue, PortholeError } from '../../../contract/errors.ts'
import { errorCode } from '../../files/error-code.ts'
import { storageProblem } from '../../files/storage-problem.ts'
import { isDamage } from './ledger-file.ts'

/** A file that could not be read was set aside, and a new chain begins. */
export function setAsideProblem(replaced: { file: string; reason: string }): ErrorValue {
  return {
    code: 'AUDIT_UNAVAILABLE',
    message: 'The earlier audit history could not be read. A new one was begun.',
    detail: `${replaced.file}: ${replaced.reason}`,
    action: 'Keep the file; the recordings are still in their folder.',
    retryable: false,
  }
}

/** The file is not where it was any more. */
export function movedProblem(file: string): PortholeError {
  return new PortholeError({
    code: 'AUDIT_UNAVAILABLE',
    message: 'The audit history was moved or deleted while Porthole was running.',
    detail: file,
    action: 'Put its folder back. Without it, restart Porthole to begin a new history.',
    retryable: true,
  })
}

/** An event could not be added. */
export function appendProblem(thrown: unknown, file: string): PortholeError {
  const code = errorCode(thrown) ?? ''
  if (isDamage(thrown) || code.startsWith('SQLITE_CONSTRAINT')) {
    return new PortholeError(
      {
        code: 'AUDIT_UNAVAILABLE',
        message: 'The audit history was changed by another program and cannot be continued.',
        detail: `${file}: ${String(thrown)}`,
        action: 'Restart Porthole.',
      },
      { cause: thrown },
    )
  }
  return storageProblem(thrown, 'The audit history', file)
}

import { PortholeError } from '../../contract/errors.ts'
import { isStorageFull } from './error-code.ts'

/**
 * The problem a person can act on when a write to `path` failed.
 * @param what names what could not be written, as the subject of a sentence: "The recording".
 */
export function storageProblem(thrown: unknown, what: string, path: string): PortholeError {
  if (thrown instanceof PortholeError) return thrown
  const detail = thrown instanceof Error ? thrown.message : String(thrown)
  if (isStorageFull(thrown)) {
    return new PortholeError(
      {
        code: 'STORAGE_FULL',
        message: `${what} could not be written: no room is left in ${path}.`,
        detail,
        action: 'Free some disk space.',
        retryable: true,
      },
      { cause: thrown },
    )
  }
  return new PortholeError(
    {
      code: 'STORAGE_UNWRITABLE',
      message: `${what} could not be written to ${path}.`,
      detail,
      action: 'Check that the folder exists and that you may write to it.',
      retryable: true,
    },
    { cause: thrown },
  )
}

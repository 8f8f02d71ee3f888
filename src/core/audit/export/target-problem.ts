import path from 'node:path'
import { PortholeError } from '../../../contract/errors.ts'
import { errorCode } from '../../files/error-code.ts'
import { storageProblem } from '../../files/storage-problem.ts'

/** What a person can do about an export that could not be written to `target`. */
export function targetProblem(thrown: unknown, target: string): PortholeError {
  if (thrown instanceof PortholeError) return thrown
  const known = causes[errorCode(thrown) ?? '']?.(path.dirname(target), path.basename(target))
  if (known === undefined) return storageProblem(thrown, 'The export', target)
  const detail = thrown instanceof Error ? thrown.message : String(thrown)
  return new PortholeError(
    { code: 'STORAGE_UNWRITABLE', ...known, detail, retryable: true },
    { cause: thrown },
  )
}

type Cause = (folder: string, name: string) => { message: string; action: string }

const noLeave: Cause = (folder) => ({
  message: `You may not write to ${folder}.`,
  action: 'Choose another folder, or get the right to write to this one.',
})
const noFolder: Cause = (folder) => ({
  message: `The folder ${folder} is not there any more.`,
  action: 'Choose another folder, or connect its disk again.',
})
const causes: Record<string, Cause> = {
  ENOENT: noFolder,
  ENOTDIR: noFolder,
  EACCES: noLeave,
  EPERM: noLeave,
  EROFS: (folder) => ({
    message: `${folder} is on a disk that is read-only.`,
    action: 'Choose a folder on another disk.',
  }),
  ENAMETOOLONG: (_folder, name) => ({
    message: `The name ${name.slice(0, 40)}… is too long for this disk.`,
    action: 'Choose a shorter name.',
  }),
}

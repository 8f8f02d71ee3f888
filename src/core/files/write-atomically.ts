import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { PortholeError } from '../../contract/errors.ts'
import { isStorageFull } from './error-code.ts'

/** Only the owner may read: these files hold tokens, or say which accounts somebody uses. */
const privateFileMode = 0o600
const privateFolderMode = 0o700

/**
 * Replaces a file as a whole: a reader sees the old text or the new one, never
 * half of it, also after a crash. Missing folders are made.
 *
 * @throws {PortholeError} STORAGE_FULL or STORAGE_UNWRITABLE, naming the file
 */
export async function writeAtomically(file: string, text: string): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.${randomUUID()}.tmp`)
  try {
    await mkdir(dirname(file), { recursive: true, mode: privateFolderMode })
    await writeAndSync(temporary, text)
    await rename(temporary, file)
  } catch (error) {
    await unlink(temporary).catch(() => {})
    throw storageError(file, error)
  }
}

async function writeAndSync(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', privateFileMode)
  try {
    await handle.writeFile(text)
    // Without this a power cut can leave the renamed file empty.
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function storageError(file: string, cause: unknown): PortholeError {
  const full = isStorageFull(cause)
  return new PortholeError(
    {
      code: full ? 'STORAGE_FULL' : 'STORAGE_UNWRITABLE',
      message: full ? `The disk is full: ${file} was not saved.` : `${file} could not be written.`,
      detail: cause instanceof Error ? cause.message : String(cause),
      action: full
        ? 'Free some space, then try again.'
        : `Make ${dirname(file)} writable for you, then try again.`,
      retryable: true,
    },
    { cause },
  )
}

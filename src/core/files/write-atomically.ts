import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { PortholeError } from '../../contract/errors.ts'
import { isStorageFull } from './error-code.ts'

/** Only the owner may read: these files hold tokens, or say which accounts somebody uses. */
const privateFileMode = 0o600
const privateFolderMode = 0o700

/**
 * Replaces a file as a whole: a reader sees the old text or the new one, never
 * half of it, also after a crash. Missing folders are made. A file that somebody
 * made read-only is left alone, although its folder would let us replace it.
 *
 * @throws {PortholeError} STORAGE_FULL or STORAGE_UNWRITABLE, naming the file
 */
export async function writeAtomically(file: string, text: string): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.${randomUUID()}.tmp`)
  try {
    await mkdir(dirname(file), { recursive: true, mode: privateFolderMode })
    await requireWritable(file)
    await writeAndSync(temporary, text)
    await rename(temporary, file)
  } catch (error) {
    await unlink(temporary).catch(() => {})
    throw storageError(file, error)
  }
}

const anyWriteBit = 0o222

/** Looks at the mode rather than trying: root may write everything. */
async function requireWritable(file: string): Promise<void> {
  const mode = await stat(file).then(
    (stats) => stats.mode,
    () => undefined,
  )
  if (mode !== undefined && (mode & anyWriteBit) === 0) throw new Error('The file is read-only.')
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
        : `Make it and ${dirname(file)} writable for you, then try again.`,
      retryable: true,
    },
    { cause },
  )
}

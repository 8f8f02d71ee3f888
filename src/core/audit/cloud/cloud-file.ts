import { existsSync } from 'node:fs'
import { PortholeError } from '../../../contract/errors.ts'
import { errorCode } from '../../files/error-code.ts'
import { storageProblem } from '../../files/storage-problem.ts'
import { CloudStore } from './cloud-store.ts'

export interface CloudFileParts {
  /** SQLite, encrypted, made at the first question. */
  file: string
  /** 32 bytes, from the master key of the audit history. @throws {PortholeError} when that cannot be read */
  key: () => Promise<Uint8Array>
}

/** The cloud file, opened when somebody asks for it: most runs of the app look at no task. */
export class CloudFile implements Disposable {
  readonly #parts: CloudFileParts
  #opening: Promise<CloudStore> | undefined
  #store: CloudStore | undefined
  #over = false

  constructor(parts: CloudFileParts) {
    this.#parts = parts
  }

  /** Whether anything was ever kept. */
  get exists(): boolean {
    return existsSync(this.#parts.file)
  }

  /** After a failure the next who asks tries again. @throws {PortholeError} AUDIT_UNAVAILABLE, STORAGE_* */
  async store(): Promise<CloudStore> {
    this.#opening ??= this.#open()
    try {
      return await this.#opening
    } catch (thrown) {
      this.#opening = undefined
      throw thrown
    }
  }

  [Symbol.dispose](): void {
    this.#over = true
    this.#store?.[Symbol.dispose]()
  }

  async #open(): Promise<CloudStore> {
    const key = await this.#parts.key()
    if (this.#over) throw new Error('The cloud file is closed.')
    this.#store = openCloudStore(this.#parts.file, key)
    return this.#store
  }
}

/** @throws {PortholeError} AUDIT_UNAVAILABLE without the key that it was written with, STORAGE_* */
export function openCloudStore(file: string, key: Uint8Array): CloudStore {
  try {
    return new CloudStore(file, key)
  } catch (thrown) {
    throw unreadable.has(errorCode(thrown) ?? '')
      ? keyMissing(file, thrown)
      : storageProblem(thrown, 'What CloudTrail says', file)
  }
}

/** A wrong key and a damaged page look the same: what comes out is not what was signed. */
const unreadable = new Set(['SQLITE_NOTADB', 'SQLITE_CORRUPT'])

function keyMissing(file: string, cause: unknown): PortholeError {
  return new PortholeError(
    {
      code: 'AUDIT_UNAVAILABLE',
      message: `What was read of CloudTrail, ${file}, cannot be opened: its key is missing, or it is damaged.`,
      action:
        'Put the folder audit-keys back from a copy. If there is none, move the file away: CloudTrail is read again for 90 days, and its files can be imported again.',
      detail: cause instanceof Error ? cause.message : String(cause),
      retryable: true,
    },
    { cause },
  )
}

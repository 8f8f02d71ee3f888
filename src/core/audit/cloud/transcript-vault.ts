import { createHash } from 'node:crypto'
import { RecordingKeys } from '../sealing/recording-keys.ts'
import { openFrame, sealFrame } from '../sealing/seal.ts'
import type { SealedTranscript, TranscriptRows } from './transcript-rows.ts'

export type StoredTranscript = Omit<SealedTranscript, 'sealed'> & {
  /** As they came, escape sequences and all. */
  content: Uint8Array
}

export interface TranscriptVaultParts {
  /** Of the keys, one per transcript. Made at first use. */
  keyFile: string
  /** What wraps them; lives with the audit history. @throws when that cannot be read */
  masterKey: () => Promise<Uint8Array>
  rows: () => Promise<TranscriptRows>
}

/** What was fetched of AWS's transcripts, encrypted on this disk as recordings are: each under a key of its own. */
export class TranscriptVault implements Disposable {
  readonly #parts: TranscriptVaultParts
  #keys: Promise<RecordingKeys> | undefined
  #over = false

  constructor(parts: TranscriptVaultParts) {
    this.#parts = parts
  }

  /** Undefined also for one that somebody changed on this disk, or whose key is gone: it can be fetched again. */
  async read(awsSessionId: string): Promise<StoredTranscript | undefined> {
    const row = (await this.#parts.rows()).get(awsSessionId)
    if (row === undefined) return undefined
    const { sealed, ...facts } = row
    try {
      const key = (await this.#openKeys()).get(awsSessionId)
      if (key === undefined) return undefined
      const content = openFrame(key, placeOf(awsSessionId), sealed)
      return sha256Of(content) === facts.sha256 ? { ...facts, content } : undefined
    } catch {
      return undefined
    }
  }

  /** Whatever is no UTF-8 in it is shown as such. */
  async text(awsSessionId: string): Promise<string | undefined> {
    const found = await this.read(awsSessionId)
    return found && Buffer.from(found.content).toString('utf8')
  }

  /** @throws when the disk or the audit history cannot be used */
  async keep({ content, ...facts }: StoredTranscript): Promise<void> {
    const keys = await this.#openKeys()
    const rows = await this.#parts.rows()
    const { awsSessionId } = facts
    // One that could not be opened any more gives way.
    keys.destroy(awsSessionId)
    const sealed = sealFrame(keys.create(awsSessionId), placeOf(awsSessionId), content)
    rows.put({ ...facts, sealed })
  }

  /** The key goes first: from then on the row says nothing, also in copies of the file. */
  async destroy(awsSessionId: string): Promise<void> {
    ;(await this.#openKeys()).destroy(awsSessionId)
    ;(await this.#parts.rows()).remove(awsSessionId)
  }

  [Symbol.dispose](): void {
    this.#over = true
    void this.#keys?.then((keys) => keys[Symbol.dispose]()).catch(() => {})
  }

  #openKeys(): Promise<RecordingKeys> {
    this.#keys ??= this.#open()
    this.#keys.catch(() => {
      this.#keys = undefined
    })
    return this.#keys
  }

  async #open(): Promise<RecordingKeys> {
    const masterKey = await this.#parts.masterKey()
    if (this.#over) throw new Error('The vault of transcripts is closed.')
    return new RecordingKeys({ file: this.#parts.keyFile, masterKey })
  }
}

export function sha256Of(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

function placeOf(awsSessionId: string) {
  return { sessionId: awsSessionId, frame: 0 }
}

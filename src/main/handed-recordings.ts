import { randomUUID } from 'node:crypto'
import { openAsBlob } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { ErrorValue } from '../contract/errors.ts'
import { handedRecordingsPath, largestRecordingBytes } from '../contract/recording-file.ts'
import type { ArrivedLink } from '../contract/window.ts'

/** As file systems allow it; no name that is shown is longer. */
const longestNameLength = 255

/**
 * Recordings that the system handed to the app because somebody opened them with
 * it. Main alone knows their paths: a page is told a name and an address, and
 * fetches the file there once. So a page reads what its person opened and nothing else.
 */
export class HandedRecordings {
  readonly #paths = new Map<string, string>()

  /** @param file absolute path, as the system says it */
  async hand(file: string): Promise<ArrivedLink> {
    const name = path.basename(file).slice(0, longestNameLength)
    const facts = await stat(file).catch(() => undefined)
    if (facts?.isFile() !== true) return { refused: refusal(name, 'cannot be read.') }
    if (facts.size > largestRecordingBytes) return { refused: refusal(name, 'is larger than 256 MB.') }
    const address = `${handedRecordingsPath}${randomUUID()}`
    this.#paths.set(address, file)
    return { recording: { name, address } }
  }

  /** The file of an address, the first time it is asked for. */
  async take(address: string): Promise<Blob | undefined> {
    const file = this.#paths.get(address)
    if (file === undefined) return undefined
    this.#paths.delete(address)
    try {
      return await openAsBlob(file)
    } catch {
      return undefined
    }
  }
}

function refusal(name: string, what: string): ErrorValue {
  return {
    code: 'FILE_REFUSED',
    message: `${name} ${what}`,
    action: 'Recordings of asciinema can be opened: .cast files, asciicast version 2 or 3.',
    retryable: false,
  }
}

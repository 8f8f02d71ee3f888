import { rm } from 'node:fs/promises'

/** Where the page asks its host for an export. */
export const downloadPrefix = '/exports/'

export interface Download {
  /** The taker removes it when it is through. */
  file: string
  /** What it should be called where it arrives. */
  name: string
}

/** Exports that wait for a page to fetch them. */
export interface Downloads {
  /** Once; nothing for an id that nobody waits for. */
  take(id: string): Download | undefined
}

export class WaitingDownloads implements Downloads, AsyncDisposable {
  readonly #waiting = new Map<string, Download>()

  /** @returns the path under which the page's host gives it out */
  add(id: string, download: Download): string {
    this.#waiting.set(id, download)
    return downloadPrefix + id
  }

  take(id: string): Download | undefined {
    const download = this.#waiting.get(id)
    this.#waiting.delete(id)
    return download
  }

  /** Nobody will fetch it any more; it holds recordings and does not stay behind. */
  async discard(id: string): Promise<void> {
    const download = this.take(id)
    if (download !== undefined) await rm(download.file, { force: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#waiting.keys()].map((id) => this.discard(id)))
  }
}

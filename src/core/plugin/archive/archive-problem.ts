/** Why an archive is not unpacked, as a sentence for people. It names entries, which are untrusted text. */
export class ArchiveProblem extends Error {
  override name = 'ArchiveProblem'
}

/** What an archive may hold at most. The plugin's own has 20 entries and 14 MB in it. */
export interface ArchiveLimits {
  entries: number
  /** Of everything in it, unpacked. */
  bytes: number
}

export const archiveLimits: ArchiveLimits = { entries: 1_000, bytes: 256 * 1024 * 1024 }

/** A file out of an archive. */
export interface ArchiveFile {
  /** With slashes, relative to the archive. */
  path: string
  bytes: Buffer
}

/** Counts what comes out of an archive against its limits. */
export class ArchiveMeter {
  readonly #limits: ArchiveLimits
  #entries = 0
  #bytes = 0

  constructor(limits: ArchiveLimits) {
    this.#limits = limits
  }

  /** @throws {ArchiveProblem} */
  countEntry(): void {
    this.#entries += 1
    if (this.#entries > this.#limits.entries)
      throw new ArchiveProblem(`The archive has more than ${this.#limits.entries} entries.`)
  }

  /** @throws {ArchiveProblem} */
  countBytes(count: number): void {
    this.#bytes += count
    if (this.#bytes > this.#limits.bytes)
      throw new ArchiveProblem(`The archive is larger than ${this.#limits.bytes} bytes when unpacked.`)
  }
}

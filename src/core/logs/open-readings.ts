import { randomUUID } from 'node:crypto'
import { viewClosed } from './log-view.ts'

/** More tabs than anybody has, and an end for a page that forgets to close. */
const readingsPerOwner = 50

/** What windows read at present, by id. A reading ends with its window. */
export class OpenReadings<Reading extends Disposable> implements Disposable {
  readonly #open = new Map<string, { owner: object; reading: Reading }>()

  /** @returns its id */
  add(owner: object, reading: Reading): string {
    const own = [...this.#open].filter(([, open]) => open.owner === owner)
    for (const [oldest] of own.slice(0, Math.max(0, own.length - readingsPerOwner + 1))) this.close(oldest)
    const id = randomUUID()
    this.#open.set(id, { owner, reading })
    return id
  }

  /** @throws {PortholeError} NOT_FOUND when it was closed */
  get(id: string): Reading {
    const open = this.#open.get(id)
    if (open) return open.reading
    throw viewClosed()
  }

  close(id: string): void {
    this.#open.get(id)?.reading[Symbol.dispose]()
    this.#open.delete(id)
  }

  closeOf(owner: object): void {
    for (const [id, open] of this.#open) if (open.owner === owner) this.close(id)
  }

  [Symbol.dispose](): void {
    for (const id of [...this.#open.keys()]) this.close(id)
  }
}

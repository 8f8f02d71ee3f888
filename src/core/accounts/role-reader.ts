/** As many as the portal's own queue lets through at once; more would only wait there, out of order. */
const readsAtOnce = 4

/** Reads the roles of accounts one after the other, those that somebody waits for first. */
export class RoleReader {
  readonly #read: (accountId: string) => Promise<boolean>
  readonly #changed: () => void
  #waiting: string[] = []
  readonly #running = new Set<string>()
  #done = 0

  /**
   * @param read gives false when there is no point in reading any other account
   * @param changed told whenever an account was read and whenever the reading ends
   */
  constructor({ read, changed }: { read: (accountId: string) => Promise<boolean>; changed: () => void }) {
    this.#read = read
    this.#changed = changed
  }

  /** Nothing when there is nothing to do. */
  get progress(): { done: number; total: number } | undefined {
    const left = this.#waiting.length + this.#running.size
    return left === 0 ? undefined : { done: this.#done, total: this.#done + left }
  }

  add(accountIds: readonly string[], { first }: { first: boolean }): void {
    const added = [...new Set(accountIds)].filter((id) => !this.#running.has(id))
    if (added.length === 0) return
    const others = this.#waiting.filter((id) => !added.includes(id))
    const known = new Set(this.#waiting)
    this.#waiting = first
      ? [...added, ...others]
      : [...this.#waiting, ...added.filter((id) => !known.has(id))]
    this.#changed()
    this.#next()
  }

  clear(): void {
    this.#waiting = []
  }

  #next(): void {
    while (this.#running.size < readsAtOnce) {
      const accountId = this.#waiting.shift()
      if (accountId === undefined) return
      this.#running.add(accountId)
      void this.#readOne(accountId)
    }
  }

  async #readOne(accountId: string): Promise<void> {
    const goOn = await this.#read(accountId)
    this.#running.delete(accountId)
    this.#done += 1
    if (!goOn) this.clear()
    if (this.progress === undefined) this.#done = 0
    this.#changed()
    this.#next()
  }
}

import type { LogLine } from '../../contract/logs.ts'
import type { OlderPage } from './log-reader.ts'

interface Lane {
  readonly read: () => Promise<OlderPage>
  /** Oldest first; given out from its end. */
  lines: LogLine[]
  complete: boolean
}

/**
 * Streams merged backwards in time. A line is given out only when no stream can
 * still have a newer one, so each batch joins the last one without a gap.
 */
export class OlderMerge {
  readonly #lanes: Lane[]

  /** @param reads for each stream: its next page, resolving with `complete` when it cannot be read */
  constructor(reads: readonly (() => Promise<OlderPage>)[]) {
    this.#lanes = reads.map((read) => ({ read, lines: [], complete: false }))
  }

  /** Whether every line of the range was given out. */
  get complete(): boolean {
    return this.#lanes.every(({ lines, complete }) => complete && lines.length === 0)
  }

  /** The next lines going back, oldest first; fewer when a stream needs longer to find its own. */
  async take(count: number): Promise<LogLine[]> {
    const taken: LogLine[] = []
    while (taken.length < count && (await this.#refill())) {
      // Until a lane runs dry, nothing has to be asked.
      while (taken.length < count && this.#canGive()) {
        const line = this.#latest()?.lines.pop()
        if (line === undefined) return taken.reverse()
        taken.push(line)
      }
    }
    return taken.reverse()
  }

  /** Makes sure that every lane has a line or none left. False when one still looks for its own. */
  async #refill(): Promise<boolean> {
    const dry = this.#lanes.filter(({ lines, complete }) => lines.length === 0 && !complete)
    await Promise.all(
      dry.map(async (lane) => {
        const page = await lane.read()
        lane.lines = page.lines
        lane.complete = page.complete
      }),
    )
    return this.#canGive() && !this.complete
  }

  #canGive(): boolean {
    return this.#lanes.every(({ lines, complete }) => lines.length > 0 || complete)
  }

  #latest(): Lane | undefined {
    let latest: Lane | undefined
    for (const lane of this.#lanes) {
      const at = lane.lines.at(-1)?.at
      if (at !== undefined && at >= (latest?.lines.at(-1)?.at ?? 0)) latest = lane
    }
    return latest
  }
}

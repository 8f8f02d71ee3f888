import type { CastEvent } from './asciicast.ts'
import { EscapeScanner } from './escape-scanner.ts'

export interface OutputHit {
  /** When the output that ends it was shown, in milliseconds. */
  readonly at: number
  /** Hits of the same search after it and of the same moment: how many to step over from the end of the screen. */
  readonly later: number
}

/** One step of a search or of reading: a few milliseconds on a slow computer. */
const blockLength = 256 * 1024

/** More than anyone steps through; a single letter in 50 MB would find millions. */
export const mostHits = 9999

const specialInPatterns = /[\\^$.*+?()[\]{}|]/g

interface Block {
  text: string
  /** Per output in it: where its text ends in the block, and the event it came from. */
  readonly ends: number[]
  readonly events: number[]
}

/**
 * The output of a recording as plain text, for searching all of it and not just
 * what the screen still holds. Escape sequences are left out, so a word that is
 * half coloured is found.
 */
export class OutputText {
  readonly #events: readonly CastEvent[]
  readonly #scanner = new EscapeScanner()
  readonly #blocks: Block[] = []
  #read = 0

  /** @param events may grow; what is new is read by the next search */
  constructor(events: readonly CastEvent[]) {
    this.#events = events
  }

  /**
   * Finds a text, whatever its case, in the order in which it was shown. Yields
   * between blocks, so that the caller can let the page draw; returns the hits.
   */
  *find(query: string): Generator<undefined, OutputHit[]> {
    yield* this.#readOn()
    const found: number[] = []
    if (query !== '') {
      for (const [index, block] of this.#blocks.entries()) {
        const before = this.#blocks[index - 1]
        this.#findInBlock(query, before, block, found)
        if (found.length >= mostHits) break
        yield
      }
    }
    return withLater(found)
  }

  #findInBlock(query: string, before: Block | undefined, block: Block, found: number[]): void {
    // A hit may begin in the block before; none fits into the overlap alone.
    const overlap = query.length > 1 ? (before?.text.slice(1 - query.length) ?? '') : ''
    const text = overlap + block.text
    const pattern = new RegExp(query.replace(specialInPatterns, '\\$&'), 'gi')
    let output = 0
    for (let hit = pattern.exec(text); hit !== null && found.length < mostHits; hit = pattern.exec(text)) {
      const end = hit.index + hit[0].length - overlap.length
      while ((block.ends[output] ?? Number.POSITIVE_INFINITY) < end) output += 1
      found.push(this.#events[block.events[output] ?? 0]?.at ?? 0)
    }
  }

  *#readOn(): Generator<undefined, void> {
    let since = 0
    for (; this.#read < this.#events.length; this.#read += 1) {
      const event = this.#events[this.#read]
      if (event?.kind !== 'output') continue
      const plain = this.#scanner.plain(event.text)
      if (plain !== '') this.#add(plain, this.#read)
      since += event.text.length
      if (since < blockLength) continue
      since = 0
      yield
    }
  }

  #add(plain: string, event: number): void {
    let block = this.#blocks.at(-1)
    if (block === undefined || block.text.length >= blockLength) {
      block = { text: '', ends: [], events: [] }
      this.#blocks.push(block)
    }
    block.text += plain
    block.ends.push(block.text.length)
    block.events.push(event)
  }
}

function withLater(times: readonly number[]): OutputHit[] {
  const hits: OutputHit[] = []
  for (const at of times.toReversed()) {
    const next = hits.at(-1)
    hits.push({ at, later: next?.at === at ? next.later + 1 : 0 })
  }
  return hits.reverse()
}

/** The hit to go to from `position`: the first one not before it, else the first of all. */
export function hitFrom(hits: readonly OutputHit[], position: number): number {
  const index = hits.findIndex(({ at }) => at >= position)
  return index === -1 ? 0 : index
}

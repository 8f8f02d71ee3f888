import type { Known, KnownSessions } from './known-sessions.ts'
import { RecordingText } from './recording-text.ts'
import type { SearchDatabase } from './search-database.ts'
import type { SearchSources } from './search-sources.ts'

interface Reading {
  text: RecordingText
  offset: number
  /** The place of each command that is in the index, and how it stood there. */
  commands: { place: number; entry: RecordingText['entries'][number] }[]
  places: number
}

/** Reads recordings into the index, in the background and newest session first. */
export class RecordingIndexer implements Disposable {
  readonly #parts: { database: SearchDatabase; sources: SearchSources; known: KnownSessions }
  /** While one is read: a recording that grows is read on from where it was. */
  readonly #readings = new Map<string, Reading>()
  #running: Promise<void> | undefined
  #disposed = false

  constructor(parts: { database: SearchDatabase; sources: SearchSources; known: KnownSessions }) {
    this.#parts = parts
  }

  /** Reads what is not in the index yet. Never rejects; a recording that cannot be read has nothing to find. */
  catchUp(): Promise<void> {
    this.#running ??= this.#run()
      // A ledger or disk that cannot be read is told by the search itself.
      .catch(() => {})
      .finally(() => {
        this.#running = undefined
      })
    return this.#running
  }

  /** What is being recorded is read as far as it goes, and waits for nothing. */
  waitingCount(among?: Iterable<string>): number {
    const { sources, known } = this.#parts
    return [...(among ?? known.waiting)].filter((id) => known.waiting.has(id) && !sources.isRecording(id))
      .length
  }

  purge(sessionId: string): void {
    const { database, known } = this.#parts
    database.purge(sessionId)
    known.refresh(sessionId)
    known.waiting.delete(sessionId)
    this.#readings.delete(sessionId)
    const session = known.get(sessionId)
    if (session !== undefined) session.indexed = undefined
  }

  [Symbol.dispose](): void {
    this.#disposed = true
  }

  async #run(): Promise<void> {
    const { known } = this.#parts
    known.follow()
    // Newest first: that is what people look for.
    for (const sessionId of [...known.waiting].reverse()) {
      if (this.#disposed) return
      const session = known.get(sessionId)
      if (session !== undefined) await this.#index(session).catch(() => known.waiting.delete(sessionId))
    }
  }

  async #index(session: Known): Promise<void> {
    const { sources, database, known } = this.#parts
    const { sessionId } = session.session
    const reading = this.#readings.get(sessionId) ?? newReading()
    this.#readings.set(sessionId, reading)
    if (reading.offset === 0) session.indexed = database.begin(sessionId)
    const growing = sources.isRecording(sessionId)
    for (;;) {
      const page = await sources.read(sessionId, reading.offset)
      if (this.#disposed || this.#readings.get(sessionId) !== reading) return
      reading.text.push(page.text)
      if (page.nextOffset === undefined) break
      reading.offset = page.nextOffset
      this.#put(session, reading, false)
    }
    if (growing) return
    reading.text.finish()
    this.#put(session, reading, true)
    this.#readings.delete(sessionId)
    known.waiting.delete(sessionId)
  }

  #put({ indexed }: Known, reading: Reading, complete: boolean): void {
    if (indexed === undefined) return
    const rows: Parameters<SearchDatabase['put']>[1] = [
      ...reading.text.takePieces().map((piece) => ({ place: reading.places++, piece })),
      ...changedCommands(reading),
    ]
    indexed.failed = reading.text.entries.some(
      (entry) => entry.kind === 'command' && (entry.exitCode ?? 0) !== 0,
    )
    indexed.complete = complete
    this.#parts.database.put(indexed, rows)
  }
}

function newReading(): Reading {
  return { text: new RecordingText(), offset: 0, commands: [], places: 0 }
}

/** Commands that are new, or of which more is known than the index has. */
function changedCommands(reading: Reading): { place: number; piece: RecordingText['entries'][number] }[] {
  const changed: { place: number; piece: RecordingText['entries'][number] }[] = []
  reading.text.entries.forEach((entry, index) => {
    const before = reading.commands[index]
    if (before?.entry === entry) return
    const place = before?.place ?? reading.places++
    reading.commands[index] = { place, entry }
    changed.push({ place, piece: entry })
  })
  return changed
}

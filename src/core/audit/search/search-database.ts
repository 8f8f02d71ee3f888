import { hkdfSync } from 'node:crypto'
import type Database from 'better-sqlite3'
import type { CommandEntry } from '../../../contract/command-marker.ts'
import type { SearchHit, TranscriptHit } from '../../../contract/search.ts'
import { highlightPattern } from './match-expression.ts'
import type { OutputPiece } from './recording-text.ts'
import { hitOf, type PieceRow, transcriptHitOf } from './search-hits.ts'
import { openOrBeginAnew } from './search-tables.ts'

/** Rows of one session are numbered within this: they lie together, and a row number says whose it is. */
const rowsPerSession = 2 ** 20

export interface IndexedSession {
  number: number
  sessionId: string
  failed: boolean
  complete: boolean
  /** How its commands ended, by the id of their piece. */
  exits: Map<number, number>
  /** What filters make of all of these; absent after they changed. */
  exitValues?: readonly string[] | undefined
}

/** A transcript that AWS wrote, as it is in the index. */
export interface IndexedTranscript {
  awsSessionId: string
  sha256: string
  indexed: IndexedSession
}

/** AWS's ids come from outside: none of them may be taken for one of ours. */
const transcriptPrefix = 'aws:'

/** The index's key, 32 bytes, from the master key of the recordings: who cannot read these cannot read it. */
export function searchIndexKey(masterKey: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', masterKey, '', 'porthole search index', 32))
}

/**
 * The searchable text of recordings, on disk and encrypted as they are. All of
 * it is derived and secrets are taken out before; a file that is missing,
 * damaged, older or under another key is simply begun again.
 */
export class SearchDatabase implements Disposable {
  readonly #database: Database.Database
  readonly #matches
  readonly #piece
  readonly #piecesOf
  readonly #counts

  /** @param key 32 bytes */
  constructor(file: string, key: Uint8Array) {
    this.#database = openOrBeginAnew(file, key)
    this.#matches = this.#database
      .prepare<[string], number>('SELECT rowid FROM piece_text WHERE piece_text MATCH ?')
      .pluck()
    this.#piece = this.#database.prepare<[number], PieceRow>(
      'SELECT at, text, command FROM piece WHERE id = ?',
    )
    this.#piecesOf = this.#database.prepare<[number, number, number], PieceRow>(
      `SELECT at, text, command FROM piece
       WHERE id BETWEEN ? AND ? AND command IS NOT NULL ORDER BY id LIMIT ?`,
    )
    this.#counts = this.#database.prepare<[number, number], { count: number; failed: number }>(
      `SELECT count(*) AS count, total(command ->> 'exitCode' <> 0) AS failed FROM piece
       WHERE id BETWEEN ? AND ? AND command ->> 'kind' = 'command'`,
    )
  }

  sessions(): IndexedSession[] {
    const sessions = this.#sessions()
    const byNumber = new Map(sessions.map((each) => [each.number, each]))
    const ended = this.#database.prepare<[], { id: number; exit_code: number }>(
      'SELECT id, exit_code FROM piece WHERE exit_code IS NOT NULL',
    )
    for (const { id, exit_code } of ended.iterate())
      byNumber.get(Math.floor(id / rowsPerSession))?.exits.set(id, exit_code)
    return sessions
  }

  /** Those that are in here as a whole. */
  transcripts(): IndexedTranscript[] {
    return this.#database
      .prepare<[], { number: number; session_id: string; sha256: string }>(
        `SELECT number, session_id, transcript_sha256 AS sha256 FROM session
         WHERE transcript_sha256 IS NOT NULL AND complete <> 0`,
      )
      .all()
      .map(({ number, session_id: sessionId, sha256 }) => ({
        awsSessionId: sessionId.slice(transcriptPrefix.length),
        sha256,
        indexed: { number, sessionId, failed: false, complete: true, exits: new Map() },
      }))
  }

  #sessions(): IndexedSession[] {
    return this.#database
      .prepare<[], { number: number; session_id: string; failed: number; complete: number }>(
        'SELECT number, session_id, failed, complete FROM session WHERE transcript_sha256 IS NULL',
      )
      .all()
      .map(({ number, session_id, failed, complete }) => ({
        number,
        sessionId: session_id,
        failed: failed !== 0,
        complete: complete !== 0,
        exits: new Map(),
      }))
  }

  /** Begins a session, again if need be: what was there of it goes. */
  begin(sessionId: string): IndexedSession {
    return this.#begin(sessionId, null)
  }

  beginTranscript(awsSessionId: string, sha256: string): IndexedSession {
    return this.#begin(transcriptPrefix + awsSessionId, sha256)
  }

  #begin(sessionId: string, transcriptSha256: string | null): IndexedSession {
    return this.#database.transaction(() => {
      this.#remove(sessionId)
      const { lastInsertRowid } = this.#database
        .prepare('INSERT INTO session(session_id, transcript_sha256) VALUES (?, ?)')
        .run(sessionId, transcriptSha256)
      return { number: Number(lastInsertRowid), sessionId, failed: false, complete: false, exits: new Map() }
    })()
  }

  /**
   * @param rows pieces by their place in the session, which must not change;
   *   a command may come again when more is known of it
   */
  put(session: IndexedSession, rows: readonly { place: number; piece: OutputPiece | CommandEntry }[]): void {
    const put = this.#database.prepare(
      `INSERT INTO piece(id, at, text, command, exit_code) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT(id) DO UPDATE SET at = excluded.at, text = excluded.text, command = excluded.command,
         exit_code = excluded.exit_code`,
    )
    this.#database.transaction(() => {
      for (const { place, piece } of rows) {
        if (place >= rowsPerSession) continue
        const id = session.number * rowsPerSession + place
        if (!('kind' in piece)) put.run(id, piece.at, piece.text, null, null)
        else {
          const { text, exitCode } = piece.kind === 'command' ? piece : { text: '' }
          put.run(id, piece.startedAt, text, JSON.stringify(piece), exitCode ?? null)
          if (exitCode !== undefined) session.exits.set(id, exitCode)
        }
      }
      session.exitValues = undefined
      this.#database
        .prepare('UPDATE session SET failed = ?, complete = ? WHERE number = ?')
        .run(session.failed ? 1 : 0, session.complete ? 1 : 0, session.number)
    })()
  }

  /**
   * The pieces that fit, by the number of their session. Counted here: SQLite
   * takes longer to group rows than to hand them all over.
   */
  find(expression: string): Map<number, Found> {
    const found = new Map<number, Found>()
    const ids = this.#matches.all(expression)
    let current: Found | undefined
    let end = 0
    for (let index = 0; index < ids.length; index += 1) {
      const id = ids[index] ?? 0
      if (current === undefined || id >= end) {
        const number = Math.floor(id / rowsPerSession)
        end = (number + 1) * rowsPerSession
        current = { ids, from: index, to: index }
        found.set(number, current)
      }
      current.to = index + 1
    }
    return found
  }

  hits(found: Found, query: string, most: number): SearchHit[] {
    const words = highlightPattern(query)
    return this.#rowsOf(found, most)
      .map((row) => hitOf(row, words))
      .filter((hit) => hit !== undefined)
      .sort((left, right) => left.at - right.at || left.kind.localeCompare(right.kind))
  }

  transcriptHits(found: Found, query: string, most: number): TranscriptHit[] {
    const words = highlightPattern(query)
    return this.#rowsOf(found, most)
      .map((row) => transcriptHitOf(row, words))
      .filter((hit) => hit !== undefined)
      .sort((left, right) => left.line - right.line)
  }

  #rowsOf({ ids, from, to }: Found, most: number): PieceRow[] {
    return ids.slice(from, Math.min(to, from + most)).flatMap((id) => this.#piece.get(id) ?? [])
  }

  /** The first commands of a session, for a list without a search. */
  commands(number: number, limit: number): CommandEntry[] {
    const first = number * rowsPerSession
    return this.#piecesOf
      .all(first, first + rowsPerSession - 1, limit)
      .map(({ command }) => JSON.parse(command ?? '{}') as CommandEntry)
  }

  commandCounts(number: number): { count: number; failed: number } {
    const first = number * rowsPerSession
    return this.#counts.get(first, first + rowsPerSession - 1) ?? { count: 0, failed: 0 }
  }

  /** Leaves nothing of a session in the file, nor in what SQLite keeps beside it. */
  purge(sessionId: string): void {
    this.#database.transaction(() => this.#remove(sessionId))()
    this.#database.exec("INSERT INTO piece_text(piece_text) VALUES ('optimize')")
    this.#database.pragma('wal_checkpoint(TRUNCATE)')
  }

  purgeTranscript(awsSessionId: string): void {
    this.purge(transcriptPrefix + awsSessionId)
  }

  [Symbol.dispose](): void {
    this.#database.close()
  }

  #remove(sessionId: string): void {
    const number = this.#database
      .prepare<[string], number>('SELECT number FROM session WHERE session_id = ?')
      .pluck()
      .get(sessionId)
    if (number === undefined) return
    const first = number * rowsPerSession
    this.#database
      .prepare('DELETE FROM piece WHERE id BETWEEN ? AND ?')
      .run(first, first + rowsPerSession - 1)
    this.#database.prepare('DELETE FROM session WHERE number = ?').run(number)
  }
}

/** Pieces of one session that fit: a part of these ids, which ascend. */
export interface Found {
  ids: readonly number[]
  from: number
  to: number
}

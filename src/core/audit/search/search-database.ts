import { hkdfSync } from 'node:crypto'
import { rmSync } from 'node:fs'
import type Database from 'better-sqlite3'
import type { CommandEntry } from '../../../contract/command-marker.ts'
import type { SearchHit } from '../../../contract/search.ts'
import { openEncryptedDatabase } from '../../files/encrypted-database.ts'
import { highlightPattern } from './match-expression.ts'
import type { OutputPiece } from './recording-text.ts'

/** Raised when the tables or what is put in them change: an older index is thrown away and built anew. */
const searchVersion = 3

/** Rows of one session are numbered within this: they lie together, and a row number says whose it is. */
const rowsPerSession = 2 ** 20

const schema = `
  CREATE TABLE session(
    number INTEGER PRIMARY KEY,
    session_id TEXT NOT NULL UNIQUE,
    failed INTEGER NOT NULL DEFAULT 0,
    -- Everything of its recording is in here.
    complete INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE piece(
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    text TEXT NOT NULL,
    -- The CommandEntry as JSON; NULL for output.
    command TEXT,
    exit_code INTEGER
  ) STRICT;
  -- All that is asked of it is in it: no text is read.
  CREATE INDEX piece_exit ON piece(exit_code) WHERE exit_code IS NOT NULL;
  CREATE VIRTUAL TABLE piece_text USING fts5(
    text, content='piece', content_rowid='id', tokenize='unicode61', prefix='1 2 3'
  );
  CREATE TRIGGER piece_added AFTER INSERT ON piece BEGIN
    INSERT INTO piece_text(rowid, text) VALUES (new.id, new.text);
  END;
  CREATE TRIGGER piece_removed AFTER DELETE ON piece BEGIN
    INSERT INTO piece_text(piece_text, rowid, text) VALUES ('delete', old.id, old.text);
  END;
  CREATE TRIGGER piece_changed AFTER UPDATE ON piece BEGIN
    INSERT INTO piece_text(piece_text, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO piece_text(rowid, text) VALUES (new.id, new.text);
  END;
`

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

  #sessions(): IndexedSession[] {
    return this.#database
      .prepare<[], { number: number; session_id: string; failed: number; complete: number }>(
        'SELECT number, session_id, failed, complete FROM session',
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
    return this.#database.transaction(() => {
      this.#remove(sessionId)
      const { lastInsertRowid } = this.#database
        .prepare('INSERT INTO session(session_id) VALUES (?)')
        .run(sessionId)
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

  hits({ ids, from, to }: Found, query: string, most: number): SearchHit[] {
    const words = highlightPattern(query)
    return ids
      .slice(from, Math.min(to, from + most))
      .map((id) => this.#piece.get(id))
      .map((row) => row && hitOf(row, words))
      .filter((hit) => hit !== undefined)
      .sort((left, right) => left.at - right.at || left.kind.localeCompare(right.kind))
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

interface PieceRow {
  at: number
  text: string
  command: string | null
}

/** Of a command its text; of output the first line in which something was found. */
function hitOf({ at, text, command }: PieceRow, words: RegExp): SearchHit | undefined {
  if (command === null) {
    const lines = text.split('\n')
    const line = lines.find((each) => each.search(words) !== -1) ?? lines.find((each) => each.trim() !== '')
    return line === undefined
      ? undefined
      : { kind: 'output', at, text: line, highlights: highlightsIn(line, words) }
  }
  const entry = JSON.parse(command) as CommandEntry
  if (entry.kind !== 'command') return undefined
  const { exitCode, confidence } = entry
  return {
    kind: 'command',
    at,
    text,
    highlights: highlightsIn(text, words),
    confidence,
    ...(exitCode !== undefined && { exitCode }),
  }
}

function highlightsIn(text: string, words: RegExp): [number, number][] {
  return [...text.matchAll(words)].map(({ 0: found, index }) => [index, index + found.length])
}

function openOrBeginAnew(file: string, key: Uint8Array): Database.Database {
  try {
    const database = open(file, key)
    if (database.pragma('user_version', { simple: true }) === searchVersion) return database
    database.close()
  } catch {
    // Whatever is wrong with a derived file, the answer is the same.
  }
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true, recursive: true })
  return open(file, key)
}

function open(file: string, key: Uint8Array): Database.Database {
  const database = openEncryptedDatabase(file, key)
  try {
    database.pragma('journal_mode = WAL')
    // The last moments may be lost with the power and are derived again.
    database.pragma('synchronous = NORMAL')
    // What is deleted here was shredded elsewhere: it must not survive in free pages.
    database.pragma('secure_delete = ON')
    if (database.pragma('user_version', { simple: true }) === 0)
      database.transaction(() => {
        database.exec(schema)
        database.exec("INSERT INTO piece_text(piece_text, rank) VALUES ('secure-delete', 1)")
        database.pragma(`user_version = ${searchVersion}`)
      })()
    return database
  } catch (thrown) {
    database.close()
    throw thrown
  }
}

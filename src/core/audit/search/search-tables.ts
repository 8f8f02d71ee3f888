import { rmSync } from 'node:fs'
import type Database from 'better-sqlite3'
import { openEncryptedDatabase } from '../../files/encrypted-database.ts'

/** Raised when the tables or what is put in them change: an older index is thrown away and built anew. */
const searchVersion = 4

const schema = `
  CREATE TABLE session(
    number INTEGER PRIMARY KEY,
    session_id TEXT NOT NULL UNIQUE,
    failed INTEGER NOT NULL DEFAULT 0,
    -- Everything of its recording is in here.
    complete INTEGER NOT NULL DEFAULT 0,
    -- Of the transcript of AWS that was read; NULL for recordings of ours.
    transcript_sha256 TEXT
  ) STRICT;
  CREATE TABLE piece(
    id INTEGER PRIMARY KEY,
    -- Milliseconds since the recording began; of a transcript, which has no times, its line.
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

/** A file that is missing, damaged, older or under another key is begun again. */
export function openOrBeginAnew(file: string, key: Uint8Array): Database.Database {
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

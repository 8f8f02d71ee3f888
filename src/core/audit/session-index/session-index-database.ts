import { readFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { replaceFile } from '../../files/replace-file.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { openFrame, sealFrame } from '../sealing/seal.ts'

/** Raised when the tables or what is put in them change: an older index is thrown away and derived anew. */
const indexVersion = 7

const schema = `
  CREATE TABLE progress(seq INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
  CREATE TABLE session(
    session_id TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    task_arn TEXT NOT NULL,
    container TEXT NOT NULL,
    user_name TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    -- The AuditSession as far as its start tells it, as JSON.
    facts TEXT NOT NULL,
    ended_at INTEGER,
    end_reason TEXT,
    -- The last event that made its line in the task's history another one.
    changed INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX session_by_task ON session(task_arn, started_at);
  CREATE INDEX session_by_change ON session(task_arn, changed);
  CREATE INDEX session_unended ON session(session_id) WHERE ended_at IS NULL;
  CREATE TABLE recording(
    session_id TEXT PRIMARY KEY,
    task_arn TEXT NOT NULL,
    -- Time of the last event about it: the last sign of life of a session that was cut off.
    seen_at INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    output_bytes INTEGER NOT NULL,
    finished INTEGER NOT NULL,
    shredded_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX recording_unfinished ON recording(session_id) WHERE finished = 0;
  -- What must not be shredded: a session id or the ARN of a task.
  CREATE TABLE hold(target TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  -- Refusals, replacements and other activity, each an AuditEntry as JSON.
  CREATE TABLE entry(
    seq INTEGER PRIMARY KEY,
    task_arn TEXT NOT NULL,
    at INTEGER NOT NULL,
    entry TEXT NOT NULL
  ) STRICT;
  CREATE INDEX entry_by_task ON entry(task_arn, at);
  -- What was done to the record, each a RecordAct without its seq as JSON.
  CREATE TABLE record_act(seq INTEGER PRIMARY KEY, matter TEXT NOT NULL, act TEXT NOT NULL) STRICT;
  CREATE INDEX record_act_by_matter ON record_act(matter);
`

/** Where the index lies between two runs, and what opens it: 32 bytes. */
export interface IndexFile {
  file: string
  key: Uint8Array
}

/** Part of what is sealed, so that nothing else under the key passes for an index. */
const indexPlace = { sessionId: 'session index', frame: 0 }

/** An index that holds nothing yet. */
export function emptyIndex(): Database.Database {
  const database = new Database(':memory:')
  createSchema(database)
  return database
}

/**
 * The index as it was kept, in memory: what lies on the disk could be changed by
 * others while it is asked.
 * @throws when there is none, or what is there is not what was kept
 */
export function readIndex({ file, key }: IndexFile): Database.Database {
  return new Database(Buffer.from(openFrame(key, indexPlace, readFileSync(file))))
}

/** For the next run. Throws the error of the file system. */
export function keepIndex({ file, key }: IndexFile, database: Database.Database): void {
  replaceFile(file, sealFrame(key, indexPlace, database.serialize()))
}

function createSchema(database: Database.Database): void {
  database.transaction(() => {
    database.exec(schema)
    database.prepare("INSERT INTO progress VALUES (0, '')").run()
    database.pragma(`user_version = ${indexVersion}`)
  })()
}

/** The last event of the ledger that the index holds; hash as hex. */
export function progressOf(database: Database.Database): { seq: number; hash: string } {
  const row = database.prepare<[], { seq: number; hash: string }>('SELECT seq, hash FROM progress').get()
  if (row === undefined) throw new Error('The session index lost its place')
  return row
}

/** Whether the index was derived from this very chain. */
export function isPrefixOf(database: Database.Database, ledger: Ledger): boolean {
  if (database.pragma('user_version', { simple: true }) !== indexVersion) return false
  const { seq, hash } = progressOf(database)
  return seq === 0 || ledger.storedHash(seq) === hash
}

import { closeSync, constants, copyFileSync, existsSync, openSync, renameSync } from 'node:fs'
import Database from 'better-sqlite3'
import { PortholeError } from '../../../contract/errors.ts'
import { errorCode } from '../../files/error-code.ts'
import { createPrivateFile } from '../../files/private-file.ts'
import { storageProblem } from '../../files/storage-problem.ts'

/** `PRAGMA user_version`. Only ever grows; a file of a later format is never opened. */
export const formatVersion = 3

/** Since this one, the end of the chain is signed with every event. */
export const firstSignedFormat = 3

/** `PRAGMA application_id`, "PHau": tells a ledger from any other SQLite file. */
const applicationId = 0x50486175

/** SQLite keeps its log beside the file; they belong together. */
const companions = ['', '-wal', '-shm']

const schema = `
  CREATE TABLE audit_event(
    seq INTEGER PRIMARY KEY,
    ts INTEGER NOT NULL,
    type TEXT NOT NULL,
    session_id TEXT,
    body TEXT NOT NULL,
    prev BLOB NOT NULL CHECK (length(prev) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32)
  ) STRICT;

  -- Guards against our own mistakes; against others there is the chain.
  CREATE TRIGGER audit_event_not_updated BEFORE UPDATE ON audit_event
  BEGIN SELECT RAISE(ABORT, 'The ledger is append-only'); END;
  CREATE TRIGGER audit_event_not_deleted BEFORE DELETE ON audit_event
  BEGIN SELECT RAISE(ABORT, 'The ledger is append-only'); END;
  -- Also stops INSERT OR REPLACE, which deletes without a delete trigger.
  CREATE TRIGGER audit_event_only_appended BEFORE INSERT ON audit_event
  WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM audit_event)
  BEGIN SELECT RAISE(ABORT, 'The ledger is append-only'); END;
`

/** Since format 2: how far the chain had come, signed. */
const checkpointSchema = `
  CREATE TABLE checkpoint(
    number INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    signature BLOB NOT NULL CHECK (length(signature) = 64)
  ) STRICT;
  CREATE TRIGGER checkpoint_not_updated BEFORE UPDATE ON checkpoint
  BEGIN SELECT RAISE(ABORT, 'Checkpoints are only added'); END;
  CREATE TRIGGER checkpoint_not_deleted BEFORE DELETE ON checkpoint
  BEGIN SELECT RAISE(ABORT, 'Checkpoints are only added'); END;
`

/** Since format 3: where the chain ends, signed, in the transaction that adds the event. */
const signedEndSchema = `
  CREATE TABLE IF NOT EXISTS signed_end(
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    signature BLOB NOT NULL CHECK (length(signature) = 64)
  ) STRICT;
`

/** Recovery asks for one session at a time. No part of the format: a ledger without it is as good, only slower. */
const sessionLookup = `
  CREATE INDEX IF NOT EXISTS audit_event_by_session ON audit_event(session_id) WHERE session_id IS NOT NULL;
`

/** The file is there, but it is no ledger that can be read. */
export class UnreadableLedgerError extends Error {
  override readonly name = 'UnreadableLedgerError'
}

/**
 * Opens the database of a ledger for its only writer, making it when absent.
 * Every commit is on the disk when it returns.
 *
 * @returns `format` of what was found; `undefined` when it is new
 * @throws {UnreadableLedgerError} damaged, or not a ledger
 * @throws {PortholeError} AUDIT_UNAVAILABLE for a later format, STORAGE_* when it cannot be made
 */
export function openLedgerFile(file: string): { database: Database.Database; format: number | undefined } {
  let database: Database.Database | undefined
  try {
    createPrivateFile(file)
    database = new Database(file)
    refuseOtherFormats(database, file)
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    if (isEmpty(database)) return { database, format: undefined }
    mendOrRefuseDamage(database, file)
    database.exec(sessionLookup)
    return { database, format: formatOf(database) }
  } catch (thrown) {
    database?.close()
    throw meaningOf(thrown, file)
  }
}

/** To be called in the transaction that also writes the first event, so that no ledger is ever without one. */
export function createLedgerSchema(database: Database.Database): void {
  database.exec(schema + checkpointSchema + signedEndSchema + sessionLookup)
  database.pragma(`application_id = ${applicationId}`)
  database.pragma(`user_version = ${formatVersion}`)
}

/** To be called in the transaction that also notes it. */
export function migrateLedgerSchema(database: Database.Database, from: number): void {
  if (from < 2) database.exec(checkpointSchema)
  database.exec(signedEndSchema)
  database.pragma(`user_version = ${formatVersion}`)
}

/**
 * Moves an unreadable ledger out of the way, never deleting anything.
 * @returns where it is now
 * @throws {PortholeError} STORAGE_UNWRITABLE when it cannot be moved
 */
export function setLedgerAside(file: string, at: number): string {
  const stamp = new Date(at).toISOString().replaceAll(/[:.]/g, '-')
  const target = freeName(`${file}.unreadable-${stamp}`)
  try {
    for (const suffix of companions) {
      if (existsSync(file + suffix)) renameSync(file + suffix, target + suffix)
    }
  } catch (thrown) {
    throw storageProblem(thrown, 'The damaged audit history', file)
  }
  return target
}

function freeName(base: string): string {
  let name = base
  for (let attempt = 2; existsSync(name); attempt += 1) name = `${base}-${attempt}`
  return name
}

/** Whether an SQLite error means that the file's content, not the disk, is at fault. */
export function isDamage(thrown: unknown): boolean {
  const code = errorCode(thrown) ?? ''
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB' || code === 'SQLITE_SCHEMA'
}

function refuseOtherFormats(database: Database.Database, file: string): void {
  if (isEmpty(database)) return
  if (database.pragma('application_id', { simple: true }) !== applicationId)
    throw new UnreadableLedgerError('It is a database of another program.')
  const version = formatOf(database)
  if (version > formatVersion) {
    throw new PortholeError({
      code: 'AUDIT_UNAVAILABLE',
      message: 'The audit history was written by a newer Porthole.',
      detail: `${file} has format ${version}; this Porthole knows formats up to ${formatVersion}.`,
      action: 'Update Porthole.',
    })
  }
}

function formatOf(database: Database.Database): number {
  return database.pragma('user_version', { simple: true }) as number
}

/**
 * Reads every page once, about 0.3 s per 100 MB, so that damage shows now and not
 * in mid-session. Damage of free space and of what is derived costs nothing: a
 * file made anew from the rows has neither. The damaged one is kept beside it.
 */
function mendOrRefuseDamage(database: Database.Database, file: string): void {
  const finding = damageOf(database)
  if (finding === undefined) return
  const copy = freeName(`${file}.damaged`)
  copyFileSync(file, copy, constants.COPYFILE_EXCL)
  try {
    const rows = countOf(database)
    makeAnew(database)
    if (damageOf(database) === undefined && countOf(database) === rows) return
  } catch {
    // The rows themselves are damaged.
  }
  throw new UnreadableLedgerError(finding)
}

/** An index whose pages are damaged can be neither dropped nor copied: it is only forgotten, and made again later. */
function makeAnew(database: Database.Database): void {
  database.unsafeMode(true)
  try {
    database.pragma('writable_schema = ON')
    database.exec("DELETE FROM sqlite_schema WHERE type = 'index' AND name = 'audit_event_by_session'")
    database.pragma('writable_schema = RESET')
    database.exec('VACUUM')
  } finally {
    database.unsafeMode(false)
  }
}

function damageOf(database: Database.Database): string | undefined {
  const finding = database.pragma('quick_check(1)', { simple: true })
  return finding === 'ok' ? undefined : String(finding)
}

/** By the rows themselves, never by an index. */
function countOf(database: Database.Database): unknown {
  return database.prepare('SELECT count(*) FROM audit_event NOT INDEXED').pluck().get()
}

function isEmpty(database: Database.Database): boolean {
  return database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0
}

function meaningOf(thrown: unknown, file: string): unknown {
  if (thrown instanceof UnreadableLedgerError || thrown instanceof PortholeError) return thrown
  if (isDamage(thrown)) return new UnreadableLedgerError(String(thrown), { cause: thrown })
  const refusal = errorCode(thrown) === 'SQLITE_CANTOPEN' ? refusalOf(file) : undefined
  if (refusal !== undefined) return new UnreadableLedgerError(refusal, { cause: thrown })
  return storageProblem(thrown, 'The audit history', file)
}

/**
 * Why the file itself cannot be opened. SQLite gives one code for that and for
 * passing troubles such as too many open files, which must not cost the history.
 */
function refusalOf(file: string): string | undefined {
  try {
    closeSync(openSync(file, 'r+'))
    return undefined
  } catch (thrown) {
    const lasting = ['EACCES', 'EPERM', 'EISDIR'].includes(errorCode(thrown) ?? '')
    return lasting ? String(thrown) : undefined
  }
}

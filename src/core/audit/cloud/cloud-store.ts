import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type Database from 'better-sqlite3'
import type { CloudEvent } from '../../../contract/cloud-audit.ts'
import { encryptPlainDatabase } from '../../files/encrypt-plain-database.ts'
import { openEncryptedDatabase } from '../../files/encrypted-database.ts'
import { type EventRow, eventColumns, eventOfRow, rowOfEvent } from './event-rows.ts'
import { ExpiryRows } from './expiry-rows.ts'
import { ImportRows, importedFileTable, importedIndexes } from './import-rows.ts'
import type { ReadRange } from './reconcile.ts'
import type { ShellEventName } from './trail-record.ts'
import { TranscriptRows, transcriptTable } from './transcript-rows.ts'

/** An import from the command line may be writing its file; each takes milliseconds. */
const busyLimitMilliseconds = 2000

/**
 * Raised when the tables change. Files up to version 3 hold nothing that AWS could not be asked again, so their
 * tables are dropped; since then they hold what came from files, and are to be carried over.
 */
const storeVersion = 4

const schema = `
  DROP TABLE IF EXISTS event;
  DROP TABLE IF EXISTS read_range;
  DROP TABLE IF EXISTS session_end;
  DROP TABLE IF EXISTS transcript;
  DROP TABLE IF EXISTS imported_file;
  CREATE TABLE event(
    account_id TEXT NOT NULL,
    region TEXT NOT NULL,
    event_id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    aws_session_id TEXT,
    -- The CloudEvent as JSON, as its record told it.
    event TEXT NOT NULL,
    -- Of the file it came with; NULL for what AWS itself answered.
    imported_sha256 TEXT,
    PRIMARY KEY (account_id, region, event_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX event_by_task ON event(account_id, region, task_id);
  CREATE TABLE read_range(
    account_id TEXT NOT NULL,
    region TEXT NOT NULL,
    event_name TEXT NOT NULL,
    read_from INTEGER NOT NULL,
    read_to INTEGER NOT NULL,
    PRIMARY KEY (account_id, region, event_name)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE session_end(
    aws_session_id TEXT PRIMARY KEY,
    ended_at INTEGER,
    live INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  ${transcriptTable}
  ${importedFileTable}`

export interface TrailPlace {
  accountId: string
  region: string
}

/** One shell, as far as it takes to say who was where. */
export interface CloudShell extends TrailPlace {
  taskId: string
  at: number
  awsSessionId: string
  clusterName: string | null
  containerName: string | null
  userName: string
}

/** When Session Manager says a session ended; `endedAt` is absent while it lives. */
export interface SessionEnd {
  awsSessionId: string
  endedAt?: number | undefined
}

/**
 * What was read of AWS's own records, in a file of its own: none of it is
 * evidence of ours, and all of it could be read again for ninety days. It says
 * who was where and what commands were, so it is encrypted.
 */
export class CloudStore implements Disposable {
  readonly transcripts: TranscriptRows
  readonly imports: ImportRows
  readonly expiry: ExpiryRows
  readonly #database: Database.Database

  /**
   * @param file made when absent, with its folder, for its owner alone; one that is in plain is encrypted first
   * @param key 32 bytes
   * @throws SQLITE_NOTADB when it is under another key
   */
  constructor(file: string, key: Uint8Array) {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
    encryptPlainDatabase(file, key)
    this.#database = openEncryptedDatabase(file, key, { timeout: busyLimitMilliseconds })
    try {
      this.#prepare()
    } catch (thrown) {
      this.#database.close()
      throw thrown
    }
    this.transcripts = new TranscriptRows(this.#database)
    this.imports = new ImportRows(this.#database)
    this.expiry = new ExpiryRows(this.#database)
  }

  /** Adds what is new; AWS's own word takes the place of what a file said. @returns ids of the tasks that it is about */
  add(events: readonly CloudEvent[]): string[] {
    const insert = this.#database.prepare(
      `INSERT INTO event VALUES (@accountId, @region, @eventId, @taskId, @at, @awsSessionId, @event, NULL)
       ON CONFLICT DO UPDATE SET task_id = excluded.task_id, at = excluded.at, event = excluded.event,
         aws_session_id = excluded.aws_session_id, imported_sha256 = NULL
       WHERE imported_sha256 IS NOT NULL`,
    )
    return this.#database.transaction(() =>
      events.flatMap((event) => (insert.run(rowOfEvent(event)).changes > 0 ? [event.taskId] : [])),
    )()
  }

  /** Newest first. */
  ofTask({ accountId, region }: TrailPlace, taskId: string): CloudEvent[] {
    return this.#database
      .prepare<[string, string, string], EventRow>(
        `${eventColumns} WHERE e.account_id = ? AND e.region = ? AND e.task_id = ? ORDER BY e.at DESC, e.event_id`,
      )
      .all(accountId, region, taskId)
      .flatMap(eventOfRow)
  }

  /** Differs from one before when anything was written since, by whomever. */
  version(): string {
    const others = this.#database.pragma('data_version', { simple: true })
    const own = this.#database.prepare<[], number>('SELECT total_changes()').pluck().get()
    return `${others} ${own}`
  }

  /** Of all accounts, newest first. */
  newest(most: number): CloudEvent[] {
    return this.#database
      .prepare<[number], EventRow>(`${eventColumns} ORDER BY e.at DESC, e.event_id LIMIT ?`)
      .all(most)
      .flatMap(eventOfRow)
  }

  /** What was read in full of the calls of ECS, of all accounts. */
  ranges(): (TrailPlace & ReadRange)[] {
    return this.#database
      .prepare<[], TrailPlace & ReadRange>(
        `SELECT account_id AS accountId, region, read_from AS "from", read_to AS "to" FROM read_range
         WHERE event_name = 'ExecuteCommand'`,
      )
      .all()
  }

  /** Everything that opened, of all accounts. */
  shells(): CloudShell[] {
    return this.#database
      .prepare<[], CloudShell>(
        `SELECT account_id AS accountId, region, task_id AS taskId, at, aws_session_id AS awsSessionId,
         json_extract(event, '$.clusterName') AS clusterName,
         json_extract(event, '$.containerName') AS containerName,
         json_extract(event, '$.userName') AS userName
         FROM event WHERE aws_session_id IS NOT NULL AND json_extract(event, '$.refusal') IS NULL`,
      )
      .all()
  }

  event({ accountId, region }: TrailPlace, eventId: string): CloudEvent | undefined {
    return this.#database
      .prepare<[string, string, string], EventRow>(
        `${eventColumns} WHERE e.account_id = ? AND e.region = ? AND e.event_id = ?`,
      )
      .all(accountId, region, eventId)
      .flatMap(eventOfRow)[0]
  }

  /** The earliest session since `since` whose end is not known. */
  firstUnended({ accountId, region }: TrailPlace, since: number): number | undefined {
    const found = this.#database
      .prepare<[string, string, number], { at: number | null }>(
        `SELECT min(e.at) AS at FROM event e LEFT JOIN session_end s USING (aws_session_id)
         WHERE e.account_id = ? AND e.region = ? AND e.at >= ? AND e.aws_session_id IS NOT NULL
           AND s.ended_at IS NULL`,
      )
      .get(accountId, region, since)
    return found?.at ?? undefined
  }

  setEnds(ends: readonly SessionEnd[]): void {
    const set = this.#database.prepare(
      'INSERT OR REPLACE INTO session_end VALUES (@awsSessionId, @endedAt, @live)',
    )
    this.#database.transaction(() => {
      for (const { awsSessionId, endedAt = null } of ends)
        set.run({ awsSessionId, endedAt, live: endedAt === null ? 1 : 0 })
    })()
  }

  range({ accountId, region }: TrailPlace, eventName: ShellEventName): ReadRange | undefined {
    return this.#database
      .prepare<[string, string, string], ReadRange>(
        'SELECT read_from AS "from", read_to AS "to" FROM read_range WHERE account_id = ? AND region = ? AND event_name = ?',
      )
      .get(accountId, region, eventName)
  }

  setRange({ accountId, region }: TrailPlace, eventName: ShellEventName, { from, to }: ReadRange): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO read_range VALUES (?, ?, ?, ?, ?)')
      .run(accountId, region, eventName, from, to)
  }

  [Symbol.dispose](): void {
    this.#database.close()
  }

  #prepare(): void {
    const database = this.#database
    database.pragma('journal_mode = WAL')
    // What a power cut takes is read again.
    database.pragma('synchronous = NORMAL')
    const version = database.pragma('user_version', { simple: true })
    if (typeof version === 'number' && version > storeVersion)
      throw new Error(`A later Porthole wrote it, as version ${version}.`)
    // What retention removes is overwritten.
    database.pragma('secure_delete = ON')
    database.transaction(() => {
      if (version !== storeVersion) database.exec(schema)
      database.exec(importedIndexes)
      database.pragma(`user_version = ${storeVersion}`)
    })()
  }
}

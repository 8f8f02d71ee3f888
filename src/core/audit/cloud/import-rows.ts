import type Database from 'better-sqlite3'
import {
  type CloudEvent,
  type ImportedFile,
  type ImportedShellsRequest,
  importedShellsAtOnce,
} from '../../../contract/cloud-audit.ts'
import { type EventRow, eventColumns, eventOfRow, rowOfEvent } from './event-rows.ts'

export const importedFileTable = `
  CREATE TABLE imported_file(
    sha256 TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    at INTEGER NOT NULL,
    imported_by TEXT NOT NULL,
    records INTEGER NOT NULL,
    shells INTEGER NOT NULL
  ) STRICT;
`

/** People of a list that somebody chooses from. */
const mostPeople = 50

const isImported = 'e.imported_sha256 IS NOT NULL'
const userNameOfEvent = "json_extract(event, '$.userName')"

/**
 * Made where they are missing, with no new version of the file: an earlier
 * Porthole does not mind them. Of a year of CloudTrail there are many shells,
 * and the list is asked for on a thread that may be moving terminal bytes.
 */
export const importedIndexes = `
  CREATE INDEX IF NOT EXISTS imported_by_time ON event(at DESC, event_id) WHERE imported_sha256 IS NOT NULL;
  CREATE INDEX IF NOT EXISTS imported_by_person ON event(${userNameOfEvent}) WHERE imported_sha256 IS NOT NULL;
`

/** What came into the cloud file from files, and from which. */
export class ImportRows {
  readonly #database: Database.Database

  constructor(database: Database.Database) {
    this.#database = database
  }

  /** All of a file or nothing of it. What is known already stays as it is. @returns how many events were new */
  add(file: ImportedFile, events: readonly CloudEvent[]): number {
    const insert = this.#database.prepare(
      `INSERT OR IGNORE INTO event
       VALUES (@accountId, @region, @eventId, @taskId, @at, @awsSessionId, @event, @sha256)`,
    )
    return this.#database.transaction(() => {
      this.#database
        .prepare('INSERT OR REPLACE INTO imported_file VALUES (@sha256, @name, @at, @by, @records, @shells)')
        .run(file)
      return events.filter((event) => insert.run({ ...rowOfEvent(event), sha256: file.sha256 }).changes > 0)
        .length
    })()
  }

  /** The last one first. */
  files(): ImportedFile[] {
    return this.#database
      .prepare<[], ImportedFile>(
        'SELECT sha256, name, at, imported_by AS by, records, shells FROM imported_file ORDER BY at DESC, sha256',
      )
      .all()
  }

  /** Accounts and Regions that a file told something new of. */
  places(sha256: string): { accountId: string; region: string }[] {
    return this.#database
      .prepare<[string], { accountId: string; region: string }>(
        'SELECT DISTINCT account_id AS accountId, region FROM event WHERE imported_sha256 = ?',
      )
      .all(sha256)
  }

  /** Shells and attempts that only files told of. */
  count(): number {
    return this.#database
      .prepare<[], number>(`SELECT count(*) FROM event e WHERE ${isImported}`)
      .pluck()
      .get() as number
  }

  /** What only files told, newest first, at most `importedShellsAtOnce` of them, and how many fit in all. */
  shells({ text, userName, from, offset }: ImportedShellsRequest): { events: CloudEvent[]; total: number } {
    const wanted = { text: text.trim().toLowerCase(), userName: userName ?? null, from: from ?? 0 }
    const events = this.#database
      .prepare<[typeof wanted & { offset: number }], EventRow>(
        `${eventColumns} WHERE ${isImported} AND ${fits}
         ORDER BY e.at DESC, e.event_id, e.account_id, e.region LIMIT ${importedShellsAtOnce} OFFSET @offset`,
      )
      .all({ ...wanted, offset })
      .flatMap(eventOfRow)
    const total = this.#database
      .prepare<[typeof wanted], number>(`SELECT count(*) FROM event e WHERE ${isImported} AND ${fits}`)
      .pluck()
      .get(wanted) as number
    return { events, total }
  }

  /** Whose they are, those with most first. */
  people(): { userName: string; count: number }[] {
    return this.#database
      .prepare<[number], { userName: string; count: number }>(
        `SELECT ${userNameOfEvent} AS userName, count(*) AS count FROM event e WHERE ${isImported}
         GROUP BY ${userNameOfEvent} ORDER BY count DESC, userName LIMIT ?`,
      )
      .all(mostPeople)
  }
}

const fits = `e.at >= @from
  AND (@userName IS NULL OR ${userNameOfEvent} = @userName)
  AND (@text = '' OR instr(lower(e.task_id), @text) > 0
    OR instr(lower(coalesce(json_extract(event, '$.clusterName'), '')), @text) > 0
    OR instr(lower(coalesce(json_extract(event, '$.containerName'), '')), @text) > 0)`

import type Database from 'better-sqlite3'
import type { CloudEvent, ImportedFile } from '../../../contract/cloud-audit.ts'
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

  /** What only files told, newest first. */
  events(most: number): CloudEvent[] {
    return this.#database
      .prepare<[number], EventRow>(
        `${eventColumns} WHERE e.imported_sha256 IS NOT NULL ORDER BY e.at DESC, e.event_id LIMIT ?`,
      )
      .all(most)
      .flatMap(eventOfRow)
  }
}

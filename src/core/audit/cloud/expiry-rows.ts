import type Database from 'better-sqlite3'

/** An event that is older than it should be. */
export interface ExpiredEvent {
  accountId: string
  region: string
  eventId: string
  taskId: string
  awsSessionId: string | null
  /** The event as JSON, as it was kept. */
  event: string
}

export interface ExpiredTranscript {
  awsSessionId: string
  taskArn: string
  sha256: string
  bytes: number
}

/** What retention takes out of the cloud file. */
export class ExpiryRows {
  readonly #database: Database.Database

  constructor(database: Database.Database) {
    this.#database = database
  }

  /**
   * From before a moment (epoch milliseconds), oldest first. What came with a file is as old as its import:
   * files are where older history comes from, and would be gone the next day.
   */
  events(before: number): ExpiredEvent[] {
    return this.#database
      .prepare<[number], ExpiredEvent>(
        `SELECT e.account_id AS accountId, e.region, e.event_id AS eventId, e.task_id AS taskId,
         e.aws_session_id AS awsSessionId, e.event
         FROM event e LEFT JOIN imported_file i ON i.sha256 = e.imported_sha256
         WHERE coalesce(i.at, e.at) < ? ORDER BY e.at, e.event_id`,
      )
      .all(before)
  }

  /** Of sessions that began before a moment, oldest first. */
  transcripts(before: number): ExpiredTranscript[] {
    return this.#database
      .prepare<[number], ExpiredTranscript>(
        `SELECT aws_session_id AS awsSessionId, task_arn AS taskArn, sha256, bytes FROM transcript
         WHERE session_at < ? ORDER BY session_at, aws_session_id`,
      )
      .all(before)
  }

  /**
   * Removes events, and what nothing refers to any more. What lies before the
   * moment counts as not read from then on: that there is no event says nothing.
   */
  remove(events: readonly ExpiredEvent[], before: number): void {
    const remove = this.#database.prepare(
      'DELETE FROM event WHERE account_id = @accountId AND region = @region AND event_id = @eventId',
    )
    this.#database.transaction(() => {
      for (const { accountId, region, eventId } of events) remove.run({ accountId, region, eventId })
      this.#database.exec(`
        DELETE FROM session_end WHERE aws_session_id NOT IN
          (SELECT aws_session_id FROM event WHERE aws_session_id IS NOT NULL);
        DELETE FROM imported_file WHERE sha256 NOT IN
          (SELECT imported_sha256 FROM event WHERE imported_sha256 IS NOT NULL)`)
      this.#database.prepare('DELETE FROM read_range WHERE read_to < ?').run(before)
      this.#database.prepare('UPDATE read_range SET read_from = max(read_from, ?)').run(before)
    })()
  }
}

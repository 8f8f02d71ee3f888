import type Database from 'better-sqlite3'

export const transcriptTable = `
  CREATE TABLE transcript(
    aws_session_id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL,
    region TEXT NOT NULL,
    task_arn TEXT NOT NULL,
    -- When its session began.
    session_at INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    sha256 TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    place_kind TEXT NOT NULL,
    place_name TEXT NOT NULL,
    fetched_at INTEGER NOT NULL,
    cut INTEGER NOT NULL
  ) STRICT;
`

/** A transcript as it lies on this disk. */
export interface SealedTranscript {
  awsSessionId: string
  accountId: string
  region: string
  taskArn: string
  sessionAt: number
  /** One frame of core/audit/sealing. */
  sealed: Uint8Array
  /** Of what is sealed, in hex. */
  sha256: string
  /** Of what is sealed. */
  bytes: number
  placeKind: 'log-group' | 'bucket'
  /** The log group, or bucket and key. */
  placeName: string
  fetchedAt: number
  cut: boolean
}

const columns = `aws_session_id AS awsSessionId, account_id AS accountId, region, task_arn AS taskArn,
  session_at AS sessionAt, sealed, sha256, bytes, place_kind AS placeKind, place_name AS placeName,
  fetched_at AS fetchedAt, cut`

/** The table of transcripts in the cloud file. */
export class TranscriptRows {
  readonly #database: Database.Database

  constructor(database: Database.Database) {
    this.#database = database
  }

  get(awsSessionId: string): SealedTranscript | undefined {
    const row = this.#database
      .prepare<[string], Omit<SealedTranscript, 'cut'> & { cut: number }>(
        `SELECT ${columns} FROM transcript WHERE aws_session_id = ?`,
      )
      .get(awsSessionId)
    return row && { ...row, cut: row.cut === 1 }
  }

  /** What a list says of it. */
  summary(awsSessionId: string): { bytes: number; kind: SealedTranscript['placeKind'] } | undefined {
    return this.#database
      .prepare<[string], { bytes: number; kind: SealedTranscript['placeKind'] }>(
        'SELECT bytes, place_kind AS kind FROM transcript WHERE aws_session_id = ?',
      )
      .get(awsSessionId)
  }

  /** Those of the newest sessions first. */
  list(): { awsSessionId: string; sha256: string }[] {
    return this.#database
      .prepare<[], { awsSessionId: string; sha256: string }>(
        'SELECT aws_session_id AS awsSessionId, sha256 FROM transcript ORDER BY session_at DESC, aws_session_id',
      )
      .all()
  }

  put(transcript: SealedTranscript): void {
    this.#database
      .prepare(
        `INSERT OR REPLACE INTO transcript VALUES (@awsSessionId, @accountId, @region, @taskArn, @sessionAt,
         @sealed, @sha256, @bytes, @placeKind, @placeName, @fetchedAt, @cut)`,
      )
      .run({ ...transcript, sealed: Buffer.from(transcript.sealed), cut: transcript.cut ? 1 : 0 })
  }

  remove(awsSessionId: string): void {
    this.#database.prepare('DELETE FROM transcript WHERE aws_session_id = ?').run(awsSessionId)
  }
}

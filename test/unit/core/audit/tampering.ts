import { join } from 'node:path'
import Database from 'better-sqlite3'
import { eventHash, genesisHash } from '../../../../src/core/audit/ledger/chain.ts'

/** Opens a closed ledger as somebody would who knows how it is made and minds no trigger. */
export function tamper<Value>(folder: string, change: (database: Database.Database) => Value): Value {
  const database = new Database(join(folder, 'ledger.sqlite'))
  try {
    const triggers = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
      .pluck()
      .all() as string[]
    for (const trigger of triggers) database.exec(`DROP TRIGGER ${trigger}`)
    database.pragma('ignore_check_constraints = ON')
    return change(database)
  } finally {
    database.close()
  }
}

/** Makes the chain sound again from an event on: what a forger does who has no key. */
export function hashAnew(database: Database.Database, installId: string, fromSeq: number): void {
  const rows = database
    .prepare<[number], { seq: number; body: Buffer }>(
      'SELECT seq, CAST(body AS BLOB) AS body FROM audit_event WHERE seq >= ? ORDER BY seq',
    )
    .all(fromSeq)
  const before = database
    .prepare('SELECT hash FROM audit_event WHERE seq = ?')
    .pluck()
    .get(fromSeq - 1)
  let previous = before === undefined ? genesisHash(installId) : (before as Buffer)
  for (const { seq, body } of rows) {
    const hash = eventHash(seq, previous, body)
    database.prepare('UPDATE audit_event SET prev = ?, hash = ? WHERE seq = ?').run(previous, hash, seq)
    previous = hash
  }
}

export function installIdIn(database: Database.Database): string {
  const body = database.prepare('SELECT body FROM audit_event WHERE seq = 1').pluck().get() as string
  return (JSON.parse(body) as { installId: string }).installId
}

import { generateKeyPairSync } from 'node:crypto'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Ledger } from '../../../../../src/core/audit/ledger/ledger.ts'
import { LedgerRows } from '../../../../../src/core/audit/ledger/ledger-rows.ts'
import { type Verification, verifyChain } from '../../../../../src/core/audit/ledger/ledger-verification.ts'
import { createHandClock } from '../../../../fixtures/hand-clock.ts'
import { startEvent, temporaryFolder } from '../audit-fixtures.ts'

const { privateKey: signingKey } = generateKeyPairSync('ed25519')
const installId = 'd2719e46-5f4d-4a5c-9f0b-3a6f5e6d7c8b'
const length = 24
/** Two seconds on a quiet machine; a busy one must not fail them. */
const manyRunsTimeout = 60_000
const columns = ['ts', 'type', 'session_id', 'body', 'prev', 'hash'] as const
type Column = (typeof columns)[number]

let folder: ReturnType<typeof temporaryFolder>
let original: string
let database: Database.Database

beforeAll(() => {
  folder = temporaryFolder()
  original = join(folder.path, 'ledger.sqlite')
  const clock = createHandClock()
  using ledger = Ledger.open({ file: original, installId, signingKey, clock })
  while (ledger.head.seq < length) {
    clock.advance(1000)
    ledger.append(startEvent({ userName: 'Zo\ufffd', reason: 'why' }))
  }
})
afterAll(() => folder[Symbol.dispose]())

/** Changes a copy behind the ledger's back, as somebody with the file would, and verifies it. */
function afterTampering(tamper: (database: Database.Database) => void): Verification {
  database = new Database(original)
  try {
    database.exec('BEGIN')
    database.exec(
      'DROP TRIGGER audit_event_not_updated; DROP TRIGGER audit_event_not_deleted; DROP TRIGGER audit_event_only_appended',
    )
    database.pragma('ignore_check_constraints = ON')
    tamper(database)
    return verifyChain(new LedgerRows(database), { installId })
  } finally {
    database.exec('ROLLBACK')
    database.close()
  }
}

const seqs = fc.integer({ min: 1, max: length })

describe('a ledger changed behind its back', () => {
  it('verifies untouched', () => {
    expect(afterTampering(() => {})).toEqual({ intact: true, events: length })
  })

  it(
    'locates a changed byte in any column of any row',
    () => {
      fc.assert(
        fc.property(
          seqs,
          fc.constantFrom<Column[]>('type', 'session_id', 'body', 'prev', 'hash'),
          fc.nat(),
          fc.integer({ min: 1, max: 255 }),
          (seq, column, position, difference) => {
            const result = afterTampering((db) => changeByte(db, seq, column, position, difference))
            expect(result).toMatchObject({ intact: false, seq })
          },
        ),
        { numRuns: 1500 },
      )
    },
    manyRunsTimeout,
  )

  it(
    'locates any other value in any column of any row',
    () => {
      const value = fc.oneof(
        fc.string(),
        fc.integer(),
        fc.constant(null),
        fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      )
      fc.assert(
        fc.property(seqs, fc.constantFrom(...columns), value, (seq, column, changed) => {
          const result = afterTampering((db) => {
            const before = db.prepare(`SELECT ${column} FROM audit_event WHERE seq = ?`).pluck().get(seq)
            fc.pre(!isSame(before, changed))
            try {
              db.prepare(`UPDATE audit_event SET ${column} = ? WHERE seq = ?`).run(changed, seq)
            } catch {
              // The table refuses a value of another type; nothing was changed then.
              fc.pre(false)
            }
            const after = db.prepare(`SELECT ${column} FROM audit_event WHERE seq = ?`).pluck().get(seq)
            fc.pre(!isSame(before, after))
          })
          expect(result).toMatchObject({ intact: false, seq })
        }),
        { numRuns: 1000 },
      )
    },
    manyRunsTimeout,
  )

  it('sees a change between two spellings of broken UTF-8 that read the same', () => {
    const result = afterTampering((db) =>
      db.exec(
        "UPDATE audit_event SET body = CAST(replace(CAST(body AS BLOB), x'efbfbd', x'ff') AS TEXT) WHERE seq = 7",
      ),
    )
    expect(result).toMatchObject({ intact: false, seq: 7 })
  })

  it('locates a deleted row or stretch, unless it is the tail', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: length - 1 }), fc.nat(length - 2), (from, count) => {
        const to = Math.min(from + count, length - 1)
        const result = afterTampering((db) =>
          db.prepare('DELETE FROM audit_event WHERE seq BETWEEN ? AND ?').run(from, to),
        )
        expect(result).toMatchObject({ intact: false, seq: from, problem: 'An event is missing' })
      }),
    )
  })

  it('locates a deletion that was closed up by renumbering', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: length - 1 }), (seq) => {
        const result = afterTampering((db) => {
          db.prepare('DELETE FROM audit_event WHERE seq = ?').run(seq)
          for (let next = seq + 1; next <= length; next += 1)
            db.prepare('UPDATE audit_event SET seq = ? WHERE seq = ?').run(next - 1, next)
        })
        expect(result).toMatchObject({ intact: false, seq })
      }),
    )
  })

  it('finds a lost tail against where the chain was known to reach', () => {
    const head = afterTamperingHead()
    fc.assert(
      fc.property(fc.integer({ min: 1, max: length - 1 }), (kept) => {
        let verification: Verification | undefined
        afterTampering((db) => {
          db.prepare('DELETE FROM audit_event WHERE seq > ?').run(kept)
          verification = verifyChain(new LedgerRows(db), { installId, head })
        })
        expect(verification).toMatchObject({ intact: false, seq: kept + 1 })
      }),
    )
  })

  it('locates two rows that changed places', () => {
    fc.assert(
      fc.property(seqs, seqs, (left, right) => {
        fc.pre(left !== right)
        const result = afterTampering((db) => {
          const move = db.prepare('UPDATE audit_event SET seq = ? WHERE seq = ?')
          move.run(-1, left)
          move.run(left, right)
          move.run(right, -1)
        })
        expect(result).toMatchObject({ intact: false, seq: Math.min(left, right) })
      }),
    )
  })

  it('locates a row moved to any other number', () => {
    fc.assert(
      fc.property(
        seqs,
        fc.oneof(fc.integer({ min: -5, max: 0 }), fc.integer({ min: length + 1 })),
        (seq, moved) => {
          const result = afterTampering((db) =>
            db.prepare('UPDATE audit_event SET seq = ? WHERE seq = ?').run(moved, seq),
          )
          // The last row moved up leaves a gap where it was; a row moved below 1 stands out itself.
          expect(result).toMatchObject({ intact: false, seq: Math.min(moved, seq) })
        },
      ),
    )
  })

  it('knows a chain of another installation', () => {
    const copy = join(folder.path, 'copy.sqlite')
    copyFileSync(original, copy)
    const other = new Database(copy)
    try {
      expect(
        verifyChain(new LedgerRows(other), { installId: '00000000-0000-4000-8000-000000000000' }),
      ).toMatchObject({
        intact: false,
        seq: 1,
      })
    } finally {
      other.close()
    }
  })
})

function afterTamperingHead() {
  const readOnly = new Database(original, { readonly: true })
  try {
    return readOnly
      .prepare<[], { seq: number; hash: Buffer }>(
        'SELECT seq, hash FROM audit_event ORDER BY seq DESC LIMIT 1',
      )
      .get()
  } finally {
    readOnly.close()
  }
}

function changeByte(
  db: Database.Database,
  seq: number,
  column: Column,
  position: number,
  difference: number,
): void {
  const bytes = db
    .prepare<[number], Buffer>(`SELECT CAST(${column} AS BLOB) FROM audit_event WHERE seq = ?`)
    .pluck()
    .get(seq) as unknown as Buffer | null
  if (bytes === null) return void fc.pre(false)
  const at = position % bytes.length
  bytes[at] = (Number(bytes[at]) + difference) % 256
  const isBlob = column === 'prev' || column === 'hash'
  db.prepare(`UPDATE audit_event SET ${column} = ${isBlob ? '?' : 'CAST(? AS TEXT)'} WHERE seq = ?`).run(
    bytes,
    seq,
  )
}

function isSame(left: unknown, right: unknown): boolean {
  return Buffer.isBuffer(left) && Buffer.isBuffer(right) ? left.equals(right) : left === right
}

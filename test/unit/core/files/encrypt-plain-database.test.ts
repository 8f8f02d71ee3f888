import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { encryptPlainDatabase } from '../../../../src/core/files/encrypt-plain-database.ts'
import { openEncryptedDatabase } from '../../../../src/core/files/encrypted-database.ts'
import { createPrivateFile } from '../../../../src/core/files/private-file.ts'
import { temporaryFolder } from '../audit/audit-fixtures.ts'

const key = Buffer.alloc(32, 3)

function plainDatabase(file: string): Database.Database {
  createPrivateFile(file)
  const database = new Database(file)
  database.pragma('journal_mode = WAL')
  database.exec('CREATE TABLE word(text TEXT NOT NULL) STRICT')
  database.pragma('user_version = 4')
  const insert = database.prepare('INSERT INTO word VALUES (?)')
  database.transaction(() => {
    for (let number = 0; number < 3000; number += 1) insert.run(`mallory ${number}`)
  })()
  return database
}

function wordsOf(file: string, withKey = key): unknown {
  const database = openEncryptedDatabase(file, withKey)
  try {
    return [
      database.prepare('SELECT count(*) FROM word').pluck().get(),
      database.pragma('user_version', { simple: true }),
    ]
  } finally {
    database.close()
  }
}

test('everything of a plain database is there afterwards, and nothing can be read without the key', () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'words.sqlite')
  plainDatabase(file).close()
  expect(readFileSync(file).includes('mallory')).toBe(true)

  expect(encryptPlainDatabase(file, key)).toBe(true)
  expect(wordsOf(file)).toEqual([3000, 4])
  expect(statSync(file).mode & 0o777).toBe(0o600)
  for (const name of readdirSync(folder.path))
    expect(readFileSync(join(folder.path, name)).includes('mallory')).toBe(false)
  expect(() => wordsOf(file, Buffer.alloc(32, 4))).toThrow(expect.objectContaining({ code: 'SQLITE_NOTADB' }))

  expect(encryptPlainDatabase(file, key)).toBe(false)
  expect(wordsOf(file)).toEqual([3000, 4])
})

test('what only the log beside it has is not lost, and what a crash left of a copy goes', () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'words.sqlite')
  const database = plainDatabase(file)
  // As a crash leaves it: the rows lie in the log alone.
  const [main, log] = [readFileSync(file), readFileSync(`${file}-wal`)]
  database.close()
  writeFileSync(file, main)
  writeFileSync(`${file}-wal`, log)
  writeFileSync(`${file}.encrypting`, 'half of a copy')

  expect(encryptPlainDatabase(file, key)).toBe(true)
  expect(wordsOf(file)).toEqual([3000, 4])
  expect(readdirSync(folder.path)).toEqual(['words.sqlite'])
})

test('a file that another program has open stays as it is', () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'words.sqlite')
  const other = plainDatabase(file)
  other.exec('BEGIN IMMEDIATE')
  try {
    expect(() => encryptPlainDatabase(file, key)).toThrow()
  } finally {
    other.exec('ROLLBACK')
    expect(other.prepare('SELECT count(*) FROM word').pluck().get()).toBe(3000)
    other.close()
  }
  expect(readdirSync(folder.path)).toEqual(['words.sqlite'])
})

test('what is no database, or not there, is left alone', () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'words.sqlite')
  expect(encryptPlainDatabase(file, key)).toBe(false)
  writeFileSync(file, '')
  expect(encryptPlainDatabase(file, key)).toBe(false)
  writeFileSync(file, 'hello')
  expect(encryptPlainDatabase(file, key)).toBe(false)
  expect(readFileSync(file, 'utf8')).toBe('hello')
})

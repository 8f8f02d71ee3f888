/// <reference path="./multiple-ciphers.d.ts" />
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
} from 'node:fs'
import Database from 'better-sqlite3'
import EncryptedDatabase from 'better-sqlite3-multiple-ciphers'
import { openEncryptedDatabase, rawKey } from './encrypted-database.ts'

/** What every SQLite file begins with that is not encrypted. https://www.sqlite.org/fileformat2.html */
const plainBeginning = Buffer.from('SQLite format 3\0')

/**
 * Encrypts a database that an earlier Porthole left in plain, with everything in
 * it; nothing for a file that is absent, empty or no plain database. A copy is
 * encrypted and then takes the file's place: whenever it is cut off, one of the
 * two is there and whole.
 *
 * @param key 32 bytes, as for `openEncryptedDatabase`
 * @returns whether there was something to encrypt
 * @throws SQLite's or the file system's error; the file is as it was then
 */
export function encryptPlainDatabase(file: string, key: Uint8Array): boolean {
  const copy = `${file}.encrypting`
  remove(copy)
  if (!isPlain(file)) return false
  try {
    foldLogIn(file)
    copyFileSync(file, copy)
    encrypt(copy, key)
    checkWhole(copy, key)
    toDisk(copy)
    renameSync(copy, file)
  } catch (thrown) {
    remove(copy)
    throw thrown
  }
  return true
}

function isPlain(file: string): boolean {
  if (!existsSync(file)) return false
  const descriptor = openSync(file, 'r')
  try {
    const beginning = Buffer.alloc(plainBeginning.length)
    readSync(descriptor, beginning, 0, beginning.length, 0)
    return beginning.equals(plainBeginning)
  } finally {
    closeSync(descriptor)
  }
}

/** What lies in the log beside it is part of it. Needs the file for itself: whoever else has it open is told of as busy. */
function foldLogIn(file: string): void {
  const database = new Database(file)
  try {
    const mode = database.pragma('journal_mode = DELETE', { simple: true })
    if (mode !== 'delete') throw new Error('Another program has the database open.')
  } finally {
    database.close()
  }
}

function encrypt(copy: string, key: Uint8Array): void {
  const database = new EncryptedDatabase(copy)
  try {
    // A journal on the disk would hold the plain pages once more.
    database.pragma('journal_mode = MEMORY')
    database.rekey(rawKey(key))
  } finally {
    database.close()
  }
}

function checkWhole(copy: string, key: Uint8Array): void {
  const database = openEncryptedDatabase(copy, key)
  try {
    const found = database.pragma('integrity_check', { simple: true })
    if (found !== 'ok') throw new Error(`The encrypted copy is damaged: ${String(found)}`)
  } finally {
    database.close()
  }
}

function toDisk(copy: string): void {
  const descriptor = openSync(copy, 'r+')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function remove(copy: string): void {
  for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(copy + suffix, { force: true })
}

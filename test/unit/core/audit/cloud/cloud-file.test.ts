/// <reference path="../../../../../src/core/files/multiple-ciphers.d.ts" />
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import EncryptedDatabase from 'better-sqlite3-multiple-ciphers'
import { expect, test } from 'vitest'
import type { CloudEvent } from '../../../../../src/contract/cloud-audit.ts'
import { CloudFile, openCloudStore } from '../../../../../src/core/audit/cloud/cloud-file.ts'
import { rawKey } from '../../../../../src/core/files/encrypted-database.ts'
import { temporaryFolder } from '../audit-fixtures.ts'

const key = Buffer.alloc(32, 5)
const place = { accountId: '111122223333', region: 'eu-west-1' }

const event = (eventId: string): CloudEvent => ({
  ...place,
  eventId,
  kind: 'exec',
  at: 1000,
  taskId: 'abc',
  command: 'mysql -pTopSecret',
  userName: 'mallory',
  client: 'other',
  live: false,
})

const imported = { sha256: 'f00', name: 'trail.json', at: 2000, by: 'ana', records: 1, shells: 1 }

/** A file as a Porthole without encryption left it. */
function plainFile(folder: string): string {
  const file = join(folder, 'cloudtrail.sqlite')
  const store = openCloudStore(file, key)
  store.add([event('told-by-aws')])
  store.imports.add(imported, [event('of-a-file')])
  store.setRange(place, 'ExecuteCommand', { from: 10, to: 20 })
  store[Symbol.dispose]()
  const database = new EncryptedDatabase(file)
  database.key(rawKey(key))
  database.pragma('journal_mode = DELETE')
  database.rekey(Buffer.alloc(0))
  database.close()
  return file
}

test('a file in plain is encrypted with all that is in it', () => {
  using folder = temporaryFolder()
  const file = plainFile(folder.path)
  expect(readFileSync(file).includes('TopSecret')).toBe(true)

  using store = openCloudStore(file, key)
  expect(store.ofTask(place, 'abc').map(({ eventId }) => eventId)).toEqual(['of-a-file', 'told-by-aws'])
  expect(store.imports.files()).toEqual([imported])
  expect(store.range(place, 'ExecuteCommand')).toEqual({ from: 10, to: 20 })
  for (const name of readdirSync(folder.path))
    for (const words of ['TopSecret', 'mallory', 'SQLite format'])
      expect(readFileSync(join(folder.path, name)).includes(words)).toBe(false)
})

test('without its key it says what is missing, keeps everything, and opens once the key is back', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'cloudtrail.sqlite')
  openCloudStore(file, key)[Symbol.dispose]()
  const before = readFileSync(file)
  let current = Buffer.alloc(32, 6)
  using cloud = new CloudFile({ file, key: async () => current })
  await expect(cloud.store()).rejects.toMatchObject({
    value: {
      code: 'AUDIT_UNAVAILABLE',
      message: expect.stringContaining('its key is missing'),
      action: expect.stringContaining('audit-keys'),
    },
  })
  expect(readFileSync(file).equals(before)).toBe(true)
  current = key
  expect((await cloud.store()).range(place, 'ExecuteCommand')).toBeUndefined()
})

test('an audit history that cannot be read has its say', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'cloudtrail.sqlite')
  using cloud = new CloudFile({ file, key: () => Promise.reject(new Error('in use')) })
  await expect(cloud.store()).rejects.toThrow('in use')
  expect(cloud.exists).toBe(false)
})

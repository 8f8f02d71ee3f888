import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { openCloudStore } from '../../../../../../src/core/audit/cloud/cloud-file.ts'
import { importIntoFolder } from '../../../../../../src/core/audit/cloud/import/import-into-folder.ts'
import {
  FileCheckpointKeeper,
  keyFolderBeside,
} from '../../../../../../src/core/audit/integrity/checkpoint-keeper.ts'
import { KeyFiles } from '../../../../../../src/core/audit/integrity/key-files.ts'
import { derivedKey } from '../../../../../../src/core/audit/sealing/derived-key.ts'
import { temporaryFolder } from '../../audit-fixtures.ts'

const record = {
  eventID: 'e-1',
  eventName: 'ExecuteCommand',
  eventSource: 'ecs.amazonaws.com',
  eventTime: new Date(Date.now() - 3600_000).toISOString(),
  awsRegion: 'eu-west-1',
  recipientAccountId: '123456789012',
  requestParameters: { cluster: 'web', task: 'abc' },
}

test('files come in one after the other, each noted in the ledger, up to the one that is refused', async () => {
  using folder = temporaryFolder()
  const file = (name: string, text: string) => {
    writeFileSync(join(folder.path, name), text)
    return join(folder.path, name)
  }
  const good = file('good.json', JSON.stringify({ Records: [record] }))
  const bad = file('bad.json', '{"Records":[')
  const data = join(folder.path, 'data')
  const outcomes: unknown[] = []
  const importing = async () => {
    for await (const outcome of importIntoFolder(data, [good, bad, good], { userName: 'raj' }))
      outcomes.push(outcome)
  }
  await expect(importing()).rejects.toMatchObject({
    value: { code: 'FILE_REFUSED', message: expect.stringContaining('bad.json') },
  })
  expect(outcomes).toMatchObject([{ name: 'good.json', by: 'raj', shells: 1, added: 1 }])

  using ledger = opened(join(data, 'audit', 'ledger.sqlite'))
  const bodies = ledger.database.prepare('SELECT body FROM audit_event').pluck().all() as Buffer[]
  const noted = bodies.map((body) => body.toString()).filter((body) => body.includes('audit.imported'))
  expect(noted).toHaveLength(1)
  expect(noted[0]).toContain('good.json')
  const masterKey = new FileCheckpointKeeper(new KeyFiles(keyFolderBeside(join(data, 'audit')))).masterKey()
  using cloud = openCloudStore(join(data, 'cloud', 'cloudtrail.sqlite'), derivedKey(masterKey, 'cloud-file'))
  expect(cloud.imports.shells({ text: '', offset: 0 }).events).toHaveLength(1)
})

function opened(file: string) {
  const database = new Database(file, { readonly: true })
  return { database, [Symbol.dispose]: () => database.close() }
}

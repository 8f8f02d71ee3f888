import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { createAuditService } from '../../../src/core/audit/audit-client.ts'
import { startAuditWorker } from '../../../src/core/audit/start-audit-worker.ts'
import { temporaryFolder } from '../../unit/core/audit/audit-fixtures.ts'
import { SessionFixture } from './session-fixture.ts'

const workerUrl = new URL('../../../src/core/audit/audit-worker.ts', import.meta.url)

test.each([
  ['still opens, and says why it is not recorded', false],
  ['is refused where shells have to be recorded, and says why', true],
])('without a usable data folder a shell %s', async (_, recordingRequired) => {
  using folder = temporaryFolder()
  const file = path.join(folder.path, 'not-a-folder')
  await writeFile(file, '')
  await using worker = startAuditWorker({
    folder: path.join(file, 'audit'),
    keyFolder: path.join(file, 'audit-keys'),
    workerUrl,
  })
  await using audit = createAuditService({ channel: worker.channel })
  await using fixture = await SessionFixture.start({ audit, recordingRequired })
  if (recordingRequired) {
    const shell = await fixture.open('built-in', '/bin/sh')
    expect(await shell.until('ended')).toMatchObject({
      endReason: 'failed',
      error: { code: 'RECORDING_REQUIRED', message: expect.stringContaining(file) },
    })
    return
  }
  const shell = await fixture.openShell('built-in')
  expect(await shell.until('ready')).toMatchObject({
    recording: false,
    recordingProblem: { code: 'STORAGE_UNWRITABLE', message: expect.stringContaining(file) },
  })
  await shell.run('echo still$((1+1))here', /still2here/)
})

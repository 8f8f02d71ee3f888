import path from 'node:path'
import { expect, test } from 'vitest'
import { type AuditClient, createAuditService } from '../../../src/core/audit/audit-client.ts'
import { AuditKeeper } from '../../../src/core/audit/audit-keeper.ts'
import { startAuditWorker } from '../../../src/core/audit/start-audit-worker.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { readWhole, replayOutput, temporaryFolder } from '../../unit/core/audit/audit-fixtures.ts'
import { mountSmallDisk, type SmallDisk } from '../audit/small-disk.ts'
import { SessionFixture, type Shell } from './session-fixture.ts'

const workerUrl = new URL('../../../src/core/audit/audit-worker.ts', import.meta.url)

/** More output than fits into what a full disk has left of a file's last page. */
const muchOutput = 'seq 1 5000'

let audit: AuditClient
let fixture: SessionFixture

/** One story, because what a disk does next depends on what it did before; from the beginning when it is tried again. */
test('a disk that is read-only, then full, then has room again', { timeout: 90_000 }, async ({ skip }) => {
  using folder = temporaryFolder()
  using resources = new DisposableStack()
  const disk = mountSmallDisk(path.join(folder.path, 'disk'), '2m')
  if (typeof disk === 'string') return skip(disk)
  resources.use(disk)
  const folders = { folder: path.join(disk.path, 'audit'), keyFolder: path.join(disk.path, 'audit-keys') }
  disk.setWritable(false)
  const shells: Shell[] = []
  {
    await using worker = startAuditWorker({ ...folders, workerUrl })
    audit = createAuditService({ channel: worker.channel })
    await using sessions = await SessionFixture.start({ audit })
    fixture = sessions
    await goesOnWithoutAHistory(disk)
    shells.push(await tellsTheTab(disk))
    await isNotReachedByKeysTypedAhead()
    const last = await recordsAgain(disk)
    shells.push(last)
    await endsTheShell(disk, last)
  }
  await leavesTheHistoryIntact(folders, shells)
})

const recordingOf = async (shell: Shell) =>
  replayOutput(await readWhole((offset) => audit.recording(shell.id, offset)))

/** Read-only from the start: unrecorded, or refused before AWS is asked; recorded as soon as it can be. */
async function goesOnWithoutAHistory(disk: SmallDisk): Promise<void> {
  const unwritable = { code: 'STORAGE_UNWRITABLE', message: expect.stringContaining(disk.path) }
  const shell = await fixture.openShell('built-in')
  expect(await shell.until('ready')).toMatchObject({ recording: false, recordingProblem: unwritable })
  await shell.run('echo goes$((1+1))on', /goes2on/)
  await expect(audit.touched()).rejects.toMatchObject({ value: unwritable })

  fixture.recordingRequired = true
  const refused = await (await fixture.open('built-in')).until('ended')
  expect(refused).toMatchObject({
    error: { code: 'RECORDING_REQUIRED', message: expect.stringContaining(disk.path) },
  })
  expect(refused.awsSessionId).toBeUndefined()

  fixture.recordingRequired = false
  disk.setWritable(true)
  const next = await fixture.openShell('built-in')
  expect(await next.until('ready')).toMatchObject({ recording: true })
  for (const { id } of [shell, next]) await fixture.service.close(id)
}

/** Without the policy: the tab is told, the shell goes on, and what is there stays readable. */
async function tellsTheTab(full: SmallDisk): Promise<Shell> {
  const shell = await fixture.openShell('built-in')
  await shell.run('echo kept$((1+1))here', /kept2here/)
  await expect.poll(() => recordingOf(shell)).toContain('kept2here')
  full.fill()
  await shell.run(`${muchOutput}; echo over$((1+1))`, /over2/)
  const told = await shell.which(({ recordingProblem }) => recordingProblem !== undefined)
  expect(told).toMatchObject({ state: 'ready', recording: false, recordingProblem: { code: 'STORAGE_FULL' } })
  await shell.run('echo unrecorded$((1+1))', /unrecorded2/)
  expect(await recordingOf(shell)).not.toContain('unrecorded2')
  expect(await audit.verify()).toMatchObject({ intact: true, findings: [] })

  const other = await fixture.openShell('plugin')
  expect(await other.until('ready')).toMatchObject({
    recording: false,
    recordingProblem: { code: 'STORAGE_FULL' },
  })
  await other.run('touch /tmp/unrecorded && ls /tmp', /unrecorded/)
  return shell
}

/** With the policy: the recorder fails at once, and nothing that was typed meanwhile arrives. */
async function isNotReachedByKeysTypedAhead(): Promise<void> {
  fixture.recordingRequired = true
  for (const engine of ['built-in', 'plugin'] as const) {
    const shell = await fixture.open(engine)
    shell.type('touch /tmp/typed-ahead\r')
    const ended = await shell.until('ended')
    expect(ended).toMatchObject({ endReason: 'failed', error: { code: 'RECORDING_REQUIRED' } })
    expect(ended.awsSessionId).toBeDefined()
    expect(shell.history.map(({ state }) => state)).not.toContain('ready')
    await shell.page.until(() => shell.page.ended)
    expect(shell.received).toEqual([])
  }
}

async function recordsAgain(full: SmallDisk): Promise<Shell> {
  full.empty()
  const shell = await fixture.open('plugin')
  shell.type('ls /tmp; echo listed$((1+1))\r')
  await shell.shows(/unrecorded\s[\s\S]*listed2/)
  expect(Buffer.concat(shell.received).toString()).not.toContain('typed-ahead')
  expect(await shell.until('ready')).toMatchObject({ recording: true })
  await expect.poll(() => recordingOf(shell)).toContain('listed2')
  return shell
}

async function endsTheShell(full: SmallDisk, shell: Shell): Promise<void> {
  full.fill()
  shell.type(`${muchOutput}\r`)
  expect(await shell.until('ended')).toMatchObject({
    endReason: 'failed',
    error: { code: 'RECORDING_REQUIRED', message: expect.stringContaining('no room') },
  })
  full.empty()
}

async function leavesTheHistoryIntact(
  folders: { folder: string; keyFolder: string },
  shells: readonly Shell[],
): Promise<void> {
  await using keeper = await AuditKeeper.open({ ...folders, clock: systemClock, onChanged: () => {} })
  expect(keeper.problems()).toEqual([])
  expect(await keeper.verify()).toMatchObject({ intact: true, findings: [] })
  const [first = '', second = ''] = await Promise.all(
    shells.map(async ({ id }) =>
      replayOutput(await readWhole((offset) => keeper.recordings.page(id, offset))),
    ),
  )
  expect(first).toContain('kept2here')
  expect(second).toContain('listed2')
  for (const { id } of shells) expect(keeper.session(id)).toMatchObject({ live: false, hasRecording: true })
}

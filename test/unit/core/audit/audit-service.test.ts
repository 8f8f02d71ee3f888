import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createChannelPair } from '../../../../src/channel/in-process-channel.ts'
import { type AuditClient, createAuditService } from '../../../../src/core/audit/audit-client.ts'
import type { SessionRecorder } from '../../../../src/core/audit/audit-service.ts'
import { type AuditServer, serveAudit } from '../../../../src/core/audit/serve-audit.ts'
import { systemClock } from '../../../../src/core/clock.ts'
import {
  containerRef,
  noon,
  readWhole,
  recordingStart,
  replayOutput,
  sessionFacts,
  taskArn,
  temporaryFolder,
} from './audit-fixtures.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

let folder: ReturnType<typeof temporaryFolder>
let server: AuditServer
let audit: AuditClient

beforeEach(() => {
  folder = temporaryFolder()
  open()
})
afterEach(async () => {
  await close()
  folder[Symbol.dispose]()
})

function open(): void {
  server = serveAudit({ folder: folder.path, clock: systemClock })
  audit = connect()
}

function connect(): AuditClient {
  const [near, far] = createChannelPair()
  server.attach(far)
  return createAuditService({ channel: near })
}

async function close(): Promise<void> {
  await audit[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
}

async function reopen(): Promise<void> {
  await close()
  open()
}

/** Waits until everything given to a recorder is in its file. */
async function drained(recorder: SessionRecorder): Promise<void> {
  while (recorder.pendingBytes > 0) {
    const { promise, resolve } = Promise.withResolvers<void>()
    using _subscription = recorder.onDrained(resolve)
    await promise
  }
}

const recordingOf = (sessionId: string) => readWhole((offset) => audit.recording(sessionId, offset))

describe('the audit service', () => {
  it('has the latest snapshot of a task, also from a shell that was refused', async () => {
    expect(await audit.taskSnapshot(taskArn)).toBeUndefined()
    await audit.sessionOpened(sessionFacts({ snapshot: { task: 'earlier' } }))
    await audit.shellRefused({
      ...sessionFacts({ at: noon + 1000, snapshot: { task: 'later' }, earlierAwsSessionIds: ['ecs-1'] }),
      error: { code: 'HANDSHAKE_FAILED', message: 'No.', retryable: false },
    })
    await audit.sessionOpened(sessionFacts({ at: noon + 2000 }))
    await reopen()
    expect(await audit.taskSnapshot(taskArn)).toMatchObject({ at: noon + 1000, snapshot: { task: 'later' } })
    expect(await audit.entries(taskArn)).toMatchObject([{}, { earlierAwsSessionIds: ['ecs-1'] }, {}])
  })

  it('has a session with its recording while it lives and after it ended', async () => {
    const facts = sessionFacts()
    const { sessionId } = facts
    await audit.sessionOpened(facts)
    const recorder = audit.recorders.start(recordingStart({ sessionId }))
    recorder.output(bytes('# ls\r\n'))
    expect(recorder.pendingBytes).toBe(6)
    await drained(recorder)

    const live = await audit.session(sessionId)
    expect(live).toMatchObject({ live: true, hasRecording: true, outputBytes: 6, userName: 'ada' })
    const page = await audit.recording(sessionId, 0)
    expect(page.live).toBe(true)
    expect(replayOutput(page.text)).toBe('# ls\r\n')

    recorder.resize({ cols: 120, rows: 40 })
    recorder.marker('exit')
    recorder.output(bytes('# exit\r\n'))
    await recorder.close()
    await audit.sessionEnded(sessionId, { at: noon + 5000, reason: 'exited' })

    const rest = await readWhole((offset) => audit.recording(sessionId, offset || Number(page.nextOffset)))
    expect(page.text + rest).toBe(await recordingOf(sessionId))
    expect(replayOutput(page.text + rest)).toBe('# ls\r\n# exit\r\n')
    expect(await audit.entries(taskArn)).toEqual([
      {
        kind: 'session',
        sessionId,
        container: facts.container,
        command: '/bin/sh',
        engine: 'built-in',
        principal: facts.principal,
        userName: 'ada',
        startedAt: noon,
        endedAt: noon + 5000,
        endReason: 'exited',
        live: false,
        outputBytes: 14,
        hasRecording: true,
      },
    ])
    expect(await audit.verify()).toMatchObject({ intact: true })
    expect(await audit.problems()).toEqual([])
  })

  it('tells every client which task changed, and lists newest first', async () => {
    const changed: unknown[] = []
    const other = connect()
    other.onChanged((news) => changed.push(news))
    const error = { code: 'ACCESS_DENIED', message: 'No.', retryable: false } as const
    await audit.sessionOpened(sessionFacts({ at: noon }))
    await audit.shellRefused({ ...sessionFacts({ at: noon + 2, principal: undefined }), error })
    await audit.taskReplaced({
      taskArn,
      clusterArn: containerRef().clusterArn,
      principal: 'p',
      userName: 'ada',
      at: noon + 1,
    })
    const kinds = (await other.entries(taskArn)).map(({ kind }) => kind)
    expect(kinds).toEqual(['refused', 'task-replaced', 'session'])
    // Only the first let somebody into the task.
    expect(changed).toEqual([true, false, false].map((touched) => ({ taskArn, touched })))
    await other[Symbol.asyncDispose]()
  })

  it('keeps what people do around sessions, and shows it in the history of its task', async () => {
    const { sessionId } = sessionFacts()
    const looked = {
      activity: 'recording.viewed',
      at: noon,
      userName: 'grace',
      taskArn,
      sessionId,
      detail: { sessionOf: 'ada' },
    } as const
    await audit.note(looked)
    await audit.note({ activity: 'retention.changed', at: noon, userName: 'grace' })
    expect(await audit.entries(taskArn)).toEqual([{ kind: 'activity', ...looked }])
    await reopen()
    expect(await audit.entries(taskArn)).toEqual([{ kind: 'activity', ...looked }])
    expect(await audit.verify()).toMatchObject({ intact: true, events: 3 })
  })

  it('knows touched tasks, and answers the same from an index built anew', async () => {
    const second = containerRef({ taskArn: `${taskArn}-2`, containerName: 'sidecar' })
    await audit.sessionOpened(sessionFacts({ at: noon + 10 }))
    await audit.sessionOpened(sessionFacts({ at: noon }))
    await audit.sessionOpened(
      sessionFacts({ at: noon + 20, container: containerRef({ containerName: 'app' }) }),
    )
    await audit.sessionOpened(sessionFacts({ at: noon + 5, container: second }))
    const touched = await audit.touched()
    expect(touched).toEqual([
      { taskArn, containers: ['app', 'nginx'], sessions: 3, people: ['ada'], since: noon },
      { taskArn: `${taskArn}-2`, containers: ['sidecar'], sessions: 1, people: ['ada'], since: noon + 5 },
    ])
    await close()
    for (const name of readdirSync(folder.path))
      if (name.startsWith('session-index')) rmSync(join(folder.path, name))
    writeFileSync(join(folder.path, 'session-index.sealed'), 'no database')
    open()
    expect(await audit.touched()).toEqual(touched)
  })

  it('answers what is not there, and what is asked wrongly', async () => {
    await expect(audit.session(randomUUID())).rejects.toMatchObject({ value: { code: 'SESSION_NOT_FOUND' } })
    await expect(audit.sessionEnded(randomUUID(), { at: 1, reason: 'closed' })).rejects.toMatchObject({
      value: { code: 'SESSION_NOT_FOUND' },
    })
    await expect(audit.recording(randomUUID(), 0)).rejects.toMatchObject({ value: { code: 'NOT_FOUND' } })
    await expect(audit.session('../x')).rejects.toMatchObject({ value: { code: 'INVALID_REQUEST' } })
    expect(await audit.entries('arn:of:nothing')).toEqual([])
  })

  it('keeps the first start and the first end of a session', async () => {
    const facts = sessionFacts()
    await audit.sessionOpened(facts)
    await audit.sessionOpened({ ...facts, userName: 'eve', at: noon + 1 })
    await audit.sessionEnded(facts.sessionId, { at: noon + 2, reason: 'lost' })
    await audit.sessionEnded(facts.sessionId, { at: noon + 3, reason: 'exited' })
    expect(await audit.session(facts.sessionId)).toMatchObject({
      userName: 'ada',
      endedAt: noon + 2,
      endReason: 'lost',
    })
    expect(await audit.verify()).toMatchObject({ intact: true, events: 4 })
  })

  it('keeps a session whose caller AWS could not name', async () => {
    const { sessionId, ...facts } = sessionFacts({ principal: undefined, userName: 'unknown' })
    await audit.sessionOpened({ sessionId, ...facts })
    const session = await audit.session(sessionId)
    expect(session.userName).toBe('unknown')
    expect(session.principal).toBeUndefined()
  })

  it('refuses a second recorder of a session and goes on with the first', async () => {
    const facts = sessionFacts()
    await audit.sessionOpened(facts)
    const start = recordingStart({ sessionId: facts.sessionId })
    const first = audit.recorders.start(start)
    first.output(bytes('first'))
    await drained(first)
    const second = audit.recorders.start(start)
    const problem = Promise.withResolvers<unknown>()
    second.onProblem(problem.resolve)
    second.output(bytes('second'))
    expect(await problem.promise).toMatchObject({ code: 'INVALID_REQUEST' })
    await drained(second)
    await second.close()
    first.output(bytes(' goes on'))
    await first.close()

    const late = audit.recorders.start(start)
    const lateProblem = Promise.withResolvers<unknown>()
    late.onProblem(lateProblem.resolve)
    expect(await lateProblem.promise).toMatchObject({ code: 'STORAGE_UNWRITABLE' })
    await late.close()
    expect(replayOutput(await recordingOf(start.sessionId))).toBe('first goes on')
    expect(await audit.session(start.sessionId)).toMatchObject({ hasRecording: true, outputBytes: 13 })
  })

  it('closes recordings properly when their session host goes away', async () => {
    const facts = sessionFacts()
    await audit.sessionOpened(facts)
    const host = connect()
    const recorder = host.recorders.start(recordingStart({ sessionId: facts.sessionId }))
    recorder.output(bytes('last words'))
    await drained(recorder)
    const problem = Promise.withResolvers<unknown>()
    recorder.onProblem(problem.resolve)
    const closed = Promise.withResolvers<string>()
    audit.onChanged((news) => closed.resolve(news.taskArn))
    await host[Symbol.asyncDispose]()
    expect(await problem.promise).toMatchObject({ code: 'AUDIT_UNAVAILABLE' })
    expect(recorder.pendingBytes).toBe(0)
    await recorder.close()
    expect(await closed.promise).toBe(taskArn)
    expect(replayOutput(await recordingOf(facts.sessionId))).toBe('last words')
    await reopen()
    // Closed, not recovered: nothing was left for the next start but the session itself.
    expect(await audit.session(facts.sessionId)).toMatchObject({ endReason: 'interrupted', outputBytes: 10 })
  })

  it('tells a recorder when the audit folder is taken away, and the session goes on', async () => {
    await audit.problems()
    const recordings = join(folder.path, 'recordings')
    writeFileSync(recordings, 'a file where the folder should be')
    const recorder = audit.recorders.start(recordingStart())
    const problems: unknown[] = []
    recorder.onProblem((error) => problems.push(error))
    recorder.output(bytes('a'))
    recorder.output(bytes('b'))
    await drained(recorder)
    await recorder.close()
    expect(problems).toEqual([expect.objectContaining({ code: 'STORAGE_UNWRITABLE' })])
  })

  it('tells a recorder within a second when the recordings vanish in mid-session, and records the next', async () => {
    const facts = sessionFacts()
    await audit.sessionOpened(facts)
    const recorder = audit.recorders.start(recordingStart({ sessionId: facts.sessionId }))
    const problem = Promise.withResolvers<unknown>()
    recorder.onProblem(problem.resolve)
    recorder.output(bytes('before'))
    await drained(recorder)
    const recordings = join(folder.path, 'recordings')
    renameSync(recordings, `${recordings}-elsewhere`)
    recorder.output(bytes('after'))
    expect(await problem.promise).toMatchObject({ code: 'STORAGE_UNWRITABLE' })
    await recorder.close()
    await audit.sessionEnded(facts.sessionId, { at: noon + 1, reason: 'exited' })

    const next = sessionFacts()
    await audit.sessionOpened(next)
    const second = audit.recorders.start(recordingStart({ sessionId: next.sessionId }))
    const accepted = Promise.withResolvers<void>()
    second.onAccepted(accepted.resolve)
    await accepted.promise
    second.output(bytes('recorded'))
    await second.close()
    expect(replayOutput(await recordingOf(next.sessionId))).toBe('recorded')

    const { findings } = await audit.verify()
    // What is not there any more is said to be missing, and nothing else.
    expect(findings).toEqual([expect.objectContaining({ sessionId: facts.sessionId })])
    renameSync(join(recordings, `${next.sessionId}.sealed`), join(folder.path, 'kept'))
    rmSync(recordings, { recursive: true })
    renameSync(`${recordings}-elsewhere`, recordings)
    renameSync(join(folder.path, 'kept'), join(recordings, `${next.sessionId}.sealed`))
    expect(await audit.verify()).toMatchObject({ intact: true, findings: [] })
    // What came before anybody noticed may be in it.
    expect(replayOutput(await recordingOf(facts.sessionId))).toMatch(/^before/)
  })

  it('says in every call why the history cannot be opened, and opens it as soon as it can', async () => {
    const blocked = join(folder.path, 'blocked')
    writeFileSync(blocked, '')
    await using late = serveAudit({ folder: blocked, clock: systemClock })
    const [near, far] = createChannelPair()
    late.attach(far)
    await using client = createAuditService({ channel: near })
    const failure = { code: 'STORAGE_UNWRITABLE', message: expect.stringContaining(blocked) }
    await expect(client.sessionOpened(sessionFacts())).rejects.toMatchObject({ value: failure })
    expect(await client.problems()).toEqual([expect.objectContaining(failure)])
    const recorder = client.recorders.start(recordingStart())
    const problem = Promise.withResolvers<unknown>()
    recorder.onProblem(problem.resolve)
    expect(await problem.promise).toMatchObject({ code: 'AUDIT_UNAVAILABLE' })
    await recorder.close()

    rmSync(blocked)
    await client.sessionOpened(sessionFacts())
    expect(await client.entries(taskArn)).toHaveLength(1)
    expect(statSync(blocked).mode & 0o777).toBe(0o700)
  })

  it('refuses a second server of the folder, in one clear sentence', async () => {
    await audit.problems()
    await using second = serveAudit({ folder: folder.path, clock: systemClock })
    const [near, far] = createChannelPair()
    second.attach(far)
    await using client = createAuditService({ channel: near })
    await expect(client.touched()).rejects.toMatchObject({
      value: {
        code: 'AUDIT_UNAVAILABLE',
        message: 'The audit history is in use by another Porthole.',
        action: 'Close the other Porthole, then try again.',
      },
    })
    await close()
    expect(await client.touched()).toEqual([])
    open()
  })

  it('closes live recordings when it stops', async () => {
    const facts = sessionFacts()
    await audit.sessionOpened(facts)
    const recorder = audit.recorders.start(recordingStart({ sessionId: facts.sessionId }))
    recorder.output(bytes('bye'))
    await drained(recorder)
    await server[Symbol.asyncDispose]()
    await reopen()
    expect(replayOutput(await recordingOf(facts.sessionId))).toBe('bye')
    expect(existsSync(join(folder.path, 'install-id'))).toBe(true)
  })
})

describe('an installation id that was lost', () => {
  it('is taken from the ledger, so that the chain still verifies', async () => {
    await audit.sessionOpened(sessionFacts())
    await close()
    rmSync(join(folder.path, 'install-id'))
    open()
    expect(await audit.problems()).toEqual([])
    expect(await audit.verify()).toMatchObject({ intact: true, events: 3 })
  })
})

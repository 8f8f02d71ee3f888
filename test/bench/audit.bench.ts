import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createAuditService } from '../../src/core/audit/audit-client.ts'
import type { AuditService, RecordingStart, SessionRecorder } from '../../src/core/audit/audit-service.ts'
import { startAuditWorker } from '../../src/core/audit/start-audit-worker.ts'
import type { BenchResult } from './bench-result.ts'

/** Long enough that start and end do not count, short enough for every run of the benchmark. */
const floodBytes = 64 * 1024 * 1024

/** The batch that a session hands over in a flood, and the mark above which it holds its source back. */
const batchBytes = 64 * 1024
const highMarkBytes = 512 * 1024

const eventCount = 500

/** A tab in which somebody works: a screen line of output ten times a second. */
const busyTabs = 20
const linesPerSecond = 10
const busySeconds = 8

/** A history of years: 10,000 sessions, of which one task that never stops has many. */
const sessionCount = 10_000
const longTaskSessions = 1000
const timelineReads = 40

/**
 * How fast output goes through the audit worker into the recording (coloured
 * log lines, flow-controlled like a session), what that costs the sending
 * thread, what 20 busy tabs cost, how long a ledger event takes until it is
 * durable, and a task's timeline until it is there.
 */
export async function runAuditBench(): Promise<BenchResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'porthole-audit-bench-'))
  try {
    await using worker = startAuditWorker({
      folder,
      keyFolder: `${folder}-keys`,
      workerUrl: new URL('../../src/core/audit/audit-worker.ts', import.meta.url),
    })
    await using audit = createAuditService({ channel: worker.channel })
    await audit.touched()
    return [
      ...(await benchFlood((start) => audit.recorders.start(start))),
      await benchBusyTabs((start) => audit.recorders.start(start)),
      await benchEvents((start) => audit.sessionOpened({ ...start, userName: 'bench', at: start.startedAt })),
      ...(await benchTimeline(audit)),
    ]
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function benchFlood(startRecorder: (start: RecordingStart) => SessionRecorder): Promise<BenchResult[]> {
  const batch = logLines(batchBytes)
  const recorder = startRecorder(recordingStart())
  const started = performance.now()
  let sending = 0
  for (let given = 0; given < floodBytes; given += batch.byteLength) {
    const before = performance.now()
    recorder.output(batch)
    sending += performance.now() - before
    if (recorder.pendingBytes > highMarkBytes) await drainedOnce(recorder)
  }
  await recorder.close()
  const seconds = (performance.now() - started) / 1000
  const megabytes = floodBytes / 1e6
  return [
    { name: 'audit: recorder through the worker', value: megabytes / seconds, unit: 'MB/s' },
    { name: 'audit: sending thread per MB recorded', value: sending / megabytes, unit: 'ms' },
  ]
}

/** Of this thread and the audit's together, by the processor time of the process. */
async function benchBusyTabs(
  startRecorder: (start: RecordingStart) => SessionRecorder,
): Promise<BenchResult> {
  const recorders = Array.from({ length: busyTabs }, () => startRecorder(recordingStart()))
  const line = logLines(100)
  const began = performance.now()
  const used = process.cpuUsage()
  for (let turn = 0; turn < busySeconds * linesPerSecond; turn += 1) {
    for (const recorder of recorders) recorder.output(line)
    await delay(1000 / linesPerSecond)
  }
  const { user, system } = process.cpuUsage(used)
  const share = (user + system) / 1000 / (performance.now() - began)
  await Promise.all(recorders.map((recorder) => recorder.close()))
  return {
    name: 'audit: recording 20 busy tabs',
    value: share * 100,
    unit: '% of a core',
    budget: { atMost: 5 },
  }
}

/** Asked for as a page asks, through the worker and back. */
async function benchTimeline(audit: AuditService): Promise<BenchResult[]> {
  const longTask = 'arn:aws:ecs:eu-central-1:111122223333:task/bench/long'
  const taskOf = (index: number) =>
    index < longTaskSessions ? longTask : `arn:aws:ecs:eu-central-1:111122223333:task/bench/${index % 500}`
  for (let index = 0; index < sessionCount; index += 1) {
    const start = recordingStart()
    const container = { ...start.container, taskArn: taskOf(index) }
    await audit.sessionOpened({ ...start, container, userName: 'bench', at: start.startedAt })
  }
  await audit.entries(longTask)
  const times: number[] = []
  for (let count = 0; count < timelineReads; count += 1) {
    const began = performance.now()
    await audit.entries(count % 2 === 0 ? longTask : taskOf(longTaskSessions + count))
    times.push(performance.now() - began)
  }
  times.sort((left, right) => left - right)
  const p95 = times[Math.floor(times.length * 0.95)] ?? 0
  return [
    {
      name: `audit: timeline of a task with ${longTaskSessions.toLocaleString('en')} of ${sessionCount.toLocaleString('en')} sessions, p95`,
      value: p95,
      unit: 'ms',
      budget: { atMost: 100 },
    },
  ]
}

async function benchEvents(append: (start: RecordingStart) => Promise<void>): Promise<BenchResult> {
  const started = performance.now()
  for (let count = 0; count < eventCount; count += 1) await append(recordingStart())
  const milliseconds = (performance.now() - started) / eventCount
  return { name: 'audit: ledger event until durable', value: milliseconds, unit: 'ms' }
}

function drainedOnce(recorder: SessionRecorder): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const subscription = recorder.onDrained(() => {
    subscription[Symbol.dispose]()
    resolve()
  })
  return promise
}

function logLines(byteLength: number): Uint8Array {
  const line =
    '\u001b[32mINFO\u001b[0m 2026-11-20T12:00:00.000Z GET /index.html 200 17 ms \u001b[36m10.0.3.17\u001b[0m\r\n'
  return new TextEncoder().encode(line.repeat(Math.ceil(byteLength / line.length)).slice(0, byteLength))
}

function recordingStart(): RecordingStart {
  return {
    sessionId: randomUUID(),
    size: { cols: 120, rows: 40 },
    startedAt: Date.now(),
    command: '/bin/sh',
    title: 'bench',
    container: {
      scope: {
        identityId: 'sso:bench',
        accountId: '111122223333',
        roleName: 'Bench',
        region: 'eu-central-1',
      },
      environment: 'development',
      clusterArn: 'arn:aws:ecs:eu-central-1:111122223333:cluster/bench',
      clusterName: 'bench',
      taskArn: 'arn:aws:ecs:eu-central-1:111122223333:task/bench/1',
      taskId: '1',
      containerName: 'bench',
    },
  }
}

if (import.meta.main) console.table(await runAuditBench())

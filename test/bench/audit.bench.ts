import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAuditService } from '../../src/core/audit/audit-client.ts'
import type { RecordingStart, SessionRecorder } from '../../src/core/audit/audit-service.ts'
import { startAuditWorker } from '../../src/core/audit/start-audit-worker.ts'
import type { BenchResult } from './bench-result.ts'

/** Long enough that start and end do not count, short enough for every run of the benchmark. */
const floodBytes = 64 * 1024 * 1024

/** The batch that a session hands over in a flood, and the mark above which it holds its source back. */
const batchBytes = 64 * 1024
const highMarkBytes = 512 * 1024

const eventCount = 500

/**
 * How fast output goes through the audit worker into the recording (coloured
 * log lines, flow-controlled like a session), what that costs the sending
 * thread, and how long a ledger event takes until it is durable.
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
      await benchEvents((start) => audit.sessionOpened({ ...start, userName: 'bench', at: start.startedAt })),
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

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMessagePortChannel } from '../../../src/channel/message-port-channel.ts'
import { createAuditService, createRecorderFactory } from '../../../src/core/audit/audit-client.ts'
import { startAuditWorker } from '../../../src/core/audit/start-audit-worker.ts'
import {
  readWhole,
  recordingStart,
  replayOutput,
  sessionFacts,
  taskArn,
  temporaryFolder,
} from '../../unit/core/audit/audit-fixtures.ts'

const source = new URL('../../../src/core/audit/audit-worker.ts', import.meta.url)
let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder[Symbol.dispose]())

describe('the audit worker', () => {
  it('serves a core and a session host of its own, and ends when it is told to', async () => {
    const worker = startAuditWorker({
      folder: join(folder.path, 'audit'),
      keyFolder: join(folder.path, 'audit-keys'),
      workerUrl: source,
    })
    const audit = createAuditService({ channel: worker.channel })
    const hostChannel = createMessagePortChannel(worker.openPort())
    const recorders = createRecorderFactory({ channel: hostChannel })
    const changed: string[] = []
    audit.onChanged((news) => changed.push(news.taskArn))

    const facts = sessionFacts()
    await audit.sessionOpened(facts)
    const recorder = recorders.start(recordingStart({ sessionId: facts.sessionId }))
    const buffer = new TextEncoder().encode('hello')
    recorder.output(buffer)
    buffer.fill(0)
    await recorder.close()
    expect(recorder.pendingBytes).toBe(0)
    const recording = await readWhole((offset) => audit.recording(facts.sessionId, offset))
    expect(replayOutput(recording)).toBe('hello')
    expect(changed).toEqual([taskArn, taskArn, taskArn])

    const stopped = Promise.withResolvers<Error | undefined>()
    worker.onStopped(stopped.resolve)
    await worker[Symbol.asyncDispose]()
    expect(await stopped.promise).toBeUndefined()
    await expect(audit.touched()).rejects.toMatchObject({ value: { code: 'AUDIT_UNAVAILABLE' } })
    // The log is folded into the ledger when it is closed properly.
    expect(existsSync(join(folder.path, 'audit', 'ledger.sqlite-wal'))).toBe(false)
  })

  it('runs from a bundled file just as well', async () => {
    const bundle = join(folder.path, 'bundle')
    await build({
      configFile: false,
      logLevel: 'silent',
      build: {
        ssr: source.pathname,
        outDir: bundle,
        rollupOptions: { output: { entryFileNames: 'worker.mjs' } },
      },
      ssr: { external: true },
    })
    // Beside our dependencies, as in the app: better-sqlite3 stays outside the bundle.
    const place = new URL('../../../node_modules/.cache/porthole-audit-test/', import.meta.url)
    await using moved = await moveBundle(join(bundle, 'worker.mjs'), place)
    await using worker = startAuditWorker({
      folder: join(folder.path, 'audit'),
      keyFolder: join(folder.path, 'audit-keys'),
      workerUrl: moved.url,
    })
    await using audit = createAuditService({ channel: worker.channel })
    await audit.sessionOpened(sessionFacts())
    expect(await audit.entries(taskArn)).toHaveLength(1)
  })

  it('says that it is gone when it cannot even start', async () => {
    const worker = startAuditWorker({
      folder: folder.path,
      keyFolder: `${folder.path}-keys`,
      workerUrl: pathToFileURL(join(folder.path, 'no-such-worker.mjs')),
    })
    const audit = createAuditService({ channel: worker.channel })
    const stopped = Promise.withResolvers<Error | undefined>()
    worker.onStopped(stopped.resolve)
    await expect(audit.touched()).rejects.toMatchObject({ value: { code: 'AUDIT_UNAVAILABLE' } })
    expect(String(await stopped.promise)).toContain('no-such-worker.mjs')
    await worker[Symbol.asyncDispose]()
  })
})

async function moveBundle(file: string, place: URL): Promise<AsyncDisposable & { url: URL }> {
  const { copyFile, mkdir, rm } = await import('node:fs/promises')
  await mkdir(place, { recursive: true })
  const url = new URL('worker.mjs', place)
  await copyFile(file, url)
  return { url, [Symbol.asyncDispose]: () => rm(place, { recursive: true }) }
}

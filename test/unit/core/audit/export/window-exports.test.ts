import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PortholeError } from '../../../../../src/contract/errors.ts'
import type { ExportSummary, ExportWish, WindowExport } from '../../../../../src/contract/export.ts'
import type { AuditService, ExportOrder, ExportRun } from '../../../../../src/core/audit/audit-service.ts'
import { WindowExports } from '../../../../../src/core/audit/export/window-exports.ts'
import { systemClock } from '../../../../../src/core/clock.ts'
import {
  createPageInBrowser,
  type SaveQuestion,
  type WindowHost,
} from '../../../../../src/core/window-host.ts'
import { containerRef, noon, temporaryFolder } from '../audit-fixtures.ts'

const wish: ExportWish = {
  kind: 'archive',
  request: { selection: { kind: 'all' }, redacted: false, text: false, asciicastV2: false },
}
const sessionId = 'c2a1f9c0-5f0e-4a8e-9c62-6a1e4f1d2b3a'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder[Symbol.dispose]())

/** A history whose exports end when the test says so. */
class HeldAudit implements Pick<AuditService, 'export' | 'exportRecording' | 'session'> {
  readonly orders: Pick<ExportOrder, 'place'>[] = []
  readonly runs: ExportRun[] = []
  #finish: (() => void)[] = []

  async session() {
    return { container: containerRef({ containerName: 'a/b' }), userName: 'ada', startedAt: noon } as never
  }
  export(order: ExportOrder, run: ExportRun = {}): Promise<ExportSummary> {
    return this.exportRecording(order, run)
  }
  exportRecording(order: Pick<ExportOrder, 'place'>, run: ExportRun = {}): Promise<ExportSummary> {
    this.orders.push(order)
    this.runs.push(run)
    const path = order.place.kind === 'chosen' ? order.place.path : join(order.place.folder, 'waiting')
    return new Promise((done, reject) => {
      run.signal?.addEventListener('abort', () =>
        reject(new PortholeError({ code: 'CANCELLED', message: 'Cancelled.' })),
      )
      this.#finish.push(() => {
        writeFileSync(path, 'whole')
        done({ path, bytes: 5, events: 1, recordings: 0, findings: 0, keyFingerprint: 'f' })
      })
    })
  }
  finish(): void {
    for (const finish of this.#finish.splice(0)) finish()
  }
  failNext(error: PortholeError): void {
    this.exportRecording = () => Promise.reject(error)
  }
}

class AskedWindow {
  readonly questions: SaveQuestion[] = []
  readonly shown: string[] = []
  answer: string | undefined
  readonly host: WindowHost

  constructor(answer: string | undefined) {
    this.answer = answer
    this.host = {
      ...createPageInBrowser(),
      outlivesPage: true,
      chooseSaveTarget: async (question) => {
        this.questions.push(question)
        return this.answer
      },
      showInFolder: (path) => void this.shown.push(path),
    }
  }
}

function exportsOf(audit: HeldAudit, downloads = false) {
  const exports = new WindowExports({
    audit,
    actor: async () => ({ userName: 'ana' }),
    folder: join(folder.path, 'offered'),
    verifierFile: resolve(import.meta.dirname, '../../../../../resources/audit-verifier.mjs'),
    version: '1.0.0',
    clock: systemClock,
    downloads,
  })
  const ends: WindowExport[] = []
  const ended = (count: number) =>
    expect
      .poll(() => ends.length, { timeout: 60_000 })
      .toBe(count)
      .then(() => ends)
  exports.onChanged(({ told }) => {
    if (told.outcome.state !== 'running') ends.push(told)
  })
  return { exports, ended }
}

/** Exports begin with who exports and the verifier's text; the history hears of them then. */
const begun = (audit: HeldAudit, count: number) =>
  expect.poll(() => audit.orders.length, { timeout: 60_000 }).toBe(count)

describe('the exports of windows', () => {
  it('ask where to, do nothing when the person would rather not, and remember the folder', async () => {
    const audit = new HeldAudit()
    const { exports, ended } = exportsOf(audit)
    const window = new AskedWindow(undefined)
    expect(await exports.start(window.host, wish)).toBeUndefined()
    expect(audit.orders).toEqual([])
    expect(exports.current(window.host)).toBeUndefined()

    const chosen = join(folder.path, 'elsewhere', 'mine.zip')
    mkdirSync(join(folder.path, 'elsewhere'))
    window.answer = chosen
    const started = await exports.start(window.host, wish)
    expect(started).toMatchObject({ fileName: 'mine.zip', outcome: { state: 'running' } })
    await begun(audit, 1)
    expect(audit.orders[0]?.place).toEqual({ kind: 'chosen', path: chosen, replace: false })
    expect(exports.running()).toHaveLength(1)
    audit.finish()
    expect(await ended(1)).toMatchObject([{ outcome: { state: 'done', written: { path: chosen } } }])
    await exports.show(window.host, started?.id ?? '')
    expect(window.shown).toEqual([chosen])

    await exports.start(window.host, {
      kind: 'recording',
      request: { sessionId, form: 'text', redacted: true },
    })
    await begun(audit, 2)
    // It is there by now, and the dialog has asked.
    expect(audit.orders[1]?.place).toEqual({ kind: 'chosen', path: chosen, replace: true })
    expect(window.questions.map(({ suggestion }) => suggestion)).toEqual([
      expect.stringMatching(/offered.porthole-audit-[\d-]+\.zip$/),
      expect.stringMatching(/offered.porthole-audit-[\d-]+\.zip$/),
      join(folder.path, 'elsewhere', 'a-b-ada-2026-11-20-1200-redacted.txt'),
    ])
    rmSync(chosen)
    audit.finish()
    await ended(2)
    rmSync(chosen)
    const { id } = exports.current(window.host) ?? { id: '' }
    await expect(exports.show(window.host, id)).rejects.toMatchObject({ value: { code: 'NOT_FOUND' } })
    await exports[Symbol.asyncDispose]()
  })

  it('are one at a time in a window, several in several, and never two onto one file', async () => {
    const audit = new HeldAudit()
    const { exports, ended } = exportsOf(audit)
    const one = new AskedWindow(join(folder.path, 'one.zip'))
    const other = new AskedWindow(join(folder.path, 'one.zip'))
    await exports.start(one.host, wish)
    await expect(exports.start(one.host, wish)).rejects.toMatchObject({
      value: { message: 'This window is exporting already.' },
    })
    expect(one.questions).toHaveLength(1)
    await expect(exports.start(other.host, wish)).rejects.toMatchObject({
      value: { message: `Another window is exporting to ${join(folder.path, 'one.zip')}.` },
    })
    other.answer = join(folder.path, 'other.zip')
    const started = await exports.start(other.host, wish)
    await begun(audit, 2)
    expect(exports.running()).toHaveLength(2)
    exports.cancel(one.host, started?.id ?? '')
    expect(exports.runningIn(one.host)).toBe(true)
    exports.cancel(other.host, started?.id ?? '')
    expect(await ended(1)).toMatchObject([{ id: started?.id, outcome: { state: 'cancelled' } }])
    await exports.closeOf(one.host)
    expect(await ended(2)).toMatchObject([{}, { outcome: { state: 'cancelled' } }])
    expect(exports.current(one.host)).toBeUndefined()
    await exports[Symbol.asyncDispose]()
  })

  it('tell why one failed', async () => {
    const audit = new HeldAudit()
    audit.failNext(new PortholeError({ code: 'STORAGE_FULL', message: 'No room.', action: 'Make some.' }))
    const { exports, ended } = exportsOf(audit)
    await exports.start(new AskedWindow(join(folder.path, 'one.zip')).host, wish)
    expect(await ended(1)).toMatchObject([
      { outcome: { state: 'failed', error: { code: 'STORAGE_FULL', action: 'Make some.' } } },
    ])
    await exports[Symbol.asyncDispose]()
  })

  it('wait for a page that fetches them, once, and go with the page that does not', async () => {
    const audit = new HeldAudit()
    const { exports, ended } = exportsOf(audit, true)
    const page = createPageInBrowser()
    await exports.start(page, wish)
    await begun(audit, 1)
    audit.finish()
    const [done] = await ended(1)
    const id = done?.id ?? ''
    expect(done?.outcome).toMatchObject({ state: 'done', downloadPath: `/exports/${id}` })
    const file = join(folder.path, 'offered', 'waiting')
    expect(exports.downloads.take(id)).toEqual({ file, name: done?.fileName })
    expect(exports.downloads.take(id)).toBeUndefined()

    await exports.start(page, wish)
    await begun(audit, 2)
    audit.finish()
    await ended(2)
    expect(existsSync(file)).toBe(true)
    await exports.closeOf(page)
    expect(readdirSync(join(folder.path, 'offered'))).toEqual([])
    await exports[Symbol.asyncDispose]()
  })
})

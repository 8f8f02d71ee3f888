import { randomUUID } from 'node:crypto'
import type { Activity, ActivityFacts } from '../../../contract/audit.ts'
import { PortholeError } from '../../../contract/errors.ts'
import type { ExportSummary, RecordingSummary } from '../../../contract/export.ts'
import type { Clock } from '../../clock.ts'
import { errorCode } from '../../files/error-code.ts'
import type { ExportOrder, ExportRun, RecordingOrder } from '../audit-service.ts'
import type { RecordChecks } from '../integrity/record-checks.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { RecordingStore } from '../recording/recording-store.ts'
import { type RedactionCounts, redactionCount } from '../redaction/redact.ts'
import { exportDetail, placeOfSelection, recordingDetail } from './export-activity.ts'
import { ExportSteps } from './export-progress.ts'
import { type ExportParts, exportRecord } from './export-record.ts'
import { type ExportContainer, type ExportSink, openExportSink } from './export-sink.ts'
import { type ExportPlace, ExportTarget } from './export-target.ts'
import { IllegibleRecording, legible, recordingAs } from './recording-forms.ts'
import { targetProblem } from './target-problem.ts'
import type { ExportFacts, UnfinishedExports } from './unfinished-exports.ts'

interface ExporterOptions {
  ledger: Ledger
  store: RecordingStore
  checks: RecordChecks
  unfinished: UnfinishedExports
  clock: Clock
  signingKey: () => ExportParts['signingKey']
  note: (facts: ActivityFacts) => void
  /** Signs how far the chain has come. */
  checkpoint: () => void
}

/** What is to be exported, and where to. */
interface ExportPlan {
  place: ExportPlace
  container: ExportContainer
  facts: ExportFacts
  run: ExportRun
}

type Write<Held> = (sink: ExportSink, signal: AbortSignal) => Promise<Held>
type Written<Held> = Held & { path: string; bytes: number }

/**
 * Makes exports of one history. Each is noted when it begins, before a byte has
 * left, and again when it is over: as done, as cancelled or as failed; one that
 * a crash ended, at the next start.
 */
export class Exporter implements AsyncDisposable {
  readonly #options: ExporterOptions
  readonly #stopped = new AbortController()
  readonly #running = new Set<Promise<unknown>>()

  constructor(options: ExporterOptions) {
    this.#options = options
  }

  archive(order: ExportOrder, run: ExportRun = {}): Promise<ExportSummary> {
    const { request, place, container, by } = order
    const { ledger, store, checks, clock, signingKey, checkpoint } = this.#options
    const facts = { ...by, ...placeOfSelection(request.selection), detail: exportDetail(request) }
    return this.#run({ place, container, facts, run }, async (sink, signal) => {
      // That it began is in the export, and signed.
      checkpoint()
      const at = clock.now()
      const lastSeq = ledger.head.seq
      const steps = new ExportSteps(run.onProgress ?? (() => {}))
      using _checked = checks.onProgress((progress) => steps.checked(progress))
      const verification = await checks.run(signal)
      const { installId, rows } = ledger
      const of = { installId, rows, store, at, lastSeq, verification, signingKey: signingKey() }
      return exportRecord({ ...order, ...of, steps, signal }, sink)
    })
  }

  recording(order: RecordingOrder, run: ExportRun = {}): Promise<RecordingSummary> {
    const { place, by, request } = order
    const { store } = this.#options
    const { sessionId, form, redacted } = request
    const facts = { ...by, sessionId, detail: recordingDetail(request) }
    return this.#run({ place, container: 'file', facts, run }, async (sink) => {
      const counts: RedactionCounts = {}
      const steps = new ExportSteps(run.onProgress ?? (() => {}))
      await using opened = await store.open(sessionId).catch((thrown) => {
        throw errorCode(thrown) === 'ENOENT' ? notRecorded(sessionId) : thrown
      })
      steps.expect(1, opened.byteLength)
      steps.begins(opened.byteLength)
      const reader = steps.counted(legible(opened))
      await sink.add(form, recordingAs(form, reader, redacted ? counts : undefined))
      steps.ends()
      return redacted ? { redactions: redactionCount(counts) } : {}
    })
  }

  /** Cancels what is under way and waits until nothing is left of it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort()
    await Promise.allSettled(this.#running)
  }

  /** Notes those that a crash ended, and takes away what is left of them. */
  async tidy(): Promise<void> {
    for (const facts of await this.#options.unfinished.clear())
      this.#note('export.failed', facts, { code: 'INTERRUPTED' })
  }

  async #run<Held extends object>(plan: ExportPlan, write: Write<Held>): Promise<Written<Held>> {
    const running = this.#noted(plan, write)
    this.#running.add(running)
    try {
      return await running
    } finally {
      this.#running.delete(running)
    }
  }

  async #noted<Held extends object>(plan: ExportPlan, write: Write<Held>): Promise<Written<Held>> {
    const signal = AbortSignal.any([this.#stopped.signal, ...(plan.run.signal ? [plan.run.signal] : [])])
    const id = randomUUID()
    const facts = { ...plan.facts, detail: { ...plan.facts.detail, export: id } }
    this.#note('export.started', facts)
    try {
      const written = await this.#write({ ...plan, id, facts, signal }, write)
      this.#note('audit.exported', facts, { bytes: String(written.bytes) })
      return written
    } catch (thrown) {
      const problem = signal.aborted ? cancelled() : problemOf(thrown, plan.place)
      this.#note(...endOf(problem, facts))
      throw problem
    }
  }

  async #write<Held extends object>(
    { place, container, id, facts, signal }: ExportPlan & { id: string; signal: AbortSignal },
    write: Write<Held>,
  ): Promise<Written<Held>> {
    signal.throwIfAborted()
    const { unfinished } = this.#options
    const target = await ExportTarget.open(place, { id, facts, unfinished })
    const sink = await openExportSink(target, container, signal)
    try {
      const held = await write(sink, signal)
      signal.throwIfAborted()
      return { ...held, path: target.path, bytes: await sink.finish() }
    } catch (thrown) {
      await sink.abandon()
      throw thrown
    }
  }

  #note(activity: Activity, facts: ExportFacts, more: Record<string, string> = {}): void {
    const { note, clock } = this.#options
    note({ ...facts, activity, at: clock.now(), detail: { ...facts.detail, ...more } })
  }
}

function endOf(
  { value: { code } }: PortholeError,
  facts: ExportFacts,
): [Activity, ExportFacts, Record<string, string>] {
  return code === 'CANCELLED' ? ['export.cancelled', facts, {}] : ['export.failed', facts, { code }]
}

function problemOf(thrown: unknown, place: ExportPlace): PortholeError {
  if (thrown instanceof IllegibleRecording)
    return new PortholeError(
      {
        code: 'STORAGE_UNWRITABLE',
        message: 'The recording of this session could not be read.',
        detail: thrown.message,
        action: 'Check the audit record, and export the session as an archive.',
      },
      { cause: thrown },
    )
  return targetProblem(thrown, place.kind === 'chosen' ? place.path : `${place.folder}/export`)
}

function cancelled(): PortholeError {
  return new PortholeError({
    code: 'CANCELLED',
    message: 'The export was cancelled. Nothing of it is left.',
    action: 'Export again.',
    retryable: true,
  })
}

function notRecorded(sessionId: string): PortholeError {
  return new PortholeError({
    code: 'NOT_FOUND',
    message: 'There is no recording of this session.',
    detail: sessionId,
  })
}

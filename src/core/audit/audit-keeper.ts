import { join } from 'node:path'
import type {
  ActivityFacts,
  AuditEntry,
  AuditSession,
  PlacedEntry,
  TaskHistory,
  TouchedTask,
} from '../../contract/audit.ts'
import type { CommandSummaries } from '../../contract/command-summary.ts'
import { type ErrorValue, PortholeError } from '../../contract/errors.ts'
import type { ExportSummary, RecordingSummary } from '../../contract/export.ts'
import type { IntegrityReport, IntegrityState } from '../../contract/integrity.ts'
import type { RecordActs, RecordActsRequest } from '../../contract/record-acts.ts'
import type { RetentionSettings } from '../../contract/retention.ts'
import type { SearchAnswer, SearchRequest } from '../../contract/search.ts'
import type { EndReason } from '../../contract/session.ts'
import type { Clock } from '../clock.ts'
import {
  openLedger,
  openRecordingKeys,
  openSearchIndex,
  openSessionIndex,
  takeAuditFolder,
} from './audit-folder.ts'
import type {
  ExportOrder,
  ExportRun,
  HistoryNews,
  LedgerAttempt,
  RecordingOrder,
  SessionFacts,
  TaskReplacedFacts,
} from './audit-service.ts'
import { recoverFromCrash } from './crash-recovery.ts'
import { Exporter } from './export/exporter.ts'
import { UnfinishedExports } from './export/unfinished-exports.ts'
import { FileCheckpointKeeper, keyFolderBeside } from './integrity/checkpoint-keeper.ts'
import { Checkpoints } from './integrity/checkpoints.ts'
import { KeyFiles, type KeyProtection } from './integrity/key-files.ts'
import { checkAtOpening } from './integrity/opening-check.ts'
import { RecordChecks } from './integrity/record-checks.ts'
import type { AuditEvent } from './ledger/audit-events.ts'
import type { Ledger } from './ledger/ledger.ts'
import type { RecordingStore } from './recording/recording-store.ts'
import { Recordings } from './recording/recordings.ts'
import { Shredder } from './retention/shredder.ts'
import { derivedKey, type KeyPurpose } from './sealing/derived-key.ts'
import type { RecordingKeys } from './sealing/recording-keys.ts'
import { SealedRecordingStore } from './sealing/sealed-recording-store.ts'
import type { CloudKnown } from './search/other-entries.ts'
import type { SearchIndex } from './search/search-index.ts'
import { recordActOf } from './session-index/record-acts.ts'
import type { SessionIndex } from './session-index/session-index.ts'
import { type LedgerSnapshot, newestSnapshot } from './session-index/task-snapshot.ts'
import { TaskNews } from './task-news.ts'

export interface AuditKeeperOptions {
  /** Made when absent, for its owner alone. */
  folder: string
  clock: Clock
  /** Called after anything was added to a task's history. */
  onChanged: (news: HistoryNews) => void
  /** Called while the whole record is checked, and when that is done. */
  onIntegrity?: (state: IntegrityState) => void
  /** Called after something was done to the record. */
  onRecordAct?: () => void
  /** Where the signing key and the latest checkpoint are; never inside `folder`. Default: beside it. */
  keyFolder?: string
  /** How they lie there. Default: files for their owner alone. */
  keyProtection?: KeyProtection
  /** Default: encrypted files in `recordings` in the folder. */
  store?: RecordingStore
}

/**
 * The audit history of one folder: the ledger, what is derived from it, the
 * recordings, and the recorders that are at work. One per folder on a computer.
 */
export class AuditKeeper implements AsyncDisposable {
  /** Those that are being made, and those to be read. */
  readonly recordings: Recordings
  readonly #lock: Disposable
  readonly #ledger: Ledger
  readonly #checkpoints: Checkpoints
  readonly #doubts: ErrorValue[]
  readonly #checks: RecordChecks
  readonly #exporter: Exporter
  readonly #shredder: Shredder
  readonly #index: SessionIndex
  readonly #keys: RecordingKeys
  readonly #search: SearchIndex
  readonly #store: RecordingStore
  readonly #clock: Clock
  readonly #derivedKey: (purpose: KeyPurpose) => Uint8Array
  readonly #news: TaskNews
  readonly #onRecordAct: (() => void) | undefined
  #leftBehind: string[] = []

  private constructor(options: AuditKeeperOptions, resources: DisposableStack) {
    const { folder, clock } = options
    this.#lock = resources.use(takeAuditFolder(folder))
    this.#clock = clock
    this.#onRecordAct = options.onRecordAct
    this.#news = resources.use(new TaskNews(clock, options.onChanged))
    const keyFolder = options.keyFolder ?? keyFolderBeside(folder)
    const keeper = new FileCheckpointKeeper(new KeyFiles(keyFolder, options.keyProtection))
    this.#keys = resources.use(openRecordingKeys(folder, keeper))
    this.#store = options.store ?? new SealedRecordingStore(join(folder, 'recordings'), this.#keys)
    this.#ledger = resources.use(openLedger(folder, keeper, clock))
    this.#derivedKey = (purpose) => derivedKey(keeper.masterKey(), purpose)
    const parts = { ledger: this.#ledger, keeper, clock }
    this.#doubts = checkAtOpening(parts)
    this.#checkpoints = new Checkpoints(parts)
    this.#checkpoints.mark()
    this.recordings = new Recordings({
      store: this.#store,
      clock,
      note: (event) => this.#append(event),
      onClosed: () => void this.#search.catchUp(),
    })
    this.#checks = new RecordChecks({
      ...parts,
      store: this.#store,
      problems: () => this.problems(),
      onChanged: (state) => options.onIntegrity?.(state),
    })
    this.#exporter = new Exporter({
      ledger: this.#ledger,
      store: this.#store,
      checks: this.#checks,
      unfinished: new UnfinishedExports(join(folder, 'unfinished-exports')),
      clock,
      signingKey: () => keeper.signingKey(),
      note: (facts) => this.note(facts),
      checkpoint: () => this.#checkpoints.mark(),
    })
    this.#index = resources.use(openSessionIndex(folder, { ...parts, recordings: this.recordings }))
    this.#shredder = new Shredder({
      index: this.#index,
      ledger: this.#ledger,
      store: this.#store,
      clock,
      forget: (sessionId) => this.#search.purge(sessionId),
      note: (event) => this.#append(event),
    })
    this.#search = resources.use(
      openSearchIndex(folder, { ...parts, index: this.#index, recordings: this.recordings }),
    )
  }

  /**
   * Opens the history and settles what a crash left open.
   * @throws {PortholeError} AUDIT_UNAVAILABLE (in use, or of a later format), STORAGE_FULL, STORAGE_UNWRITABLE
   */
  static async open(options: AuditKeeperOptions): Promise<AuditKeeper> {
    using resources = new DisposableStack()
    const keeper = new AuditKeeper(options, resources)
    const { tasks, interrupted } = await recoverFromCrash({
      ledger: keeper.#ledger,
      index: keeper.#index,
      store: keeper.#store,
      clock: keeper.#clock,
    })
    resources.move()
    keeper.#leftBehind = interrupted
    await keeper.#shredder.finish()
    await keeper.#exporter.tidy()
    for (const taskArn of tasks) keeper.#news.changed(taskArn)
    // An index that is missing or old is built beside everything else.
    void keeper.#search.catchUp()
    return keeper
  }

  sessionOpened(facts: SessionFacts): void {
    this.#append({ type: 'session.start', taskArn: facts.container.taskArn, ...facts })
  }

  /** @throws {PortholeError} SESSION_NOT_FOUND. The first end counts, a second one does nothing. */
  sessionEnded(sessionId: string, end: { at: number; reason: EndReason; error?: ErrorValue }): void {
    const session = this.session(sessionId)
    if (!session.live) return
    this.#append({ type: 'session.end', sessionId, taskArn: session.container.taskArn, ...end })
  }

  shellRefused(facts: SessionFacts & { error: ErrorValue }): void {
    this.#append({ type: 'session.rejected', taskArn: facts.container.taskArn, ...facts })
  }

  taskReplaced(facts: TaskReplacedFacts): void {
    this.#append({ type: 'task.replaced', ...facts })
  }

  note(facts: ActivityFacts): void {
    this.#append({ type: 'activity', ...facts })
  }

  entries(taskArn: string): AuditEntry[] {
    return this.#index.entries(taskArn)
  }

  history(request: { taskArn: string; since?: string | undefined }): TaskHistory {
    return this.#index.history(request)
  }

  historyEntries(request: { taskArn: string; seqs: readonly number[] }): PlacedEntry[] {
    return this.#index.historyEntries(request)
  }

  attempts(taskArn: string): LedgerAttempt[] {
    return this.#index.attempts(taskArn)
  }

  /** @throws {PortholeError} SESSION_NOT_FOUND */
  session(sessionId: string): AuditSession {
    const session = this.#index.session(sessionId)
    if (session !== undefined) return session
    throw new PortholeError({
      code: 'SESSION_NOT_FOUND',
      message: 'This session is not in the audit history.',
      detail: sessionId,
    })
  }

  /** Sessions that had no end when this history was opened: a crash ended them here, and AWS may not know. */
  leftBehind(): AuditSession[] {
    return this.#leftBehind.map((sessionId) => this.session(sessionId))
  }

  recordActs(request: RecordActsRequest): RecordActs {
    return this.#index.recordActs(request)
  }

  touched(): TouchedTask[] {
    return this.#index.touched()
  }

  taskSnapshot(taskArn: string): LedgerSnapshot | undefined {
    return newestSnapshot(this.#index.entries(taskArn), this.#ledger)
  }

  search(request: SearchRequest): Promise<SearchAnswer> {
    return this.#search.search(request)
  }

  commandSummaries(sessionIds: readonly string[]): Promise<CommandSummaries> {
    return this.#search.commandSummaries(sessionIds)
  }

  /** What AWS told of shells, for searches. */
  setCloud(cloud: CloudKnown): void {
    this.#search.setCloud(cloud)
  }

  /** Transcripts that AWS wrote, for searches. */
  get transcriptIndex(): SearchIndex['transcripts'] {
    return this.#search.transcripts
  }

  /** Checks the whole record, recordings included. */
  verify(): Promise<IntegrityReport> {
    return this.#checks.run()
  }

  /** Destroys what is too old or too much. @returns how many recordings */
  async applyRetention(settings: RetentionSettings): Promise<number> {
    return (await this.#shredder.applyRetention(settings)).length
  }

  export(order: ExportOrder, run?: ExportRun): Promise<ExportSummary> {
    return this.#exporter.archive(order, run)
  }

  exportRecording(order: RecordingOrder, run?: ExportRun): Promise<RecordingSummary> {
    return this.#exporter.recording(order, run)
  }

  awsSessionIds(): string[] {
    return this.#index.awsSessionIds()
  }

  held(): { taskArns: string[]; awsSessionIds: string[] } {
    return this.#index.held()
  }

  /** For what is encrypted outside this folder. */
  derivedKey(purpose: KeyPurpose): Uint8Array {
    return this.#derivedKey(purpose)
  }

  integrity(): IntegrityState {
    return this.#checks.state()
  }

  problems(): ErrorValue[] {
    return [this.#ledger.problem, ...this.#doubts, this.#checkpoints.problem].filter(
      (problem) => problem !== undefined,
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#exporter[Symbol.asyncDispose]()
    await this.recordings.closeAll()
    this.#news[Symbol.dispose]()
    this.#checkpoints[Symbol.dispose]()
    this.#search[Symbol.dispose]()
    this.#index[Symbol.dispose]()
    this.#ledger[Symbol.dispose]()
    this.#keys[Symbol.dispose]()
    this.#lock[Symbol.dispose]()
  }

  #append(event: AuditEvent): void {
    this.#ledger.append(event)
    this.#news.noted(event)
    if (recordActOf(event) !== undefined) this.#onRecordAct?.()
  }
}

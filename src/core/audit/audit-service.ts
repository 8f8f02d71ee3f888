import type {
  ActivityFacts,
  AuditEntry,
  AuditRefusal,
  AuditSession,
  CommandOutput,
  PlacedEntry,
  RecordingPage,
  TaskHistory,
  TouchedTask,
  Workload,
} from '../../contract/audit.ts'
import type { CommandEntry } from '../../contract/command-marker.ts'
import type { CommandSummaries } from '../../contract/command-summary.ts'
import type { ErrorValue } from '../../contract/errors.ts'
import type {
  ExportProgress,
  ExportRequest,
  ExportSummary,
  RecordingRequest,
  RecordingSummary,
} from '../../contract/export.ts'
import type { IntegrityReport, IntegrityState } from '../../contract/integrity.ts'
import type { RecordActs, RecordActsRequest } from '../../contract/record-acts.ts'
import type { RetentionSettings } from '../../contract/retention.ts'
import type { SearchAnswer, SearchRequest } from '../../contract/search.ts'
import type { ContainerRef, EndReason, Engine, TerminalSize } from '../../contract/session.ts'
import type { ExportPlace } from './export/export-target.ts'
import type { LedgerSnapshot } from './session-index/task-snapshot.ts'

/**
 * The audit history as the rest of the core sees it. Behind it is a worker that
 * owns the ledger and the recordings; every promise resolves when the fact is
 * durable in the ledger, so callers can say "recorded" and mean it.
 */
export interface AuditService extends AsyncDisposable {
  sessionOpened(facts: SessionFacts): Promise<void>
  sessionEnded(sessionId: string, end: { at: number; reason: EndReason; error?: ErrorValue }): Promise<void>
  /** A shell that AWS refused or that never became ready. */
  shellRefused(facts: SessionFacts & { error: ErrorValue }): Promise<void>
  taskReplaced(facts: TaskReplacedFacts): Promise<void>
  /** Anything else that a person did and an audit wants to know; with a `taskArn` it stands in that task's history. */
  note(facts: ActivityFacts): Promise<void>

  /** Newest first. */
  entries(taskArn: string): Promise<AuditEntry[]>
  /**
   * A line for each entry of a task and the newest entries themselves.
   * @param since the place of an earlier answer: lines that are the same as then are left out
   */
  history(request: { taskArn: string; since?: string | undefined }): Promise<TaskHistory>
  /** The entries of a task that have these places in the ledger, in any order. */
  historyEntries(request: { taskArn: string; seqs: number[] }): Promise<PlacedEntry[]>
  /** What of a task is to be found in AWS's own records, in any order. */
  attempts(taskArn: string): Promise<LedgerAttempt[]>
  /** @throws {PortholeError} SESSION_NOT_FOUND */
  session(sessionId: string): Promise<AuditSession>
  /**
   * Whole lines from `offset` (bytes) on, at most about 256 KiB. At the end of
   * what is written so far the text is empty and there is no `nextOffset`; to
   * follow a live recording, ask again for the same offset.
   * @throws {PortholeError} NOT_FOUND, INVALID_REQUEST when no line begins at `offset`
   */
  recording(sessionId: string, offset: number): Promise<RecordingPage>
  /**
   * What was typed in a session, as far as it is recorded, secrets taken out.
   * @throws {PortholeError} NOT_FOUND without a recording
   */
  commands(sessionId: string): Promise<CommandEntry[]>
  /**
   * What one of these commands printed, as plain text without secrets.
   * @param index its place among them
   * @throws {PortholeError} NOT_FOUND without a recording, or where that is no command
   */
  commandOutput(sessionId: string, index: number): Promise<CommandOutput>
  /** Searches commands and output of all sessions. A query can hold anything. */
  search(request: SearchRequest): Promise<SearchAnswer>
  /** What was typed in each of these sessions, in short. */
  commandSummaries(sessionIds: readonly string[]): Promise<CommandSummaries>
  touched(): Promise<TouchedTask[]>
  /** What was done to the record, and with it: exports, removals, holds, checks. The last first. */
  recordActs(request: RecordActsRequest): Promise<RecordActs>
  /** The latest snapshot of a task that the ledger has. */
  taskSnapshot(taskArn: string): Promise<LedgerSnapshot | undefined>

  /** Checks the whole record: events, checkpoints, and every byte of the recordings. Asked again meanwhile, it is the same check. */
  verify(): Promise<IntegrityReport>
  /**
   * Notes the export, checks the whole record, and writes what was asked for.
   * Aborting leaves nothing behind; how it ended is noted too.
   * @throws {PortholeError} STORAGE_*, CANCELLED
   */
  export(order: ExportOrder, run?: ExportRun): Promise<ExportSummary>
  /** Notes the export and writes one recording into a file. @throws {PortholeError} NOT_FOUND, STORAGE_*, CANCELLED */
  exportRecording(order: RecordingOrder, run?: ExportRun): Promise<RecordingSummary>
  /** Destroys the recordings that are too old or too much; never one that is held or live. @returns how many */
  retain(settings: RetentionSettings): Promise<number>
  integrity(): Promise<IntegrityState>
  onIntegrity(listener: (state: IntegrityState) => void): Disposable

  /** Called after something was done to the record. */
  onRecordAct(listener: () => void): Disposable

  /** Called after anything was added to a task's history. */
  onChanged(listener: (news: HistoryNews) => void): Disposable

  readonly recorders: RecorderFactory
}

export interface HistoryNews {
  taskArn: string
  /** Somebody opened a shell in it. */
  touched: boolean
}

type AwsIds = 'sessionId' | 'awsSessionId' | 'earlierAwsSessionIds'

/** A session or a refused one, as far as AWS's own records can be asked for it. */
export type LedgerAttempt =
  | Pick<AuditSession, 'kind' | 'startedAt' | AwsIds>
  | Pick<AuditRefusal, 'kind' | 'at' | 'userName' | 'container' | AwsIds>

export interface ExportRun {
  signal?: AbortSignal
  onProgress?: (progress: ExportProgress) => void
}

export interface ExportOrder {
  request: ExportRequest
  place: ExportPlace
  container: 'archive' | 'folder'
  by: { userName: string; principal?: string | undefined }
  version: string
  /** Text of the standalone verifier. */
  verifier: string
}

export interface RecordingOrder {
  request: RecordingRequest
  place: ExportPlace
  by: { userName: string; principal?: string | undefined }
}

/** Makes recorders. On the desktop it lives in the session host, with a channel of its own to the audit worker. */
export interface RecorderFactory {
  start(recording: RecordingStart): SessionRecorder
}

export interface RecordingStart {
  sessionId: string
  size: TerminalSize
  /** Epoch milliseconds of the first moment. */
  startedAt: number
  command: string
  title: string
  container: ContainerRef
}

/**
 * Takes what the screen showed, never what was typed. Calls return at once;
 * the bytes are on disk within 250 ms.
 */
export interface SessionRecorder {
  /** `bytes` may be reused by the caller after the call. */
  output(bytes: Uint8Array): void
  resize(size: TerminalSize): void
  marker(label: string): void
  /** Bytes given but not yet written: the session holds its source back above a mark. */
  readonly pendingBytes: number
  /**
   * Fires once the recording has begun, on the disk and in the ledger; never when `onProblem` came before.
   */
  onAccepted(listener: () => void): Disposable
  /** Fires when `pendingBytes` shrank. */
  onDrained(listener: () => void): Disposable
  /** The disk is full, the folder is gone: the recording ends here and the session says so. */
  onProblem(listener: (error: ErrorValue) => void): Disposable
  /**
   * Resolves when the file is complete and its digest is in the ledger, or when
   * `onProblem` has told why that cannot be. Never rejects.
   */
  close(): Promise<void>
}

export interface SessionFacts {
  sessionId: string
  awsSessionId?: string
  /** Sessions that AWS granted for the same shell before: an engine could not use them. */
  earlierAwsSessionIds?: string[]
  container: ContainerRef
  /** Cluster, task, its definition and container as ECS described them: AWS forgets a task an hour after it stops. */
  snapshot?: unknown
  workload?: Workload | undefined
  /** With a KMS key between us and the agent, on top of TLS. */
  kmsEncrypted?: boolean
  command: string
  engine?: Engine
  principal?: string
  userName: string
  reason?: string
  at: number
}

export interface TaskReplacedFacts {
  taskArn: string
  clusterArn: string
  serviceName?: string
  principal: string
  userName: string
  at: number
}

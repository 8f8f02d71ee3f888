import type { Channel } from '../../channel/channel.ts'
import { createRpcClient, type RpcClient } from '../../channel/rpc.ts'
import type { AuditSession } from '../../contract/audit.ts'
import { type ErrorValue, PortholeError, type Result } from '../../contract/errors.ts'
import { auditEvents, auditMethods } from './audit-contract.ts'
import type { AuditService, ExportRun, RecorderFactory } from './audit-service.ts'
import { ChannelRecorderFactory } from './recording/channel-recorders.ts'
import type { KeyPurpose } from './sealing/derived-key.ts'
import type { CloudKnown } from './search/other-entries.ts'
import type { GivenTranscript } from './search/transcript-index.ts'

/** The audit service as a client of the worker sees it, with what only the host of the app needs. */
export interface AuditClient extends AuditService {
  /** Sessions that had no end when the history was opened: a crash ended them here, and AWS may not know. */
  leftBehind(): Promise<AuditSession[]>
  /**
   * What a person should know about the history itself: it could not be opened,
   * a damaged one was set aside, its end was changed by something else.
   */
  problems(): Promise<ErrorValue[]>
  /** What AWS told of shells: searched from now on, in the place of what was given before. */
  setCloud(cloud: CloudKnown): Promise<void>
  /** Transcripts that AWS wrote, as far as they are in the search index. */
  indexedTranscripts(): Promise<{ awsSessionId: string; sha256: string }[]>
  /** Puts one into it, without secrets. */
  indexTranscript(transcript: GivenTranscript): Promise<void>
  purgeTranscript(awsSessionId: string): Promise<void>
  /** AWS's ids of all sessions that the ledger has. */
  awsSessionIds(): Promise<string[]>
  /** What is under a legal hold: tasks, and sessions by AWS's ids. */
  held(): Promise<{ taskArns: string[]; awsSessionIds: string[] }>
  /** A key of 32 bytes, derived from the one that wraps the keys of recordings. */
  derivedKey(purpose: KeyPurpose): Promise<Uint8Array>
}

/**
 * The audit service over a channel that `serveAudit` answers. Its promises
 * reject with a PortholeError; when the worker is gone, with AUDIT_UNAVAILABLE.
 * Disposing closes the channel.
 */
export function createAuditService(options: { channel: Channel }): AuditClient {
  const { channel } = options
  const rpc = createRpcClient({ channel, methods: auditMethods, events: auditEvents })
  return {
    recorders: createRecorderFactory({ channel }),
    sessionOpened: async (facts) => void unwrap(await rpc.call('sessionOpened', facts)),
    sessionEnded: async (sessionId, end) =>
      void unwrap(await rpc.call('sessionEnded', { sessionId, ...end })),
    shellRefused: async (facts) => void unwrap(await rpc.call('shellRefused', facts)),
    taskReplaced: async (facts) => void unwrap(await rpc.call('taskReplaced', facts)),
    note: async (facts) => void unwrap(await rpc.call('note', facts)),
    entries: async (taskArn) => unwrap(await rpc.call('entries', { taskArn })),
    history: async (request) => unwrap(await rpc.call('history', request)),
    historyEntries: async (request) => unwrap(await rpc.call('historyEntries', request)),
    attempts: async (taskArn) => unwrap(await rpc.call('attempts', { taskArn })),
    session: async (sessionId) => unwrap(await rpc.call('session', { sessionId })),
    recording: async (sessionId, offset) => unwrap(await rpc.call('recording', { sessionId, offset })),
    commands: async (sessionId) => unwrap(await rpc.call('commands', { sessionId })).commands,
    commandOutput: async (sessionId, index) => unwrap(await rpc.call('commandOutput', { sessionId, index })),
    commandSummaries: async (sessionIds) =>
      unwrap(await rpc.call('commandSummaries', { sessionIds: [...sessionIds] })),
    search: async (request) => unwrap(await rpc.call('search', request)),
    recordActs: async (request) => unwrap(await rpc.call('recordActs', request)),
    onRecordAct: (listener) => rpc.on('acted', listener),
    setCloud: async ({ events, read }) =>
      void unwrap(await rpc.call('setCloud', { events: [...events], read: [...read] })),
    indexedTranscripts: async () => unwrap(await rpc.call('indexedTranscripts', {})),
    indexTranscript: async (transcript) => void unwrap(await rpc.call('indexTranscript', transcript)),
    purgeTranscript: async (awsSessionId) => void unwrap(await rpc.call('purgeTranscript', { awsSessionId })),
    leftBehind: async () => unwrap(await rpc.call('leftBehind', {})),
    touched: async () => unwrap(await rpc.call('touched', {})),
    taskSnapshot: async (taskArn) => unwrap(await rpc.call('taskSnapshot', { taskArn })).found,
    verify: async () => unwrap(await rpc.call('verify', {})),
    export: (order, run) =>
      runExport(rpc, run, async (id) => unwrap(await rpc.call('export', { id, ...order }))),
    exportRecording: (order, run) =>
      runExport(rpc, run, async (id) => unwrap(await rpc.call('exportRecording', { id, ...order }))),
    retain: async (settings) => unwrap(await rpc.call('retain', settings)).shredded,
    integrity: async () => unwrap(await rpc.call('integrity', {})),
    onIntegrity: (listener) => rpc.on('integrity', listener),
    awsSessionIds: async () => unwrap(await rpc.call('awsSessionIds', {})),
    held: async () => unwrap(await rpc.call('held', {})),
    derivedKey: async (purpose) =>
      Buffer.from(unwrap(await rpc.call('derivedKey', { purpose })).key, 'base64'),
    problems: async () => unwrap(await rpc.call('problems', {})),
    onChanged: (listener) => rpc.on('changed', listener),
    async [Symbol.asyncDispose]() {
      channel.close()
    },
  }
}

/** One export: what the worker tells of it goes to whoever waits for it, and their signal to the worker. */
async function runExport<Summary>(
  rpc: RpcClient<typeof auditMethods, typeof auditEvents>,
  { signal, onProgress }: ExportRun = {},
  call: (id: string) => Promise<Summary>,
): Promise<Summary> {
  const id = crypto.randomUUID()
  using _progress = rpc.on('exporting', (told) => {
    if (told.id === id) onProgress?.(told.progress)
  })
  const cancel = () => void rpc.call('cancelExport', { id })
  const summary = call(id)
  // Messages keep their order: the worker knows of the export by then.
  if (signal?.aborted) cancel()
  signal?.addEventListener('abort', cancel, { once: true })
  try {
    return await summary
  } finally {
    signal?.removeEventListener('abort', cancel)
  }
}

/** Recorders over a channel that `serveAudit` answers, for a session host in a process of its own. */
export function createRecorderFactory(options: {
  channel: Channel
  /** Epoch milliseconds. */
  now?: () => number
}): RecorderFactory {
  return new ChannelRecorderFactory(options.channel, options.now ?? Date.now)
}

function unwrap<Value>(result: Result<Value>): Value {
  if (result.ok) return result.value
  // What the RPC layer says of a lost connection is meant for the window.
  if (result.error.code === 'CONNECTION_LOST') throw workerGone()
  throw new PortholeError(result.error)
}

function workerGone(): PortholeError {
  return new PortholeError({
    code: 'AUDIT_UNAVAILABLE',
    message: 'The audit history stopped working.',
    action: 'Restart Porthole.',
  })
}

import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import { storageProblem } from '../files/storage-problem.ts'
import type { CheckpointKeeper } from './integrity/checkpoint-keeper.ts'
import { readInstallId } from './ledger/install-id.ts'
import { Ledger } from './ledger/ledger.ts'
import type { Recordings } from './recording/recordings.ts'
import { derivedKey } from './sealing/derived-key.ts'
import { RecordingKeys } from './sealing/recording-keys.ts'
import { SearchDatabase, searchIndexKey } from './search/search-database.ts'
import { SearchIndex } from './search/search-index.ts'
import { SessionIndex } from './session-index/session-index.ts'
import { acquireWriterLock } from './writer-lock.ts'

/** Makes sure of the folder, for its owner alone, and of being its only writer. @throws {PortholeError} */
export function takeAuditFolder(folder: string): Disposable {
  opening('The audit history', folder, () => mkdirSync(folder, { recursive: true, mode: 0o700 }))
  return acquireWriterLock(join(folder, 'writer.lock'))
}

/** @throws {PortholeError} AUDIT_UNAVAILABLE, STORAGE_* */
export function openLedger(folder: string, keeper: CheckpointKeeper, clock: Clock): Ledger {
  const file = join(folder, 'ledger.sqlite')
  const installId = readInstallId(join(folder, 'install-id'), () =>
    existsSync(file) ? Ledger.installIdOf(file) : undefined,
  )
  return Ledger.open({ file, installId, signingKey: keeper.signingKey(), clock })
}

/** @throws {PortholeError} STORAGE_* */
export function openRecordingKeys(folder: string, keeper: CheckpointKeeper): RecordingKeys {
  const file = join(folder, 'recording-keys.sqlite')
  return opening('The audit history', file, () => new RecordingKeys({ file, masterKey: keeper.masterKey() }))
}

/** @throws {PortholeError} STORAGE_* */
export function openSessionIndex(
  folder: string,
  { keeper, ledger, recordings }: Pick<SearchedParts, 'keeper' | 'ledger' | 'recordings'>,
): SessionIndex {
  const file = join(folder, 'session-index.sealed')
  const liveOutput = (sessionId: string) => recordings.liveOutput(sessionId)
  return opening('The audit history', file, () => {
    // Of earlier versions, which had it in plain.
    for (const suffix of ['', '-wal', '-shm'])
      rmSync(join(folder, `session-index.sqlite${suffix}`), { force: true, recursive: true })
    const key = derivedKey(keeper.masterKey(), 'session-index')
    return new SessionIndex({ file: { file, key }, ledger, liveOutput })
  })
}

interface SearchedParts {
  keeper: CheckpointKeeper
  ledger: Ledger
  index: SessionIndex
  recordings: Recordings
  clock: Clock
}

/** @throws {PortholeError} STORAGE_* */
export function openSearchIndex(
  folder: string,
  { keeper, ledger, index, recordings, clock }: SearchedParts,
): SearchIndex {
  const file = join(folder, 'search-index.sqlite')
  const open = () =>
    new SearchIndex({
      database: new SearchDatabase(file, searchIndexKey(keeper.masterKey())),
      clock,
      now: () => performance.now(),
      sources: {
        head: () => ledger.head.seq,
        sessionsAfter: (seq) => index.sessionsAfter(seq),
        session: (sessionId) => index.session(sessionId),
        refusalsAfter: (seq) => index.refusalsAfter(seq),
        read: (sessionId, offset) => recordings.page(sessionId, offset),
        isRecording: (sessionId) => recordings.isLive(sessionId),
      },
    })
  return opening('The search index of the audit history', file, open)
}

function opening<Opened>(what: string, file: string, open: () => Opened): Opened {
  try {
    return open()
  } catch (thrown) {
    throw storageProblem(thrown, what, file)
  }
}

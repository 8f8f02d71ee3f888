import { existsSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { PortholeError } from '../../../contract/errors.ts'
import type { IntegrityReport } from '../../../contract/integrity.ts'
import { readAuditEvent } from '../ledger/audit-events.ts'
import { LedgerRows } from '../ledger/ledger-rows.ts'
import { SealedRecordingStore } from '../sealing/sealed-recording-store.ts'
import type { Outside } from './checkpoint-check.ts'
import { FileCheckpointKeeper, keyFolderBeside, publicKeyText, signingKeyName } from './checkpoint-keeper.ts'
import { KeyFiles } from './key-files.ts'
import { checkRecord } from './record-check.ts'

/**
 * Checks the record in a folder without changing anything in it, also while
 * another process writes it, or a copy of one without its keys. The latest
 * checkpoint is compared unless the desktop's keychain has it (`outsideSealed`).
 * @throws {PortholeError} NOT_FOUND, AUDIT_UNAVAILABLE
 */
export async function checkFolder(
  folder: string,
  keyFolder = keyFolderBeside(folder),
): Promise<IntegrityReport & { outsideSealed: boolean }> {
  using database = openReadOnly(join(folder, 'ledger.sqlite'))
  // Read before the chain: it may be behind what is read later, never ahead.
  const files = new KeyFiles(keyFolder)
  const outsideSealed = files.isSealed(signingKeyName)
  const outside = outsideSealed ? undefined : outsideIn(files)
  const rows = new LedgerRows(database.opened)
  const report = await checkRecord({
    installId: installIdIn(rows),
    rows,
    // No keys: what is checked is what is stored.
    store: new SealedRecordingStore(join(folder, 'recordings'), undefined),
    hasKeys: false,
    outside,
    now: Date.now,
  })
  return { ...report, outsideSealed }
}

function openReadOnly(file: string): Disposable & { opened: Database.Database } {
  if (!existsSync(file)) {
    throw new PortholeError({
      code: 'NOT_FOUND',
      message: `There is no audit history in ${file}.`,
      action: 'Name the folder that holds ledger.sqlite, or an export.',
    })
  }
  try {
    const opened = new Database(file, { readonly: true })
    opened.pragma('schema_version')
    return { opened, [Symbol.dispose]: () => void opened.close() }
  } catch (cause) {
    const detail = String(cause)
    const message = 'The audit history cannot be read: its file is damaged.'
    throw new PortholeError(
      { code: 'AUDIT_UNAVAILABLE', message, detail, action: 'Restore a copy.' },
      { cause },
    )
  }
}

/** A key is not made here: where there is none, there is nothing outside to compare with. */
function outsideIn(files: KeyFiles): Outside | undefined {
  if (!files.has(signingKeyName)) return undefined
  const keeper = new FileCheckpointKeeper(files)
  return { checkpoint: keeper.latest(), publicKey: publicKeyText(keeper.signingKey()) }
}

function installIdIn(rows: LedgerRows): string {
  const [first] = rows.someEvents(undefined, 1)
  const event = first && readAuditEvent(first.body)
  return event?.type === 'ledger.created' ? event.installId : ''
}

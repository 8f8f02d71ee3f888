import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { PortholeError } from '../../../contract/errors.ts'
import type {
  ExportRequest,
  ExportSummary,
  RecordingRequest,
  RecordingSummary,
} from '../../../contract/export.ts'
import { systemClock } from '../../clock.ts'
import { storageProblem } from '../../files/storage-problem.ts'
import { AuditKeeper } from '../audit-keeper.ts'

interface FolderExportOptions {
  /** Of the audit history. */
  folder: string
  /** Absolute path, at which nothing may be; folders on the way to it are made. */
  target: string
  by: { userName: string }
  /** Cancels: nothing is left. */
  signal?: AbortSignal
}

/**
 * Exports from a folder that no Porthole has open: an export is noted in the
 * record, so whoever makes one must be its writer. A target that ends in `.zip`
 * becomes an archive, any other a folder.
 * @throws {PortholeError} NOT_FOUND, AUDIT_UNAVAILABLE while another process has it, STORAGE_*, CANCELLED
 */
export async function exportFolder(
  options: FolderExportOptions & { request: ExportRequest; version: string; verifierFile: string },
): Promise<ExportSummary> {
  const { target, request, by, version, signal } = options
  const verifier = await readFile(options.verifierFile, 'utf8')
  await using keeper = await openFor(options)
  const container = target.endsWith('.zip') ? 'archive' : 'folder'
  const place = { kind: 'chosen' as const, path: target, replace: false }
  return await keeper.export(
    { request, place, container, by, version, verifier },
    { ...(signal && { signal }) },
  )
}

/** As `exportFolder`, for one recording as one file. */
export async function exportRecordingOf(
  options: FolderExportOptions & { request: RecordingRequest },
): Promise<RecordingSummary> {
  const { target, request, by, signal } = options
  await using keeper = await openFor(options)
  const place = { kind: 'chosen' as const, path: target, replace: false }
  return await keeper.exportRecording({ request, place, by }, { ...(signal && { signal }) })
}

async function openFor({ folder, target }: FolderExportOptions): Promise<AuditKeeper> {
  if (!existsSync(path.join(folder, 'ledger.sqlite'))) {
    throw new PortholeError({
      code: 'NOT_FOUND',
      message: `There is no audit history in ${folder}.`,
      action: 'Name another one with --data-folder.',
    })
  }
  try {
    await mkdir(path.dirname(target), { recursive: true, mode: 0o700 })
  } catch (thrown) {
    throw storageProblem(thrown, 'The export', target)
  }
  return await AuditKeeper.open({ folder, clock: systemClock, onChanged: () => {} })
}

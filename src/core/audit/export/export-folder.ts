import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { PortholeError } from '../../../contract/errors.ts'
import type { ExportRequest, ExportSummary } from '../../../contract/export.ts'
import { systemClock } from '../../clock.ts'
import { AuditKeeper } from '../audit-keeper.ts'

/**
 * Exports from a folder that no Porthole has open: an export is noted in the
 * record, so whoever makes one must be its writer.
 * @throws {PortholeError} NOT_FOUND, AUDIT_UNAVAILABLE while another process has it, STORAGE_*
 */
export async function exportFolder(options: {
  folder: string
  target: string
  request: ExportRequest
  by: { userName: string }
  version: string
  verifierFile: string
}): Promise<ExportSummary> {
  const { folder, verifierFile, ...order } = options
  if (!existsSync(path.join(folder, 'ledger.sqlite'))) {
    throw new PortholeError({
      code: 'NOT_FOUND',
      message: `There is no audit history in ${folder}.`,
      action: 'Name another one with --data-folder.',
    })
  }
  const verifier = await readFile(verifierFile, 'utf8')
  await using keeper = await AuditKeeper.open({ folder, clock: systemClock, onChanged: () => {} })
  return await keeper.export({ ...order, verifier })
}

import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import type { ImportOutcome } from '../../../../contract/cloud-audit.ts'
import { PortholeError } from '../../../../contract/errors.ts'
import { systemClock } from '../../../clock.ts'
import { AuditKeeper } from '../../audit-keeper.ts'
import { openCloudStore } from '../cloud-file.ts'
import { importTrailFile } from './import-trail-file.ts'
import { longestFileBytes } from './trail-file.ts'

/**
 * Imports files into a data folder that no Porthole has open: an import is noted
 * in the record, so whoever makes one must be its writer. Outcomes come as they
 * are reached; what was imported before a file that is refused stays.
 *
 * @throws {PortholeError} NOT_FOUND, FILE_REFUSED, AUDIT_UNAVAILABLE while another process has it, STORAGE_*
 */
export async function* importIntoFolder(
  dataFolder: string,
  files: readonly string[],
  by: { userName: string },
): AsyncGenerator<ImportOutcome> {
  const folder = path.join(dataFolder, 'audit')
  await using keeper = await AuditKeeper.open({ folder, clock: systemClock, onChanged: () => {} })
  using store = openCloudStore(
    path.join(dataFolder, 'cloud', 'cloudtrail.sqlite'),
    keeper.derivedKey('cloud-file'),
  )
  const note = async (facts: Parameters<typeof keeper.note>[0]) => keeper.note(facts)
  for (const file of files) {
    const parts = { store, note, actor: by, now: systemClock.now() }
    yield await importTrailFile(parts, path.basename(file), await bytesOf(file))
  }
}

/** A file that is too large is not read; the reader would refuse it anyway. */
async function bytesOf(file: string): Promise<Uint8Array> {
  if (!existsSync(file))
    throw new PortholeError({
      code: 'NOT_FOUND',
      message: `There is no file ${file}.`,
      action: 'Check the name.',
    })
  const { size } = await stat(file)
  if (size <= longestFileBytes) return readFile(file)
  throw new PortholeError({
    code: 'FILE_REFUSED',
    message: `${file} was not imported. It is larger than ${longestFileBytes / 1024 / 1024} MB.`,
    action: 'Import a file as CloudTrail delivers it to S3.',
  })
}

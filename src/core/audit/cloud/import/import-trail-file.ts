import type { ActivityFacts } from '../../../../contract/audit.ts'
import type { ImportOutcome } from '../../../../contract/cloud-audit.ts'
import type { Actor } from '../../viewing.ts'
import type { CloudStore } from '../cloud-store.ts'
import { readTrailFile } from './trail-file.ts'

export interface ImportParts {
  store: CloudStore
  actor: Actor
  /** Puts it into the ledger. @throws {PortholeError} */
  note: (facts: ActivityFacts) => Promise<void>
  /** Epoch milliseconds. */
  now: number
}

/**
 * Takes the shells of a CloudTrail file into the cloud file. The ledger hears
 * first who brought what, so that nothing comes in without a word.
 *
 * @throws {PortholeError} FILE_REFUSED, STORAGE_*, AUDIT_UNAVAILABLE
 */
export async function importTrailFile(
  { store, actor, note, now }: ImportParts,
  name: string,
  bytes: Uint8Array,
): Promise<ImportOutcome> {
  const { sha256, records, events } = await readTrailFile(name, bytes, now)
  const file = { name, sha256, at: now, by: actor.userName, records, shells: events.length }
  const detail = { file: name, sha256, records: String(records), shells: String(events.length) }
  await note({ activity: 'audit.imported', at: now, ...actor, detail })
  return { ...file, added: store.imports.add(file, events) }
}

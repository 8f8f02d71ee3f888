import { createHash } from 'node:crypto'
import type { ActivityFacts } from '../../../contract/audit.ts'
import type { RetentionSettings } from '../../../contract/retention.ts'
import type { Actor } from '../viewing.ts'
import type { CloudStore } from './cloud-store.ts'
import type { TranscriptVault } from './transcript-vault.ts'

const dayMilliseconds = 24 * 3600_000

/** What a legal hold keeps, whatever its age. */
export interface Held {
  taskArns: readonly string[]
  awsSessionIds: readonly string[]
}

export interface CloudRetentionParts {
  store: CloudStore
  vault: TranscriptVault
  /** Takes what was a transcript's out of the search index. */
  forget: (awsSessionId: string) => Promise<void>
  held: Held
  actor: Actor
  note: (facts: ActivityFacts) => Promise<void>
  /** Epoch milliseconds. */
  now: number
}

/** Since when things are kept, in epoch milliseconds; 0 when for ever. */
export function keptSince({ days }: RetentionSettings, now: number): number {
  return days === undefined ? 0 : Math.max(0, now - days * dayMilliseconds)
}

/**
 * Removes what AWS told and logged of sessions from before `since`. The ledger
 * hears first, with digests, so that nothing goes without a word.
 *
 * @throws {PortholeError} STORAGE_*, AUDIT_UNAVAILABLE; what was not noted is still there then
 */
export async function removeOlder(parts: CloudRetentionParts, since: number): Promise<void> {
  const { store, vault, forget, actor, note, now } = parts
  const isHeld = holdTest(parts.held)
  for (const { awsSessionId, taskArn, sha256, bytes } of store.expiry.transcripts(since)) {
    if (isHeld(taskArn.slice(taskArn.lastIndexOf('/') + 1), awsSessionId)) continue
    const detail = { awsSessionId, sha256, bytes: String(bytes), cause: 'retention' }
    await note({ activity: 'transcript.shredded', at: now, ...actor, taskArn, detail })
    await vault.destroy(awsSessionId)
    await forget(awsSessionId)
  }
  const expired = store.expiry
    .events(since)
    .filter(({ taskId, awsSessionId }) => !isHeld(taskId, awsSessionId ?? undefined))
  if (expired.length > 0) {
    const sha256 = digestOf(expired.map(({ event }) => event))
    const detail = { events: String(expired.length), before: new Date(since).toISOString(), sha256 }
    await note({ activity: 'cloud.pruned', at: now, ...actor, detail })
  }
  store.expiry.remove(expired, since)
}

function holdTest({ taskArns, awsSessionIds }: Held) {
  const tasks = new Set(taskArns.map((arn) => arn.slice(arn.lastIndexOf('/') + 1)))
  const sessions = new Set(awsSessionIds)
  return (taskId: string, awsSessionId: string | undefined) =>
    tasks.has(taskId) || (awsSessionId !== undefined && sessions.has(awsSessionId))
}

/** SHA-256 of the events as they were kept, each with a line feed behind it, oldest first. */
function digestOf(events: readonly string[]): string {
  const hash = createHash('sha256')
  for (const event of events) hash.update(event).update('\n')
  return hash.digest('hex')
}

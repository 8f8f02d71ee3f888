import type { RetentionSettings } from '../../../contract/retention.ts'

export interface KeptRecording {
  sessionId: string
  taskArn: string
  /** Epoch milliseconds of its last moment. */
  endedAt: number
  /** As stored. */
  bytes: number
  isLive: boolean
  /** By its session or its task. */
  isHeld: boolean
}

const dayMilliseconds = 24 * 60 * 60_000

/**
 * Which recordings have to go: those that are too old, then the oldest until the
 * rest fits. Never one that is held or still being written, even when the rest
 * alone is too much.
 */
export function dueForShredding(
  recordings: readonly KeptRecording[],
  { days, megabytes }: RetentionSettings,
  now: number,
): string[] {
  const oldestFirst = [...recordings].sort((left, right) => left.endedAt - right.endedAt)
  const limit = megabytes === undefined ? Number.POSITIVE_INFINITY : megabytes * 1024 * 1024
  let total = oldestFirst.reduce((sum, { bytes }) => sum + bytes, 0)
  const due: string[] = []
  for (const { sessionId, endedAt, bytes, isLive, isHeld } of oldestFirst) {
    if (isLive || isHeld) continue
    const isOld = days !== undefined && now - endedAt > days * dayMilliseconds
    if (!isOld && total <= limit) continue
    due.push(sessionId)
    total -= bytes
  }
  return due
}

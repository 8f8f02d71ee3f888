import { type CloudEvent, cloudEventSchema } from '../../../contract/cloud-audit.ts'

/** An event as the cloud file has it, with what else is known of its session. */
export interface EventRow {
  event: string
  ended_at: number | null
  live: number | null
  imported_sha256: string | null
  imported_name: string | null
  imported_at: number | null
  imported_by: string | null
}

export const eventColumns = `
  SELECT e.event, s.ended_at, s.live, e.imported_sha256, i.name AS imported_name, i.at AS imported_at,
    i.imported_by FROM event e LEFT JOIN session_end s USING (aws_session_id)
  LEFT JOIN imported_file i ON i.sha256 = e.imported_sha256`

export function rowOfEvent(event: CloudEvent) {
  const { accountId, region, eventId, taskId, at, awsSessionId = null } = event
  return { accountId, region, eventId, taskId, at, awsSessionId, event: JSON.stringify(event) }
}

/** A row that somebody changed by hand into something else is left out. */
export function eventOfRow(row: EventRow): CloudEvent[] {
  try {
    const { imported: _, ...read } = cloudEventSchema.parse(JSON.parse(row.event))
    return [
      {
        ...read,
        ...(row.ended_at !== null && { endedAt: row.ended_at }),
        live: row.live === 1,
        ...(row.imported_sha256 !== null && {
          imported: {
            sha256: row.imported_sha256,
            name: row.imported_name ?? '',
            at: row.imported_at ?? 0,
            by: row.imported_by ?? '',
          },
        }),
      },
    ]
  } catch {
    return []
  }
}

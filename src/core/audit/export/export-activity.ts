import type { ActivityFacts } from '../../../contract/audit.ts'
import type { ExportRequest, ExportSelection, RecordingRequest } from '../../../contract/export.ts'

/** Where an export stands in the history: with its task or session, when it is of one. */
export function placeOfSelection(selection: ExportSelection): Pick<ActivityFacts, 'taskArn' | 'sessionId'> {
  if (selection.kind === 'task') return { taskArn: selection.taskArn }
  if (selection.kind === 'session') return { sessionId: selection.sessionId }
  return {}
}

/** What was exported, in a few words. */
export function exportDetail({
  selection,
  redacted,
  text,
  asciicastV2,
}: ExportRequest): Record<string, string> {
  const forms = [
    redacted ? 'redacted' : 'recordings',
    ...(text ? ['text'] : []),
    ...(asciicastV2 ? ['asciicast v2'] : []),
  ]
  const range: Record<string, string> =
    selection.kind === 'range'
      ? { from: new Date(selection.from).toISOString(), to: new Date(selection.to).toISOString() }
      : {}
  return { selection: selection.kind, forms: forms.join(', '), ...range }
}

/** As `exportDetail`, for one recording. */
export function recordingDetail({ form, redacted }: RecordingRequest): Record<string, string> {
  return { selection: 'recording', forms: redacted ? `${form}, redacted` : form }
}

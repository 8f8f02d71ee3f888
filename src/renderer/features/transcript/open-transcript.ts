import type { CloudEvent } from '../../../contract/cloud-audit.ts'
import { type TaskRef, type TranscriptPlace, transcriptDocument } from '../../app/documents/document.ts'
import type { Services } from '../../app/services.ts'

/** Opens what AWS logged of a session at a line of it, also where it is open already. */
export function openTranscript(
  { workspace }: Services,
  task: TaskRef,
  event: CloudEvent,
  place: TranscriptPlace,
): void {
  const document = transcriptDocument(task, event)
  workspace.open(document)
  workspace.update(document.id, 'transcript', { place })
}

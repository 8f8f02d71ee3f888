import type { AuditSession } from '../../../contract/audit.ts'
import { replayDocument } from '../../app/documents/document.ts'
import type { Services } from '../../app/services.ts'
import { replaysOf } from './replay-registry.ts'

/** Opens the replay of a session, at a moment of it (milliseconds since it began) when one is named. */
export function openReplay(
  services: Services,
  { sessionId, container, userName, startedAt }: AuditSession,
  at?: number,
): void {
  const document = replayDocument({ sessionId, container, userName, startedAt })
  services.workspace.open(document)
  if (at !== undefined) replaysOf(services).get(document).show(at)
}

import type { AuditSession } from '../../../contract/audit.ts'
import { replayDocument } from '../../app/documents/document.ts'
import type { Services } from '../../app/services.ts'
import { replaysOf } from './replay-registry.ts'

/** Opens the replay of a session, at a moment of it (milliseconds since it began) and with words searched, where they are named. */
export function openReplay(
  services: Services,
  { sessionId, container, userName, startedAt }: AuditSession,
  at?: number,
  words?: string,
): void {
  const document = replayDocument({ sessionId, container, userName, startedAt })
  services.workspace.open(document)
  const replay = () => replaysOf(services).get(document)
  if (words !== undefined) replay().look(words)
  if (at !== undefined) replay().show(at)
}

/** The same of a session that only its id is known of; nothing where the history has no entry of it. */
export async function openReplayOf(services: Services, sessionId: string): Promise<void> {
  const result = await services.core.call('audit.session', { sessionId })
  if (result.ok) openReplay(services, result.value)
}

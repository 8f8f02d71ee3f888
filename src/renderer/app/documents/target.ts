import type { Readiness } from '../../../contract/catalog.ts'
import type { ContainerRef } from '../../../contract/session.ts'
import type { TaskRef } from './document.ts'

/** What a command can be about. */
export type Target =
  | { kind: 'account'; identityId: string; accountId: string }
  | { kind: 'task'; task: TaskRef }
  | { kind: 'container'; container: ContainerRef; readiness: Readiness }

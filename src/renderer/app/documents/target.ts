import type { Readiness } from '../../../contract/catalog.ts'
import type { ContainerRef } from '../../../contract/session.ts'
import type { ServiceRef, TaskRef } from './document.ts'

/** What a command can be about. */
export type Target =
  | { kind: 'account'; identityId: string; accountId: string }
  /** With the task that a shell would open in or that keeps it from opening, if one runs. */
  | { kind: 'service'; service: ServiceRef; task: TaskRef | undefined }
  | { kind: 'task'; task: TaskRef }
  | { kind: 'container'; container: ContainerRef; readiness: Readiness }

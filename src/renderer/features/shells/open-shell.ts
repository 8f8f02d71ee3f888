import type { ContainerRef } from '../../../contract/session.ts'
import { type TerminalDocument, terminalDocument } from '../../app/documents/document.ts'
import type { SplitDirection } from '../../app/documents/workspace.ts'
import type { Services } from '../../app/services.ts'

/**
 * The best shell of the image: bash, then ash, then sh. AWS runs a command
 * without a shell of its own, so the choice needs `sh -c`; `exec` leaves nothing
 * of it behind.
 */
export const automaticShell =
  '/bin/sh -c "command -v bash >/dev/null && exec bash; command -v ash >/dev/null && exec ash; exec sh"'

/** Tasks of production for which the person said "not again today". In the session's storage, it ends with the window. */
const quietTasksKey = 'porthole.quiet-tasks'

type Needed = Pick<Services, 'workspace' | 'interface' | 'core'>

export interface ShellPlace {
  split?: SplitDirection | undefined
  /** The terminal tab to open the shell in, in place of what it had; a new tab when absent. */
  inTab?: string | undefined
}

/** Opens a shell; production asks first. */
export function requestShell(
  services: Needed,
  container: ContainerRef,
  place: ShellPlace = {},
  today: string = new Date().toDateString(),
): void {
  const { split, inTab } = place
  if (container.environment === 'production' && !isQuiet(container.taskArn, today))
    services.interface.setState({ dialog: { kind: 'open-shell', container, split, inTab } })
  else openShell(services, container, place)
}

export function openShell(
  { workspace, core }: Pick<Services, 'workspace' | 'core'>,
  container: ContainerRef,
  options: { reason?: string | undefined } & ShellPlace = {},
): void {
  const { reason, split, inTab } = options
  if (inTab !== undefined && workspace.store.getState().documents[inTab] !== undefined)
    reopenTab({ workspace, core }, inTab, { container, reason })
  else workspace.open(terminalDocument({ container, command: automaticShell, reason }), split)
}

/** Gives a terminal tab a new session, below what is on its screen. The one that it had ends. */
export function reopenTab(
  { workspace, core }: Pick<Services, 'workspace' | 'core'>,
  id: string,
  change: Partial<Pick<TerminalDocument, 'container' | 'reason' | 'engine'>>,
): void {
  const document = workspace.store.getState().documents[id]
  if (document?.kind !== 'terminal') return
  if (document.sessionId !== undefined) void core.call('session.close', { id: document.sessionId })
  workspace.update(id, 'terminal', { ...change, sessionId: undefined })
}

export function askNotAgainToday(taskArn: string, today: string = new Date().toDateString()): void {
  sessionStorage.setItem(quietTasksKey, JSON.stringify({ ...quietTasks(), [taskArn]: today }))
}

function isQuiet(taskArn: string, today: string): boolean {
  return quietTasks()[taskArn] === today
}

function quietTasks(): Record<string, unknown> {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(quietTasksKey) ?? '{}')
    return typeof stored === 'object' && stored !== null ? { ...stored } : {}
  } catch {
    return {}
  }
}

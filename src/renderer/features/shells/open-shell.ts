import type { ContainerRef } from '../../../contract/session.ts'
import { terminalDocument } from '../../app/documents/document.ts'
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

type Needed = Pick<Services, 'workspace' | 'interface'>

/** Opens a shell; production asks first. */
export function requestShell(
  services: Needed,
  container: ContainerRef,
  split?: SplitDirection | undefined,
  today: string = new Date().toDateString(),
): void {
  if (container.environment === 'production' && !isQuiet(container.taskArn, today))
    services.interface.setState({ dialog: { kind: 'open-shell', container, split } })
  else openShell(services, container, { split })
}

export function openShell(
  { workspace }: Pick<Services, 'workspace'>,
  container: ContainerRef,
  options: { reason?: string | undefined; split?: SplitDirection | undefined } = {},
): void {
  const { reason, split } = options
  workspace.open(terminalDocument({ container, command: automaticShell, reason }), split)
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

import type { ContainerRef } from '../../../contract/session.ts'
import { type ShellChoice, shellCommand } from '../../../contract/shell-command.ts'
import { type TerminalDocument, terminalDocument } from '../../app/documents/document.ts'
import type { SplitDirection } from '../../app/documents/workspace.ts'
import type { Services } from '../../app/services.ts'
import { findTask, placeOf, withVisit } from '../../app/stores/places.ts'
import { withProductionRules } from '../../app/stores/production-places.ts'
import { changeSettings } from '../../app/stores/settings-store.ts'
import { rememberedChoice, systemOfContainer, withChoice } from './shell-choice.ts'

/** Tasks of production for which the person said "not again today". In the session's storage, it ends with the window. */
const quietTasksKey = 'porthole.quiet-tasks'

export type ShellServices = Pick<Services, 'workspace' | 'interface' | 'core' | 'settings' | 'catalog'>

export interface ShellPlace {
  split?: SplitDirection | undefined
  /** The terminal tab to open the shell in, in place of what it had; a new tab when absent. */
  inTab?: string | undefined
}

/** Opens a shell; production asks first. */
export function requestShell(
  services: ShellServices,
  ref: ContainerRef,
  place: ShellPlace = {},
  today: string = new Date().toDateString(),
): void {
  const { split, inTab } = place
  const container = withProductionRules(services, ref)
  const { reasonRequired } = services.settings.getState().settings.production
  const isQuietNow = isQuiet(container.taskArn, today) && !reasonRequired
  if (container.environment === 'production' && !isQuietNow)
    services.interface.setState({ dialog: { kind: 'open-shell', container, split, inTab } })
  else openShell(services, container, place)
}

/** Opens a shell at once, with the choice made now or the one made last for this container, or the setting. */
export function openShell(
  services: Omit<ShellServices, 'interface'>,
  container: ContainerRef,
  options: {
    reason?: string | undefined
    shell?: ShellChoice | undefined
    /** For this connection, whatever the setting says. */
    integration?: boolean | undefined
  } & ShellPlace = {},
): void {
  const { workspace, core, settings, catalog } = services
  const { reason, split, inTab } = options
  const now = settings.getState().settings
  const known = catalog.getState()
  const place = placeOf(container, findTask(known, container))
  const shell = options.shell ?? rememberedChoice(now, place)
  const integration = options.integration ?? now.shellIntegration
  const command = shellCommand(shell, systemOfContainer(known, container), integration)
  if (inTab !== undefined && workspace.store.getState().documents[inTab] !== undefined)
    reopenTab({ workspace, core }, inTab, {
      container,
      reason,
      // A tab goes on with what ran in it unless something else was chosen.
      ...(options.shell === undefined && options.integration === undefined ? {} : { command }),
    })
  else workspace.open(terminalDocument({ container, command, reason }), split)
  void changeSettings(core, settings, {
    ...withVisit(now, place, Date.now()),
    ...(options.shell === undefined ? {} : withChoice(now, place, options.shell)),
  })
}

/** Gives a terminal tab a new session, below what is on its screen. The one that it had ends. */
export function reopenTab(
  { workspace, core }: Pick<Services, 'workspace' | 'core'>,
  id: string,
  change: Partial<Pick<TerminalDocument, 'container' | 'reason' | 'engine' | 'command'>>,
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

import { useCallback } from 'react'
import { taskOf } from '../documents/document.ts'
import type { Target } from '../documents/target.ts'
import { type Services, useServices } from '../services.ts'
import { hasWorkspace } from '../stores/identities-store.ts'
import type { CommandContext } from './command-registry.ts'

/** Marks the navigator, whose selection is what keys are about while the focus is in it. */
export const navigatorAttribute = 'data-navigator'

/** The one stop of the Tab key in the navigator: the tree, or a row above it while that is selected. */
export const navigatorStopAttribute = 'data-navigator-stop'

/** Builds the context for a command called now, about `target` or else about what has the focus. */
export function useCommandContext(): (target?: Target) => CommandContext {
  const { identities, navigator, workspace } = useServices()
  return useCallback(
    (target) => ({
      target: target ?? focusedTarget({ navigator, workspace }),
      signedIn: hasWorkspace(identities.getState()),
    }),
    [identities, navigator, workspace],
  )
}

/** The selected row while the focus is in the navigator or nothing is open, else what the front tab is about. */
function focusedTarget({
  navigator,
  workspace,
}: Pick<Services, 'navigator' | 'workspace'>): Target | undefined {
  const inNavigator = document.activeElement?.closest(`[${navigatorAttribute}]`) != null
  const { documents, activeId } = workspace.store.getState()
  const front = activeId === undefined ? undefined : documents[activeId]
  const selected = navigator.getState().target
  if (inNavigator || front === undefined) return selected
  if (front.kind === 'terminal')
    return { kind: 'container', container: front.container, readiness: { level: 'unknown' } }
  const task = taskOf(front)
  return task === undefined ? selected : { kind: 'task', task }
}

/** Runs a command by id, as buttons and menus do. */
export function useRunCommand(): (id: string, target?: Target) => void {
  const { commands } = useServices()
  const context = useCommandContext()
  return useCallback((id, target) => commands.run(id, context(target)), [commands, context])
}

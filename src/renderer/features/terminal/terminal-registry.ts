import { disposeTogether } from '../../app/disposables.ts'
import type { TerminalDocument } from '../../app/documents/document.ts'
import type { Services } from '../../app/services.ts'
import { warnOfIdleSessions } from './idle-warnings.ts'
import { TerminalInstance } from './terminal-instance.ts'
import { onSchemeApplied } from './terminal-theme.ts'

/** The terminals of this window, by document, from the first time a tab is shown until it is closed. */
export interface TerminalRegistry extends Disposable {
  get(document: TerminalDocument): TerminalInstance
  /** The terminal of the tab in front, if that is one. */
  front(): TerminalInstance | undefined
}

const registries = new WeakMap<Services, TerminalRegistry>()

/** One registry for the life of the page; made by the first terminal, because xterm.js is loaded then. */
export function terminalsOf(services: Services): TerminalRegistry {
  const known = registries.get(services)
  if (known !== undefined) return known
  const created = createTerminalRegistry(services)
  registries.set(services, created)
  return created
}

function createTerminalRegistry(services: Services): TerminalRegistry {
  const { core, settings, workspace } = services
  const terminals = new Map<string, TerminalInstance>()
  const byStream = (stream: number) => {
    for (const terminal of terminals.values()) if (terminal.stream === stream) return terminal
    return undefined
  }
  const optionsNow = () => {
    const { terminalFontSize, scrollback } = settings.getState().settings
    return { fontSize: terminalFontSize, scrollback }
  }
  const forAll = (apply: (terminal: TerminalInstance) => void) => {
    for (const terminal of terminals.values()) apply(terminal)
  }

  const following = disposeTogether(
    core.bytes.onFrame((frame) => {
      if (frame.kind === 'output') byStream(frame.stream)?.receiveOutput(frame.bytes)
      else if (frame.kind === 'snapshot') byStream(frame.stream)?.receiveSnapshot(frame.bytes)
    }),
    core.bytes.onReconnect(() => forAll((terminal) => terminal.reattach())),
    warnOfIdleSessions(services),
    onSchemeApplied(() => forAll((terminal) => terminal.applyTheme())),
    asDisposable(settings.subscribe(() => forAll((terminal) => terminal.applyOptions(optionsNow())))),
    workspace.onClosed(({ id }) => {
      terminals.get(id)?.[Symbol.dispose]()
      terminals.delete(id)
    }),
  )

  return {
    get({ id }) {
      const known = terminals.get(id)
      if (known !== undefined) return known
      const created = new TerminalInstance(core.bytes, optionsNow())
      terminals.set(id, created)
      return created
    },
    front() {
      const { activeId } = workspace.store.getState()
      return activeId === undefined ? undefined : terminals.get(activeId)
    },
    [Symbol.dispose]() {
      following[Symbol.dispose]()
      forAll((terminal) => terminal[Symbol.dispose]())
      terminals.clear()
    },
  }
}

function asDisposable(stop: () => void): Disposable {
  return { [Symbol.dispose]: stop }
}

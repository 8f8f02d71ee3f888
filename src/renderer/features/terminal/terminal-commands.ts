import { useEffect } from 'react'
import type { EngineChoice } from '../../../contract/session.ts'
import type { Command } from '../../app/commands/command-registry.ts'
import { type Services, useServices } from '../../app/services.ts'
import {
  ClockIcon,
  CopyIcon,
  EngineIcon,
  PauseIcon,
  PlayIcon,
  RefreshIcon,
  SearchIcon,
  ShellIcon,
} from '../../ui/icons.ts'
import { reopenTab } from '../shells/open-shell.ts'
import { terminalsOf } from './terminal-registry.ts'

const findRequests = new Set<() => void>()

/** Called when find is asked for; only the tab in front listens. */
export function onFindRequest(listener: () => void): Disposable {
  findRequests.add(listener)
  return { [Symbol.dispose]: () => void findRequests.delete(listener) }
}

const registered = new WeakSet<Services>()

/** Registers the commands of terminals once, with the first terminal: before there is one they mean nothing. */
export function useTerminalCommands(): void {
  const services = useServices()
  useEffect(() => {
    if (registered.has(services)) return
    registered.add(services)
    services.commands.register(terminalCommands(services))
  }, [services])
}

function terminalCommands(services: Services): Command[] {
  const front = () => terminalsOf(services).front()
  const inFront = () => front() !== undefined
  const frontSession = () => {
    const { activeId, documents } = services.workspace.store.getState()
    const document = activeId === undefined ? undefined : documents[activeId]
    if (document?.kind !== 'terminal' || document.sessionId === undefined) return undefined
    const session = services.sessions.getState().sessions[document.sessionId]
    return session !== undefined && session.readyAt !== undefined && session.state !== 'ended'
      ? session
      : undefined
  }
  return [
    {
      id: 'terminal.find',
      title: 'Find in terminal',
      group: 'Terminal',
      icon: SearchIcon,
      keys: { mac: [{ key: 'Meta+F' }], other: [{ key: 'Ctrl+Shift+F' }] },
      when: inFront,
      run: () => {
        for (const request of [...findRequests]) request()
      },
    },
    {
      id: 'terminal.copy',
      title: 'Copy selection',
      group: 'Terminal',
      icon: CopyIcon,
      // A browser opens its inspector with Ctrl+Shift+C.
      keys: {
        mac: [{ key: 'Meta+C' }],
        other: [{ key: 'Ctrl+Shift+C' }],
        browser: [{ key: 'Ctrl+Shift+C' }, { key: 'Alt+Shift+C' }],
      },
      when: () => front()?.terminal.hasSelection() === true,
      run: () => {
        const text = front()?.terminal.getSelection()
        if (text) void navigator.clipboard.writeText(text)
      },
    },
    {
      id: 'terminal.paste',
      title: 'Paste',
      group: 'Terminal',
      icon: ShellIcon,
      // Without a key of ours: the page gets Ctrl+Shift+V and Cmd+V as a paste by itself, with no permission to ask for.
      when: inFront,
      run: () => {
        void navigator.clipboard.readText().then(
          (text) => front()?.paste(text),
          // The person said no to the browser's question; nothing is pasted.
          () => {},
        )
      },
    },
    {
      id: 'terminal.selectAll',
      title: 'Select all',
      group: 'Terminal',
      when: inFront,
      run: () => front()?.terminal.selectAll(),
    },
    {
      id: 'terminal.clear',
      title: 'Clear scrollback',
      group: 'Terminal',
      when: inFront,
      run: () => front()?.terminal.clear(),
    },
    {
      id: 'terminal.previousCommand',
      title: 'Go to the previous command',
      group: 'Terminal',
      keys: { mac: [{ key: 'Meta+ArrowUp' }], other: [{ key: 'Ctrl+Shift+ArrowUp' }] },
      when: () => front()?.commands.any === true,
      run: () => front()?.commands.previous(),
    },
    {
      id: 'terminal.nextCommand',
      title: 'Go to the next command',
      group: 'Terminal',
      keys: { mac: [{ key: 'Meta+ArrowDown' }], other: [{ key: 'Ctrl+Shift+ArrowDown' }] },
      when: () => front()?.commands.any === true,
      run: () => front()?.commands.next(),
    },
    {
      id: 'terminal.keepAlive',
      title: 'Keep session alive…',
      group: 'Terminal',
      icon: ClockIcon,
      when: () => frontSession()?.keepAlive === false && frontSession()?.engine === 'built-in',
      run: () => {
        const session = frontSession()
        if (session !== undefined)
          services.interface.setState({ dialog: { kind: 'keep-alive', sessionId: session.id } })
      },
    },
    {
      id: 'terminal.letEnd',
      title: 'Let AWS end the session when idle',
      group: 'Terminal',
      icon: ClockIcon,
      when: () => frontSession()?.keepAlive === true,
      run: () => {
        const session = frontSession()
        if (session !== undefined) void services.core.call('session.keepAlive', { id: session.id, on: false })
      },
    },
    {
      id: 'terminal.pauseRecording',
      title: 'Pause recording…',
      group: 'Terminal',
      icon: PauseIcon,
      when: () => frontSession()?.recording === true && frontSession()?.recordingPausedAt === undefined,
      run: () => {
        const session = frontSession()
        if (session !== undefined)
          services.interface.setState({ dialog: { kind: 'pause-recording', sessionId: session.id } })
      },
    },
    {
      id: 'terminal.resumeRecording',
      title: 'Record again',
      group: 'Terminal',
      icon: PlayIcon,
      when: () => frontSession()?.recordingPausedAt !== undefined,
      run: () => {
        const session = frontSession()
        if (session !== undefined) void services.core.call('session.resumeRecording', { id: session.id })
      },
    },
    ...engineCommands(services),
    {
      id: 'terminal.redraw',
      title: 'Redraw terminal',
      group: 'Terminal',
      icon: RefreshIcon,
      when: inFront,
      run: () => front()?.redraw(),
    },
  ]
}

const engineTitles: Record<EngineChoice, string> = {
  auto: 'Reconnect with the engine chosen automatically',
  'built-in': 'Reconnect with the built-in engine',
  plugin: 'Reconnect with the plugin',
}

/** The engine of one connection: the tab keeps the choice for its later sessions. */
function engineCommands(services: Services): Command[] {
  const frontTab = () => {
    const { activeId, documents } = services.workspace.store.getState()
    const document = activeId === undefined ? undefined : documents[activeId]
    return document?.kind === 'terminal' ? document : undefined
  }
  return (['auto', 'built-in', 'plugin'] as const).map((engine) => ({
    id: `terminal.engine.${engine}`,
    title: engineTitles[engine],
    group: 'Terminal',
    icon: EngineIcon,
    when: () => frontTab() !== undefined,
    run: () => {
      const tab = frontTab()
      if (tab !== undefined) reopenTab(services, tab.id, { engine })
    },
  }))
}

import { useEffect } from 'react'
import { useServices } from '../services.ts'
import { useCommandContext } from './use-commands.ts'

/** An element inside which keys belong to the shell first. */
const terminalAttribute = 'data-terminal'

/**
 * Runs commands from keys, before anything on the page sees them: a terminal
 * would otherwise send them to the shell.
 */
export function useKeyboard(): void {
  const { commands, interface: interfaceStore } = useServices()
  const context = useCommandContext()

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.isComposing || event.repeat) return
      // A dialog has the keyboard to itself.
      if (interfaceStore.getState().dialog !== undefined) return
      const inTerminal =
        event.target instanceof Element && event.target.closest(`[${terminalAttribute}]`) !== null
      const now = context()
      const command = commands.find(event, { inTerminal }, now)
      if (command === undefined) return
      event.preventDefault()
      event.stopPropagation()
      command.run(now)
    }
    window.addEventListener('keydown', press, { capture: true })
    return () => window.removeEventListener('keydown', press, { capture: true })
  }, [commands, interfaceStore, context])
}

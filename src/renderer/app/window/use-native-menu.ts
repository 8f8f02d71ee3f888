import { useEffect } from 'react'
import { useCommandContext } from '../commands/use-commands.ts'
import { disposeTogether } from '../disposables.ts'
import { useServices } from '../services.ts'
import { buildMenu } from './native-menu.ts'

/** Under what a person notices, and long enough to join the many changes of one action. */
const menuDelayMilliseconds = 150

/** Keeps the window's native menus equal to the command registry, and runs what is chosen in them. */
export function useNativeMenu(): void {
  const { core, host, commands, interface: interfaceStore, identities, navigator, workspace } = useServices()
  const context = useCommandContext()

  useEffect(() => {
    if (!host.abilities.nativeMenus) return
    let timer: ReturnType<typeof setTimeout> | undefined
    let sent = ''
    const send = () => {
      const menu = buildMenu(commands, context())
      const text = JSON.stringify(menu)
      if (text === sent) return
      sent = text
      void core.call('window.setMenu', { menu })
    }
    const soon = () => {
      clearTimeout(timer)
      timer = setTimeout(send, menuDelayMilliseconds)
    }
    const following = disposeTogether(
      core.onConnected(() => {
        sent = ''
        soon()
      }),
      core.on('window.command', ({ commandId }) => {
        // As with keys: a dialog has the window to itself.
        if (interfaceStore.getState().dialog !== undefined || commands.get(commandId) === undefined) return
        commands.run(commandId, context())
      }),
      ...[identities, navigator, workspace.store].map((store) => ({
        [Symbol.dispose]: store.subscribe(soon),
      })),
    )
    return () => {
      clearTimeout(timer)
      following[Symbol.dispose]()
    }
  }, [core, host, commands, interfaceStore, identities, navigator, workspace, context])
}

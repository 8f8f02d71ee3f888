import { useMemo } from 'react'
import { PortholeError } from '../../../contract/errors.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { hasWorkspace } from '../../app/stores/identities-store.ts'
import { type Pasted, pastedCommands } from './pasted-commands.ts'
import { type PastedPlace, parsePastedPlace } from './pasted-place.ts'

/**
 * What a pasted link or address leads to, as something to choose. A browser cannot be told to open
 * `porthole://` here, so this is their way in.
 *
 * @returns undefined for text that is no address
 */
export function usePastedPlace(text: string): Pasted | undefined {
  const services = useServices()
  const accounts = useServiceStore('accounts', (state) => state)
  const catalog = useServiceStore('catalog', (state) => state)
  const signedIn = useServiceStore('identities', hasWorkspace)
  return useMemo(() => {
    const place = readPlace(text)
    if (place === undefined) return undefined
    return 'commands' in place ? place : pastedCommands(services, place, { accounts, catalog, signedIn })
  }, [services, accounts, catalog, signedIn, text])
}

function readPlace(text: string): PastedPlace | Pasted | undefined {
  try {
    return parsePastedPlace(text)
  } catch (thrown) {
    if (!(thrown instanceof PortholeError)) throw thrown
    return { commands: [], problem: thrown.value }
  }
}

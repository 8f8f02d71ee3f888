import { useMemo } from 'react'
import { type Link, linkScheme, parseLink } from '../../../contract/link.ts'
import type { Command } from '../../app/commands/command-registry.ts'
import { taskDocument } from '../../app/documents/document.ts'
import { type Services, useServiceStore, useServices } from '../../app/services.ts'
import { findLinkTarget, type LinkSearch } from '../../app/window/find-link-target.ts'
import { MatchedIcon } from '../../ui/icons.ts'

/**
 * What a pasted `porthole://` link leads to, as something to choose. A browser
 * cannot be told to open such links here, so this is their way in.
 *
 * @returns undefined for text that is no link, or one that leads nowhere that is known
 */
export function useLinkCommand(text: string): Command | undefined {
  const services = useServices()
  const accounts = useServiceStore('accounts', (state) => state)
  const catalog = useServiceStore('catalog', (state) => state)
  return useMemo(() => {
    const link = readLink(text)
    const found = link && findLinkTarget(link, accounts, catalog, true)
    return found?.state === 'found' ? commandFor(services, found) : undefined
  }, [services, accounts, catalog, text])
}

function readLink(text: string): Link | undefined {
  const trimmed = text.trim()
  if (!trimmed.startsWith(`${linkScheme}://`)) return undefined
  try {
    return parseLink(trimmed)
  } catch {
    // Somebody is still typing it.
    return undefined
  }
}

/** A page may be opened by whoever made the link; a shell asks the person in front of it. */
function commandFor(
  { workspace, interface: interfaceStore }: Services,
  { target }: Extract<LinkSearch, { state: 'found' }>,
): Command {
  const shared = { id: 'link.follow', icon: MatchedIcon }
  if (target.kind === 'task') {
    const { taskId, serviceName, clusterName } = target.task
    return {
      ...shared,
      title: `Open task ${taskId.slice(0, 8)}`,
      group: `${serviceName ?? 'standalone'} in ${clusterName}`,
      run: () => workspace.open(taskDocument(target.task)),
    }
  }
  const { containerName, serviceName, clusterName } = target.container
  return {
    ...shared,
    title: `Open shell in ${containerName}…`,
    group: `${serviceName ?? 'standalone'} in ${clusterName}`,
    run: () =>
      interfaceStore.setState({
        dialog: { kind: 'open-shell', container: target.container, split: undefined },
      }),
  }
}

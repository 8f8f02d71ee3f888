import type { QueryClient } from '@tanstack/react-query'
import { createContext, use } from 'react'
import { type StoreApi, useStore } from 'zustand'
import type { HostInfo } from '../../contract/host.ts'
import type { CommandRegistry } from './commands/command-registry.ts'
import type { CoreLink } from './core/core-link.ts'
import type { LiveStores } from './core/live-state.ts'
import type { Workspace } from './documents/workspace.ts'
import type { AccessState, AccessStore } from './stores/access-store.ts'
import type { AccountsState, AccountsStore } from './stores/accounts-store.ts'
import type { CatalogState } from './stores/catalog-store.ts'
import type { ExportState } from './stores/export-store.ts'
import type { IdentitiesState } from './stores/identities-store.ts'
import type { InterfaceState, InterfaceStore } from './stores/interface-store.ts'
import type { NavigatorState, NavigatorStore } from './stores/navigator-store.ts'
import type { PluginState } from './stores/plugin-store.ts'
import type { ReadinessState } from './stores/readiness-store.ts'
import type { SessionsState } from './stores/sessions-store.ts'
import type { SettingsState } from './stores/settings-store.ts'
import type { LinkQueue } from './window/link-queue.ts'

/** Everything the page is made of, built once in `compose.ts` and handed down by context. */
export interface Services extends LiveStores {
  readonly core: CoreLink
  readonly host: HostInfo
  readonly queryClient: QueryClient
  readonly access: AccessStore
  readonly accounts: AccountsStore
  readonly navigator: NavigatorStore
  readonly interface: InterfaceStore
  readonly workspace: Workspace
  readonly links: LinkQueue
  readonly commands: CommandRegistry
}

const ServicesContext = createContext<Services | undefined>(undefined)
export const ServicesProvider = ServicesContext.Provider

export function useServices(): Services {
  const services = use(ServicesContext)
  if (services === undefined) throw new Error('useServices outside of ServicesProvider')
  return services
}

interface StoreStates {
  identities: IdentitiesState
  catalog: CatalogState
  sessions: SessionsState
  plugin: PluginState
  readiness: ReadinessState
  exports: ExportState
  settings: SettingsState
  access: AccessState
  accounts: AccountsState
  navigator: NavigatorState
  interface: InterfaceState
}

/** A narrow view of one of the stores: the component renders again only when the selection changes. */
export function useServiceStore<Name extends keyof StoreStates, Selection>(
  name: Name,
  select: (state: StoreStates[Name]) => Selection,
): Selection {
  const stores: { [Store in keyof StoreStates]: StoreApi<StoreStates[Store]> } = useServices()
  return useStore<StoreApi<StoreStates[Name]>, Selection>(stores[name], select)
}

/** The documents that are open. */
export function useDocuments<Selection>(
  select: (state: ReturnType<Services['workspace']['store']['getState']>) => Selection,
): Selection {
  return useStore(useServices().workspace.store, select)
}

import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ErrorValue } from '../../../contract/errors.ts'
import type { ExportSelection } from '../../../contract/export.ts'
import type { Scope } from '../../../contract/identity.ts'
import type { ContainerRef } from '../../../contract/session.ts'
import type { ServiceRef, TaskRef } from '../documents/document.ts'
import type { SplitDirection } from '../documents/workspace.ts'

/** Which part of the palette is open. */
export type PaletteMode =
  | 'all'
  | 'accounts'
  /** Of all accounts. */
  | 'region'
  | { regionFor: AccountKey }
  | { roleFor: AccountKey }
  /** Values of a setting. */
  | { setting: string }

interface AccountKey {
  readonly identityId: string
  readonly accountId: string
}

/** The pages of the settings. */
export type SettingsSection = 'appearance' | 'sessions' | 'audit' | 'production'

/** The one thing in front of the workspace. */
export type Dialog =
  | { kind: 'palette'; mode: PaletteMode; text: string }
  | {
      kind: 'open-shell'
      container: ContainerRef
      split: SplitDirection | undefined
      /** The terminal tab to open it in; a new tab when absent. */
      inTab?: string | undefined
    }
  | { kind: 'keep-alive'; sessionId: string }
  | { kind: 'pause-recording'; sessionId: string }
  | { kind: 'replace-task'; task: TaskRef }
  | { kind: 'switch-exec'; service: ServiceRef; on: boolean }
  | { kind: 'entrants'; service: ServiceRef }
  | { kind: 'settings'; section?: SettingsSection | undefined }
  | { kind: 'shortcuts' }
  | { kind: 'diagnostics' }
  | { kind: 'check-record' }
  | { kind: 'export-history'; selection: ExportSelection | undefined }
  | { kind: 'sign-in' }
  | { kind: 'sign-out-everywhere' }
  | { kind: 'write-profile'; scope: Scope }

export interface InterfaceState {
  readonly navigatorShown: boolean
  readonly dialog: Dialog | undefined
  /** The panel of the status bar that says as whom one works. */
  readonly whoAmIShown: boolean
  /** The panel with what was told in passing. */
  readonly noticesShown: boolean
  /** What is wrong with the app itself. */
  readonly problems: readonly ErrorValue[]
}

export type InterfaceStore = StoreApi<InterfaceState>

export function createInterfaceStore(): InterfaceStore {
  return createStore<InterfaceState>(() => ({
    navigatorShown: true,
    dialog: undefined,
    whoAmIShown: false,
    noticesShown: false,
    problems: [],
  }))
}

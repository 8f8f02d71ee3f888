import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Target } from '../documents/target.ts'

export interface NavigatorState {
  /** Id of the selected row. */
  readonly selectedId: string | undefined
  /** What the selected row stands for, when commands can be about it. */
  readonly target: Target | undefined
  /** Rows that were opened or closed by hand, against their default. */
  readonly toggled: Readonly<Record<string, boolean>>
  readonly filter: string
}

export type NavigatorStore = StoreApi<NavigatorState>

export function createNavigatorStore(): NavigatorStore {
  return createStore<NavigatorState>(() => ({
    selectedId: undefined,
    target: undefined,
    toggled: {},
    filter: '',
  }))
}

import { createStore, type StoreApi } from 'zustand/vanilla'
import type { WindowExport } from '../../../contract/export.ts'

export interface ExportState {
  /** The export of this window that is under way, or how the last one ended. */
  readonly latest: WindowExport | undefined
}

export type ExportStore = StoreApi<ExportState>

export function createExportStore(): ExportStore {
  return createStore<ExportState>(() => ({ latest: undefined }))
}

/** What the core says on a new connection: one that it knows nothing of went with the connection before. */
export function withCurrent(state: ExportState, current: WindowExport | undefined): ExportState {
  const { latest } = state
  if (current !== undefined) return { latest: current }
  if (latest?.outcome.state !== 'running') return state
  return {
    latest: {
      ...latest,
      outcome: {
        state: 'failed',
        error: {
          code: 'CONNECTION_LOST',
          message: 'The export ended with the connection to Porthole. Nothing of it is left.',
          action: 'Export again.',
          retryable: true,
        },
      },
    },
  }
}

import { createStore, type StoreApi } from 'zustand/vanilla'
import { queries } from '../../../app/core/queries.ts'
import type { Services } from '../../../app/services.ts'
import { openAudit } from '../audit-parts.ts'
import { chooseTrailFiles, type FileResult, importTrailFiles } from './import-files.ts'

export interface Importing {
  running: boolean
  /** Of the files that were chosen last. */
  results: readonly FileResult[]
}

const stores = new WeakMap<Services, StoreApi<Importing>>()

/** An import goes on while other tabs are in front. */
export function importingOf(services: Services): StoreApi<Importing> {
  const known = stores.get(services)
  if (known !== undefined) return known
  const created = createStore<Importing>(() => ({ running: false, results: [] }))
  stores.set(services, created)
  return created
}

/** Asks for files of CloudTrail, takes them in, and shows what came of it. To be called from a click or a key. */
export async function importChosenFiles(services: Services): Promise<void> {
  const store = importingOf(services)
  if (store.getState().running) return
  const files = await chooseTrailFiles()
  if (files.length === 0) return
  store.setState({ running: true, results: [] })
  openAudit(services, 'imported')
  try {
    store.setState({ results: await importTrailFiles(services.core, files) })
  } finally {
    store.setState({ running: false })
    await services.queryClient.invalidateQueries({ queryKey: queries.imports(services.core).queryKey })
  }
}

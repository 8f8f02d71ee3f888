import { useEffect } from 'react'
import { createStore, type StoreApi, useStore } from 'zustand'
import { logsDocument, type TaskRef } from '../../app/documents/document.ts'
import { type Services, useServices } from '../../app/services.ts'

/** Moments that pages of logs were asked to show and did not yet, by document. Each asking is a new object. */
type Asked = Readonly<Record<string, { at: number }>>

const stores = new WeakMap<Services, StoreApi<Asked>>()

function askedOf(services: Services): StoreApi<Asked> {
  const known = stores.get(services)
  if (known !== undefined) return known
  const created = createStore<Asked>(() => ({}))
  stores.set(services, created)
  return created
}

/** Opens the logs of a task at a moment, or goes there when they are open. */
export function openLogsAt(services: Services, task: TaskRef, at: number): void {
  const document = logsDocument(task)
  askedOf(services).setState({ [document.id]: { at } })
  services.workspace.open(document)
}

/** The moment that a page is to begin with. */
export function useAskedMoment(documentId: string): number | undefined {
  return useStore(askedOf(useServices()), (asked) => asked[documentId]?.at)
}

/** Hears of each moment that a page is asked to show, once. */
export function useAskedMoments(documentId: string, show: (at: number) => void): void {
  const store = askedOf(useServices())
  const asked = useStore(store, (all) => all[documentId])
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is done with it changes with every line
  useEffect(() => {
    if (asked === undefined) return
    const { [documentId]: _, ...others } = store.getState()
    store.setState(others, true)
    show(asked.at)
  }, [asked])
}
